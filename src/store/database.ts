import { Database, SQLiteError } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, openSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "#src/lib/errors.ts";
import { StartError } from "#src/lib/start-error.ts";
import { diskTrouble } from "./disk-trouble.ts";
import { migrate } from "./migrations.ts";

export interface OpenOptions {
  /** Told of what is not as it should be but works. */
  warn?: (message: string) => void;
  /** Whether shared memory works where the file lies; a parameter so that a test can deny it. */
  sharesMemory?: (directory: string) => boolean;
}

/** Where the database lies in a state directory. */
export function databasePath(stateDir: string): string {
  return join(stateDir, "moltbot.db");
}

/**
 * Opens the one database, made and migrated as needed. Only the holder of the gateway lock may call this. What is
 * committed outlives a power loss. Throws a `StartError` that says what to do.
 */
export function openDatabase(stateDir: string, options: OpenOptions = {}): Database {
  const path = databasePath(stateDir);
  let db: Database | undefined;
  try {
    createPrivately(path);
    db = new Database(path, { create: true, strict: true });
    configure(db, dirname(path), options);
    migrate(db, path);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof StartError) throw error;
    throw diskTrouble(error, stateDir) ?? toStartError(error, path);
  }
}

/** Puts the write-ahead log into the file and closes; statements that are still held do no harm. */
export function closeDatabase(db: Database): void {
  try {
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // What is committed lies in the log and is taken up by the next start.
  }
  db.close();
}

/** SQLite gives its side files the mode of the main one, so that one has to be right from its first byte. */
function createPrivately(path: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  else closeSync(openSync(path, "a", 0o600));
}

function configure(db: Database, directory: string, options: OpenOptions): void {
  db.run("PRAGMA busy_timeout = 5000");
  db.run("PRAGMA foreign_keys = ON");
  db.run("PRAGMA trusted_schema = OFF");
  const shares = (options.sharesMemory ?? sharesMemory)(directory);
  const mode = journalMode(db, shares ? "WAL" : "TRUNCATE");
  if (mode !== "wal") {
    options.warn?.(
      `the file system of ${directory} cannot share memory, so the database runs without a write-ahead log and ` +
        "more slowly; a local disk would be better",
    );
    if (mode !== "truncate") journalMode(db, "TRUNCATE");
  }
  db.run("PRAGMA synchronous = FULL");
  // What a work takes back is kept in memory meanwhile: a temporary file would put pages of the database into /var/tmp,
  // which may be full, or on a slower disk.
  db.run("PRAGMA temp_store = MEMORY");
  // A checkpoint waits for the disk twice and blocks everybody meanwhile; 16 MB of log make them rare.
  db.run("PRAGMA wal_autocheckpoint = 4000");
}

function journalMode(db: Database, wanted: "WAL" | "TRUNCATE"): string | undefined {
  return db.query<{ journal_mode: string }, []>(`PRAGMA journal_mode = ${wanted}`).get()?.journal_mode;
}

/** Linux file systems on which the write-ahead log's shared memory fails or is not shared, by magic number. */
const unshared = new Set([
  0x6969, // nfs
  0x517b, // smb
  0xff534d42, // cifs
  0xfe534d42, // smb2
  0x01021997, // 9p
  0x65735546, // fuse
  0x6a656a63, // virtiofs of some hypervisors
  0x786f4256, // vboxsf
]);

function sharesMemory(directory: string): boolean {
  if (process.platform !== "linux") return true;
  return !unshared.has(statfsSync(directory).type >>> 0);
}

function toStartError(error: unknown, path: string): StartError {
  const code = error instanceof SQLiteError ? error.code : (error as NodeJS.ErrnoException).code;
  const advice = adviceFor(code ?? "", path);
  return new StartError(`cannot open the database ${path}: ${messageOf(error)}; ${advice}`, 78, {
    cause: error,
  });
}

function adviceFor(code: string, path: string): string {
  if (/NOTADB|CORRUPT/.test(code)) return "move the file away, or put a backup in its place";
  if (/BUSY|LOCKED/.test(code)) return "another program has it open; end that one";
  if (/READONLY|CANTOPEN|PERM|EACCES|EROFS/.test(code)) return `make ${dirname(path)} writable for this user`;
  return "name another state directory with MOLTBOT_STATE_DIR, or repair this one";
}
