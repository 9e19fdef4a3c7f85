import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { databasePath } from "#src/store/database.ts";

export interface BackupPlace {
  stateDir: string;
  /** The config that is read; it may lie elsewhere. */
  configPath: string;
  /** Files that the config includes. */
  includes: readonly string[];
}

/** What a backup holds, and where it lies. */
export interface BackupMade {
  path: string;
  bytes: number;
  sha256: string;
  /** What lies in it beside the database, by name. */
  files: string[];
}

export interface BackupOptions extends BackupPlace {
  /** The file to make; nothing may be there. */
  path: string;
  version: string;
  now: () => number;
}

/** The thread's program; a text, so that the executable needs no second entry point for it. */
const thread = `
import { Database } from "bun:sqlite";
onmessage = ({ data: { source, target, files, about } }) => {
  try {
    const db = new Database(source, { readwrite: true, create: false });
    db.run("PRAGMA busy_timeout = 5000");
    db.query("VACUUM INTO ?").run(target);
    db.close();
    const copy = new Database(target, { readwrite: true, create: false });
    copy.run("BEGIN IMMEDIATE");
    copy.run("CREATE TABLE moltbot_backup (about TEXT NOT NULL)");
    copy.run("CREATE TABLE moltbot_backup_file (name TEXT PRIMARY KEY, bytes BLOB NOT NULL)");
    copy.query("INSERT INTO moltbot_backup VALUES (?)").run(about);
    const insert = copy.query("INSERT INTO moltbot_backup_file VALUES (?, ?)");
    for (const { name, bytes } of files) insert.run(name, bytes);
    copy.run("COMMIT");
    const problems = copy.query("PRAGMA integrity_check(10)").all().map((row) => row.integrity_check);
    copy.close();
    postMessage({ problems: problems.filter((text) => text !== "ok") });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};`;

/**
 * Copies the database as it is at this moment into one file, with the config and the secrets beside it, and checks
 * the copy. A thread does it, so a gateway that runs serves meanwhile.
 */
export async function createBackup(options: BackupOptions): Promise<BackupMade> {
  const { path, stateDir, version, now } = options;
  const source = databasePath(stateDir);
  if (!existsSync(source)) throw new Error(`there is nothing to back up: ${source} does not exist`);
  if (existsSync(path)) throw new Error(`${path} exists already; name another file`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  rmSync(part, { force: true });
  // Private from its first byte: the copy holds every secret.
  closeSync(openSync(part, "wx", 0o600));
  try {
    const files = filesOf(options);
    const about = JSON.stringify({ madeBy: version, madeAt: new Date(now()).toISOString() });
    await inThread({ source, target: part, files, about });
    const sha256 = await hashOf(part);
    renameSync(part, path);
    return { path, bytes: statSync(path).size, sha256, files: files.map(({ name }) => name) };
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Where the gateway puts a backup for which no file was named. */
export function backupPath(stateDir: string, at: number): string {
  return join(stateDir, "backups", `moltbot-${stampOf(at)}.db`);
}

/** `20260128-113320-512`, which sorts by time. */
export function stampOf(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replaceAll(/[-:]/g, "").replaceAll(/[T.]/g, "-");
}

/**
 * Files of the state directory without which clients and devices would not know the gateway again, nor it the gateways
 * elsewhere that this device is let into.
 */
export const keptFiles: readonly string[] = [
  ...["token.key", "tls.key", "tls.crt", "gateways.json"],
  ...["identity/device.json", "identity/gateways.json"],
];

interface Stored {
  name: string;
  bytes: Uint8Array;
}

function filesOf({ stateDir, configPath, includes }: BackupPlace): Stored[] {
  const found: Stored[] = [];
  const add = (name: string, path: string) => {
    if (existsSync(path) && statSync(path).isFile()) found.push({ name, bytes: readFileSync(path) });
  };
  add("config", configPath);
  for (const path of includes) {
    const below = relative(dirname(configPath), path);
    if (!below.startsWith("..") && !isAbsolute(below)) add(`include/${below.replaceAll("\\", "/")}`, path);
  }
  for (const name of keptFiles) add(`state/${name}`, join(stateDir, name));
  const secrets = join(stateDir, "secrets");
  for (const name of existsSync(secrets) ? readdirSync(secrets) : [])
    add(`state/secrets/${name}`, join(secrets, name));
  return found;
}

interface Work {
  source: string;
  target: string;
  files: Stored[];
  about: string;
}

async function inThread(work: Work): Promise<void> {
  const program = URL.createObjectURL(new Blob([thread], { type: "text/javascript" }));
  const worker = new Worker(program);
  try {
    const done = await new Promise<{ problems: string[] } | { failed: string }>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`the backup could not run: ${message}`));
      worker.postMessage(work);
    });
    if ("failed" in done) throw new Error(`the backup failed: ${done.failed}; no file was left`);
    if (done.problems.length > 0)
      throw new Error(`the database is damaged (${done.problems[0]}), so no backup was made of it`);
  } finally {
    worker.terminate();
    URL.revokeObjectURL(program);
  }
}

async function hashOf(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}
