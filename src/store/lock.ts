import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { messageOf } from "#src/lib/errors.ts";
import { takeExclusive } from "#src/lib/exclusive-file.ts";
import { StartError } from "#src/lib/start-error.ts";
import { diskTrouble } from "./disk-trouble.ts";

/** What the holder of a state directory tells about itself; for people, never for deciding. */
export interface Holder {
  pid: number;
  startedAt: number;
  version: string;
  port?: number;
  url?: string;
  /** SHA-256 of the certificate, where the gateway serves TLS. */
  tlsFingerprint?: string;
}

export interface Lock {
  /** Completes what others read, once the port is known. */
  update(more: Partial<Holder>): void;
  release(): void;
  [Symbol.dispose](): void;
}

/** The lock, or who has it: null where the holder did not say (yet). */
export type Acquired = { lock: Lock } | { heldBy: Holder | null };

function holderPath(stateDir: string): string {
  return join(stateDir, "gateway.json");
}

/**
 * Takes the state directory for this process. The lock is the operating system's, on a file of its own: it ends with
 * its holder however that ends, and no number left in a file can keep it.
 */
export function acquireGatewayLock(stateDir: string, holder: Holder): Acquired {
  const giveBack = take(join(stateDir, "gateway.lock"));
  if (giveBack === null) return { heldBy: readHolder(stateDir) };
  let told = holder;
  const tell = () => writeFileAtomic(holderPath(stateDir), `${JSON.stringify(told)}\n`);
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    rmSync(holderPath(stateDir), { force: true });
    giveBack();
  };
  try {
    tell();
  } catch (error) {
    release();
    const trouble = diskTrouble(error, stateDir);
    if (trouble !== null) throw trouble;
    throw new StartError(`cannot write into ${stateDir}: ${messageOf(error)}; make it writable`, 78, {
      cause: error,
    });
  }
  const update = (more: Partial<Holder>) => {
    told = { ...told, ...more };
    if (held) tell();
  };
  return { lock: { update, release, [Symbol.dispose]: release } };
}

/** Whether a process holds the state directory now. */
export function isHeld(stateDir: string): boolean {
  const giveBack = take(join(stateDir, "gateway.lock"));
  giveBack?.();
  return giveBack === null;
}

/** Who holds the state directory, by its own account; null where nothing readable is said. */
export function readHolder(stateDir: string): Holder | null {
  try {
    const told: unknown = JSON.parse(readFileSync(holderPath(stateDir), "utf8"));
    return isHolder(told) ? told : null;
  } catch {
    return null;
  }
}

function isHolder(told: unknown): told is Holder {
  if (typeof told !== "object" || told === null) return false;
  const { pid, startedAt, version, port, url, tlsFingerprint } = told as Record<keyof Holder, unknown>;
  return (
    Number.isInteger(pid) &&
    typeof startedAt === "number" &&
    typeof version === "string" &&
    (port === undefined || typeof port === "number") &&
    (url === undefined || typeof url === "string") &&
    (tlsFingerprint === undefined || typeof tlsFingerprint === "string")
  );
}

function take(path: string): (() => void) | null {
  try {
    return takeExclusive(path);
  } catch (error) {
    const trouble = diskTrouble(error, dirname(path));
    if (trouble !== null) throw trouble;
    throw new StartError(
      `cannot lock the state directory with ${path}: ${messageOf(error)}; make it writable, and on a disk that ` +
        "can lock files",
      78,
      { cause: error },
    );
  }
}
