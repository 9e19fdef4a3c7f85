import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one side does: a frame, a text that is no frame, or the end of the socket. */
export type Step =
  | { from: "client" | "gateway"; frame: Record<string, unknown> }
  | { from: "client"; text: string }
  | { from: "gateway"; close: string; code: number; reason: string };

/** A few steps that show one thing. */
export interface Exchange {
  /** What it shows: `method chat.send`, `event chat`, `error FORBIDDEN`, `close refused`. */
  of: string;
  about: string;
  /** The protocol generation that the client speaks. */
  generation: 3 | 4;
  steps: Step[];
}

const golden = fileURLToPath(new URL("../../test/golden/", import.meta.url));

/** The golden frames, file by file in the order of their names. */
export function goldenExchanges(folder: string = golden): Exchange[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  // Not by locale: the same on every machine.
  files.sort((a, b) => (a < b ? -1 : 1));
  return files.flatMap((name) => {
    const file = JSON.parse(readFileSync(join(folder, name), "utf8")) as { exchanges: Exchange[] };
    return file.exchanges;
  });
}
