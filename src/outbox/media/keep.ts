import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { MediaKind, OutboundMedia } from "#src/channels/channel.ts";
import { kindOf } from "./kind.ts";
import { MediaRefusal, tooLarge } from "./refusal.ts";

export interface KeepOptions {
  directory: string;
  maxBytes: number;
  /** What people see; its ending is judged by the bytes. */
  fileName: string;
}

/** Writes a file that is to be sent into the outbox's own directory, under its content's hash. */
export async function keepMedia(
  chunks: AsyncIterable<Uint8Array>,
  { directory, maxBytes, fileName }: KeepOptions,
): Promise<OutboundMedia> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const part = join(directory, `${crypto.randomUUID()}.part`);
  const file = await open(part, "wx", 0o600);
  try {
    const hash = new Bun.CryptoHasher("sha256");
    let bytes = 0;
    let head = new Uint8Array();
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(fileName, maxBytes);
      if (head.length < 4_100) head = Buffer.concat([head, chunk.subarray(0, 4_100)]);
      hash.update(chunk);
      await file.write(chunk);
    }
    if (bytes === 0) throw new MediaRefusal({ en: `${fileName} is empty`, zh: `${fileName} 是空文件` });
    const { kind, mimeType, ending } = kindOf(head, fileName);
    const path = join(directory, `${hash.digest("hex").slice(0, 40)}${ending === "" ? "" : `.${ending}`}`);
    await file.sync();
    await rename(part, path);
    return { kind, path, mimeType, fileName: nameFor(fileName, kind, ending), bytes };
  } finally {
    await file.close();
    await rm(part, { force: true });
  }
}

/** Deletes what was kept before a moment. */
export async function forgetMedia(directory: string, before: number): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() && found.mtimeMs < before) await rm(path, { force: true });
  }
}

/** A plain name whose ending says what the bytes are. */
function nameFor(given: string, kind: MediaKind, ending: string): string {
  const name = basename(given)
    .replace(/[^\p{L}\p{N}\p{M} ._()+-]+/gu, "_")
    .replace(/^\.+/, "")
    .slice(-100);
  const stem = name === "" ? kind : name;
  return ending === "" || stem.toLowerCase().endsWith(`.${ending}`) || /\.\w{1,8}$/.test(stem)
    ? stem
    : `${stem}.${ending}`;
}
