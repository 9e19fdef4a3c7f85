import { Database, SQLiteError } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";

/** Connections that hold a lock: one that nobody refers to would be closed with the garbage, and its lock with it. */
const holding = new Set<Database>();

/**
 * Takes a file for this process alone; the returned function gives it back. Null where another process has it. The
 * lock is the operating system's: it ends with its holder, however that ends.
 */
export function takeExclusive(path: string): (() => void) | null {
  let db: Database | undefined;
  try {
    if (existsSync(path)) chmodSync(path, 0o600);
    else closeSync(openSync(path, "a", 0o600));
    const taken = new Database(path, { create: true });
    db = taken;
    taken.run("PRAGMA busy_timeout = 0");
    // A transaction that is never ended: SQLite holds the file's lock until the connection closes.
    taken.run("BEGIN EXCLUSIVE");
    holding.add(taken);
    return () => {
      holding.delete(taken);
      taken.close();
    };
  } catch (error) {
    db?.close();
    if (error instanceof SQLiteError && /BUSY|LOCKED/.test(error.code ?? "")) return null;
    throw error;
  }
}
