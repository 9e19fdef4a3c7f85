import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { takeExclusive } from "#src/lib/exclusive-file.ts";
import type { TunnelRoute } from "./ssh-command.ts";

/** Who keeps a tunnel: this process now, or another one, whose number is null where it did not say. */
export type Owned = { release(): void } | { heldBy: number | null };

/** A tunnel to this place by this port is kept by one process of this user; the claim ends with it. */
export function ownTunnel(stateDir: string, route: TunnelRoute): Owned {
  const directory = join(stateDir, "tunnels");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const name = tunnelName(route);
  const pidFile = join(directory, `${name}.pid`);
  const release = takeExclusive(join(directory, `${name}.lock`));
  if (release === null) return { heldBy: readPid(pidFile) };
  writeFileAtomic(pidFile, `${process.pid}\n`);
  return { release };
}

/** What a tunnel is called in files and services: letters, digits and dashes, one name a place and port. */
export function tunnelName({ target, localPort }: Pick<TunnelRoute, "target" | "localPort">): string {
  const plain = target.replace("@", "-at-");
  const word = plain.replace(/[^A-Za-z0-9.-]/g, "-").slice(0, 60);
  // What had to be left out must not make two places one.
  const rest = word === plain ? "" : `-${Bun.hash.crc32(target).toString(16)}`;
  return `${word}${rest}-${localPort}`;
}

function readPid(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
