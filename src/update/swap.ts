/** One executable in the place of another, with the way back. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { takeExclusive } from "#src/lib/exclusive-file.ts";

/** Where the executable that gave way lies. */
export function previousOf(executable: string): string {
  return `${executable}.previous`;
}

/** Keeps other updates of this executable away until the returned function is called; null where there is one. */
export function claimUpdate(executable: string): (() => void) | null {
  return takeExclusive(beside(executable, "lock"));
}

/**
 * Writes a new executable beside the one that it may replace, so that a rename is all that is left to do. Who calls
 * it has claimed the update: what lies under the name is left from one that was killed.
 */
export function stage(bytes: Uint8Array, executable: string, write = writeWhole): string {
  const path = beside(executable, "new");
  rmSync(path, { force: true });
  try {
    write(path, bytes);
    chmodSync(path, statSync(executable).mode & 0o777);
  } catch (cause) {
    // On a full disk nothing is needed more than the room that it takes.
    rmSync(path, { force: true });
    throw cause;
  }
  return path;
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", 0o755);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function beside(executable: string, ending: string): string {
  return join(dirname(executable), `.${basename(executable)}.${ending}`);
}

/** At every moment there is an executable under the name; the one that gives way is kept as the previous one. */
export function swapIn(staged: string, executable: string): void {
  keep(executable, previousOf(executable));
  renameSync(staged, executable);
}

/** Exchanges the executable and the previous one; false where there is none. */
export function swapBack(executable: string): boolean {
  const previous = previousOf(executable);
  if (!existsSync(previous)) return false;
  const aside = beside(executable, "old");
  keep(executable, aside);
  renameSync(previous, executable);
  renameSync(aside, previous);
  return true;
}

function keep(from: string, to: string): void {
  const aside = `${to}.tmp`;
  rmSync(aside, { force: true });
  try {
    linkSync(from, aside);
  } catch {
    // A file system without links.
    copyFileSync(from, aside);
  }
  renameSync(aside, to);
}
