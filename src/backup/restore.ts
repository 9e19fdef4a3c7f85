import { Database } from "bun:sqlite";
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { messageOf } from "#src/lib/errors.ts";
import { StartError } from "#src/lib/start-error.ts";
import { AlreadyRunning } from "#src/lib/start-errors.ts";
import { databasePath } from "#src/store/database.ts";
import { acquireGatewayLock } from "#src/store/lock.ts";
import { applicationId, schemaVersion } from "#src/store/migrations.ts";
import { keptFiles, stampOf } from "./create.ts";

export interface RestoreOptions {
  /** What `createBackup` made, or a database of ours. */
  file: string;
  stateDir: string;
  /** Where the config goes. */
  configTarget: string;
  version: string;
  now: () => number;
}

export interface Restored {
  /** ISO time; null where the backup does not say. */
  madeAt: string | null;
  /** What was put back beside the database. */
  files: string[];
  /** Where what was there before lies; null where there was nothing. */
  keptIn: string | null;
}

const sides = ["-wal", "-shm", "-journal"];

/**
 * Puts a backup in the place of what is there. Refused while a gateway runs; what is wrong with the file is found
 * before anything is touched, and everything that gives way is kept.
 */
export function restoreBackup(options: RestoreOptions): Restored {
  const { file, stateDir, version, now } = options;
  if (!existsSync(file)) throw new StartError(`${file} does not exist`, 1);
  const claim = acquireGatewayLock(stateDir, { pid: process.pid, startedAt: now(), version });
  if ("heldBy" in claim) throw new AlreadyRunning(claim.heldBy);
  using _ = claim.lock;
  const part = join(stateDir, ".restore.db");
  const clear = () => {
    for (const each of ["", ...sides]) rmSync(part + each, { force: true });
  };
  clear();
  try {
    copyFileSync(file, part);
    chmodSync(part, 0o600);
    const { madeAt, files } = unpack(part, file);
    const places = files.map(({ name, bytes }) => ({ name, bytes, path: placeOf(name, options) }));
    const keptIn = keepFormer(options, places);
    for (const { path, bytes } of places) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileAtomic(path, bytes);
    }
    renameSync(part, databasePath(stateDir));
    return { madeAt, files: files.map(({ name }) => name), keptIn };
  } finally {
    clear();
  }
}

/** Whether the database in place is of a schema that this build does not know yet. */
export function isFromNewer(stateDir: string): boolean {
  const path = databasePath(stateDir);
  if (!existsSync(path)) return false;
  using db = new Database(path, { readonly: true });
  return (
    (db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0) > schemaVersion
  );
}

interface Unpacked {
  madeAt: string | null;
  files: { name: string; bytes: Uint8Array }[];
}

/** Checks the copy, takes the files out of it and leaves a database as the gateway knows it. */
function unpack(part: string, shown: string): Unpacked {
  let db: Database | undefined;
  try {
    db = new Database(part, { readwrite: true, create: false, strict: true });
    judge(db, shown);
    if (!hasFiles(db)) return { madeAt: null, files: [] };
    const row = db.query<{ about: string }, []>("SELECT about FROM moltbot_backup").get();
    const { madeAt } = JSON.parse(row?.about ?? "{}") as { madeAt?: string };
    const files = db
      .query<Unpacked["files"][number], []>("SELECT name, bytes FROM moltbot_backup_file")
      .all();
    db.run("DROP TABLE moltbot_backup");
    db.run("DROP TABLE moltbot_backup_file");
    // A secret in a page that was freed would outlive its file.
    db.run("VACUUM");
    return { madeAt: madeAt ?? null, files };
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`${shown} is damaged, or no backup of moltbot: ${messageOf(error)}`, 1, {
      cause: error,
    });
  } finally {
    db?.close();
  }
}

/** Throws a `StartError` for a database that is not ours, is newer than this build, or is damaged. */
function judge(db: Database, shown: string): void {
  const value = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() ?? {})[0];
  const schema = Number(value("user_version"));
  if (value("application_id") !== applicationId || schema === 0) {
    throw new StartError(`${shown} is no backup of moltbot`, 1);
  }
  if (schema > schemaVersion) {
    const known = `schema ${schema}, this build knows ${schemaVersion}`;
    throw new StartError(`${shown} was made by a newer moltbot (${known}); restore it with that one`, 1);
  }
  const found = db.query<{ integrity_check: string }, []>("PRAGMA integrity_check(3)").all();
  const problem = found.find((row) => row.integrity_check !== "ok");
  if (problem !== undefined) throw new StartError(`${shown} is damaged: ${problem.integrity_check}`, 1);
}

function hasFiles(db: Database): boolean {
  return db.query("SELECT 1 FROM sqlite_schema WHERE name = 'moltbot_backup'").get() !== null;
}

function placeOf(name: string, { stateDir, configTarget }: RestoreOptions): string {
  if (name === "config") return configTarget;
  const [kind, ...rest] = name.split("/");
  const below = normalize(rest.join("/"));
  const isSafe = rest.length > 0 && !below.startsWith("..") && !/^[/\\]|^[A-Za-z]:/.test(below);
  if (isSafe && kind === "include") return join(dirname(configTarget), below);
  const isState = keptFiles.includes(rest.join("/")) || /^secrets[/\\][^/\\]+$/.test(below);
  if (isSafe && kind === "state" && isState) return join(stateDir, below);
  throw new StartError(`the backup holds a file of a name that is not known: ${JSON.stringify(name)}`, 1);
}

/** Keeps the database and every file that gives way in a directory of their own. */
function keepFormer(
  { stateDir, now }: RestoreOptions,
  places: readonly { name: string; path: string }[],
): string | null {
  const main = databasePath(stateDir);
  const former = places.filter(({ path }) => existsSync(path));
  if (!existsSync(main) && former.length === 0) return null;
  const kept = unusedName(join(stateDir, "backups", `before-restore-${stampOf(now())}`));
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  for (const { name, path } of former) {
    const copy = join(kept, name.replaceAll("/", "_"));
    copyFileSync(path, copy);
    chmodSync(copy, 0o600);
  }
  if (!existsSync(main)) return kept;
  intoOneFile(main);
  try {
    linkSync(main, join(kept, "moltbot.db"));
  } catch {
    // A file system without links.
    copyFileSync(main, join(kept, "moltbot.db"));
  }
  for (const side of sides) {
    if (existsSync(main + side)) renameSync(main + side, join(kept, `moltbot.db${side}`));
  }
  return kept;
}

/** Brings what a crash left in the write-ahead log into the file; a database that is damaged is kept as it is. */
function intoOneFile(path: string): void {
  try {
    using db = new Database(path, { readwrite: true, create: false });
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    db.run("PRAGMA journal_mode = DELETE");
  } catch {
    // Its side files move with it.
  }
}

function unusedName(base: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(name)) return name;
  }
}
