import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { shortId } from "./ids.ts";

/** The calls that the write is made of; a parameter so that a test can let each of them fail. */
export interface FileCalls {
  openSync: (path: string, flags: string, mode?: number) => number;
  writeSync: (file: number, bytes: Uint8Array, offset: number) => number;
  fchmodSync: (file: number, mode: number) => void;
  fsyncSync: (file: number) => void;
  closeSync: (file: number) => void;
  renameSync: (from: string, to: string) => void;
  unlinkSync: (path: string) => void;
}

const system: FileCalls = {
  openSync: (path, flags, mode) => openSync(path, flags, mode),
  writeSync: (file, bytes, offset) => writeSync(file, bytes, offset),
  fchmodSync,
  fsyncSync,
  closeSync,
  renameSync,
  unlinkSync,
};

/**
 * Puts the bytes in the place of the file so that a crash, a full disk or a kill leaves the old or the new bytes
 * and no stray file of ours. When it returns, they outlive a power loss.
 */
export function writeFileAtomic(
  path: string,
  bytes: string | Uint8Array,
  mode = 0o600,
  calls: FileCalls = system,
): void {
  const temporary = join(dirname(path), `.${basename(path)}.${shortId()}.tmp`);
  try {
    writeDurably(temporary, typeof bytes === "string" ? Buffer.from(bytes) : bytes, mode, calls);
    calls.renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary, calls);
    throw error;
  }
  syncDirectory(dirname(path), calls);
}

function writeDurably(path: string, bytes: Uint8Array, mode: number, calls: FileCalls): void {
  const file = calls.openSync(path, "wx", mode);
  try {
    // The mode given to open is cut by the umask.
    calls.fchmodSync(file, mode);
    for (let written = 0; written < bytes.length; ) written += calls.writeSync(file, bytes, written);
    calls.fsyncSync(file);
  } finally {
    calls.closeSync(file);
  }
}

function syncDirectory(directory: string, calls: FileCalls): void {
  if (process.platform === "win32") return;
  const file = calls.openSync(directory, "r");
  try {
    calls.fsyncSync(file);
  } finally {
    calls.closeSync(file);
  }
}

function removeQuietly(path: string, calls: FileCalls): void {
  try {
    calls.unlinkSync(path);
  } catch {
    // It was never made, or the disk is gone; the first error says more.
  }
}
