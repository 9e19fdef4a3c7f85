import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface LogFileOptions {
  maxBytes: number;
  /** How many files there are at most, the current one included. */
  files: number;
  /** The write; a parameter so that a test can have a full disk. */
  write?: (file: number, bytes: Uint8Array) => number;
}

/** A file that text is added to, that never grows beyond its size and never throws. */
export class LogFile {
  /** Lines that could not be written since the last that could. */
  lost = 0;
  private readonly path: string;
  private readonly options: LogFileOptions;
  private readonly write: (file: number, bytes: Uint8Array) => number;
  private file: number | undefined;

  constructor(path: string, options: LogFileOptions) {
    this.path = path;
    this.options = options;
    this.write = options.write ?? ((file, bytes) => writeSync(file, bytes));
  }

  /** Writes whole lines; false where the disk does not take them, and then they are counted as lost. */
  append(lines: readonly string[]): boolean {
    const bytes = Buffer.from(lines.join(""));
    try {
      const file = this.opened(bytes.length);
      for (let done = 0; done < bytes.length; ) done += this.write(file, bytes.subarray(done));
      return true;
    } catch {
      this.lost += lines.length;
      this.close();
      return false;
    }
  }

  close(): void {
    if (this.file === undefined) return;
    const file = this.file;
    this.file = undefined;
    try {
      closeSync(file);
    } catch {
      // Some file systems report a full disk only here.
    }
  }

  /** The open file, with room for so many bytes. */
  private opened(more: number): number {
    let file = this.file ?? this.open();
    const state = fstatSync(file);
    if (state.nlink === 0) {
      // Somebody removed it; what is written there would be seen by nobody.
      this.close();
      file = this.open();
    } else if (state.size > 0 && state.size + more > this.options.maxBytes) {
      this.close();
      this.rotate();
      file = this.open();
    }
    return file;
  }

  private open(): number {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = openSync(this.path, "a", 0o600);
    this.file = file;
    if (process.platform !== "win32" && (fstatSync(file).mode & 0o077) !== 0) chmodSync(this.path, 0o600);
    return file;
  }

  private rotate(): void {
    const name = (index: number) => (index === 0 ? this.path : `${this.path}.${index}`);
    for (let index = this.options.files - 2; index >= 0; index--) {
      try {
        renameSync(name(index), name(index + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
  }
}
