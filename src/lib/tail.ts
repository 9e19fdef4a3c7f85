import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export interface TailOptions {
  file: string;
  /** A byte offset that an earlier answer gave; without one, the file's end. */
  cursor?: number | undefined;
  limit?: number | undefined;
  maxBytes?: number | undefined;
}

/** What `logs.tail` answers. */
export interface Tail {
  file: string;
  cursor: number;
  size: number;
  lines: string[];
  truncated?: boolean;
  reset?: boolean;
}

const newline = 10;

/**
 * Whole lines from a cursor on, or the last ones. `cursor` is where the next question goes on: never inside a line,
 * so a line that is still being written comes with the next answer. `truncated` says that lines before these were
 * left out; `reset` that the cursor was of no use, as after a rotation, or too far behind, and that these are the last.
 */
export function tailLog({ file, cursor, limit = 500, maxBytes = 250_000 }: TailOptions): Tail {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { file, cursor: 0, size: 0, lines: [], ...(cursor ? { reset: true } : {}) };
  }
  try {
    const { size } = fstatSync(descriptor);
    const reset = cursor !== undefined && (cursor > size || size - cursor > maxBytes);
    const known = cursor !== undefined && !reset;
    const start = known ? cursor : Math.max(0, size - maxBytes);
    const read = readWhole(descriptor, start, size);
    // Unless a line begins here, the first piece is the rest of one.
    const skip = startsLine(descriptor, start) ? 0 : read.indexOf(newline) + 1;
    const end = read.lastIndexOf(newline) + 1;
    const all =
      end > skip
        ? read
            .subarray(skip, end - 1)
            .toString("utf8")
            .split("\n")
        : [];
    const lines = all.slice(-limit);
    const truncated = lines.length < all.length || (!known && start > 0);
    return {
      file,
      cursor: end > 0 ? start + end : start,
      size,
      lines,
      ...(truncated ? { truncated } : {}),
      ...(reset ? { reset } : {}),
    };
  } finally {
    closeSync(descriptor);
  }
}

function readWhole(descriptor: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(descriptor, bytes, done, bytes.length - done, start + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

function startsLine(descriptor: number, offset: number): boolean {
  if (offset === 0) return true;
  const before = Buffer.alloc(1);
  return readSync(descriptor, before, 0, 1, offset - 1) === 1 && before[0] === newline;
}
