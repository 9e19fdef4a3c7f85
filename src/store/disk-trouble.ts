import { SQLiteError } from "bun:sqlite";
import { DiskTrouble } from "#src/lib/start-errors.ts";

/** What a full or read-only disk is called; null for every other error. */
export function diskTrouble(error: unknown, stateDir: string): DiskTrouble | null {
  const code = error instanceof SQLiteError ? error.code : (error as NodeJS.ErrnoException | null)?.code;
  if (/FULL|ENOSPC|EDQUOT/.test(code ?? "")) {
    const message = `the disk that holds ${stateDir} is full, so no gateway can start; make room on it`;
    return new DiskTrouble(message, 1, { cause: error });
  }
  if (/EROFS|READONLY/.test(code ?? "")) {
    const message = `${stateDir} lies on a disk that is read-only now, so no gateway can start; make it writable again`;
    return new DiskTrouble(message, 1, { cause: error });
  }
  return null;
}
