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

/** Where the executable that gave way lies. */
export function previousOf(executable: string): string {
  return `${executable}.previous`;
}

/** Writes a new executable beside the one that it may replace, so that a rename is all that is left to do. */
export function stage(bytes: Uint8Array, executable: string): string {
  const path = join(dirname(executable), `.${basename(executable)}.${process.pid}.new`);
  rmSync(path, { force: true });
  const file = openSync(path, "wx", 0o755);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(path, statSync(executable).mode & 0o777);
  return path;
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
  const aside = join(dirname(executable), `.${basename(executable)}.${process.pid}.old`);
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
