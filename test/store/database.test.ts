import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readlinkSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "#src/lib/start-error.ts";
import { checkDatabase } from "#src/store/check-database.ts";
import { closeDatabase, databasePath, openDatabase } from "#src/store/database.ts";
import { scratchDir } from "./scratch-dir.ts";

const pragma = (db: Database, name: string) => Object.values(db.query(`PRAGMA ${name}`).get() ?? {})[0];

function fill(db: Database, rows: number): void {
  const insert = db.query(
    "INSERT INTO message (session_id, message_id, role, json, created_at) VALUES ('s', ?, 'user', ?, 1)",
  );
  db.transaction(() => {
    for (let row = 0; row < rows; row++) insert.run(String(row), JSON.stringify({ text: "x".repeat(400) }));
  })();
}

/** What this process has open although it has no name any more. */
function removedFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`);
      return file.endsWith("(deleted)") ? [`${fd} ${file}`] : [];
    } catch {
      return [];
    }
  });
}

test("the database is durable, strict and its owner's alone, side files included", () => {
  using scratch = scratchDir();
  const db = openDatabase(scratch.path);
  fill(db, 1);
  expect(
    ["journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout"].map((name) =>
      pragma(db, name),
    ),
  ).toEqual(["wal", 2, 1, 0, 5000]);
  for (const suffix of ["", "-wal", "-shm"]) {
    expect(statSync(databasePath(scratch.path) + suffix).mode & 0o777).toBe(0o600);
  }
  closeDatabase(db);
});

test.skipIf(process.platform !== "linux")(
  "what a work may take back is not written into a temporary file",
  () => {
    using scratch = scratchDir();
    const db = openDatabase(scratch.path);
    fill(db, 200);
    // Other tests of this process may hold removed files of their own.
    const before = removedFiles();
    db.run("BEGIN IMMEDIATE");
    db.run("SAVEPOINT work");
    db.run("UPDATE message SET json = replace(json, 'x', 'y')");
    const removed = removedFiles().filter((file) => !before.includes(file));
    db.run("ROLLBACK TO work");
    db.run("COMMIT");
    expect(removed).toEqual([]);
    expect(db.query("SELECT count(*) AS n FROM message WHERE json LIKE '%y%'").get()).toEqual({ n: 0 });
    closeDatabase(db);
  },
);

test("a database that was open to others is closed to them before its side files are made", () => {
  using scratch = scratchDir();
  closeDatabase(openDatabase(scratch.path));
  chmodSync(databasePath(scratch.path), 0o644);
  const db = openDatabase(scratch.path);
  fill(db, 1);
  expect(statSync(`${databasePath(scratch.path)}-wal`).mode & 0o777).toBe(0o600);
  closeDatabase(db);
});

test("closing leaves everything in one file, even while a statement is held", () => {
  using scratch = scratchDir();
  const db = openDatabase(scratch.path);
  const held = db.prepare("SELECT * FROM message");
  fill(db, 10);
  held.all();
  closeDatabase(db);
  using again = new Database(databasePath(scratch.path), { readonly: true });
  expect(again.query("SELECT count(*) AS count FROM message").get()).toEqual({ count: 10 });
});

test("where memory cannot be shared there is a rollback journal instead, as durable, and a warning", () => {
  using scratch = scratchDir();
  const first = openDatabase(scratch.path);
  fill(first, 3);
  closeDatabase(first);
  const warnings: string[] = [];
  const db = openDatabase(scratch.path, {
    sharesMemory: () => false,
    warn: (message) => warnings.push(message),
  });
  expect([pragma(db, "journal_mode"), pragma(db, "synchronous")]).toEqual(["truncate", 2]);
  expect(db.query("SELECT count(*) AS count FROM message").get()).toEqual({ count: 3 });
  expect(warnings).toEqual([expect.stringContaining("without a write-ahead log")]);
  closeDatabase(db);
});

test("a file that is no database is refused with exit 78 and left as it is", () => {
  using scratch = scratchDir();
  const text = "not a database, but long enough for SQLite to look at its first page ".repeat(20);
  const path = scratch.write("moltbot.db", text);
  expect(() => openDatabase(scratch.path)).toThrow(/cannot open the database .*move the file away/);
  expect(statSync(path).size).toBe(text.length);
});

test("a newer schema is refused with exit 78", () => {
  using scratch = scratchDir();
  const db = openDatabase(scratch.path);
  db.run("PRAGMA user_version = 999");
  closeDatabase(db);
  const error = captured(() => openDatabase(scratch.path));
  expect(error).toBeInstanceOf(StartError);
  expect(error).toMatchObject({
    exitCode: 78,
    message: expect.stringContaining("written by a newer moltbot"),
  });
});

test("a directory in the database's place, or none around it, is refused with what to do", () => {
  using scratch = scratchDir();
  mkdirSync(databasePath(scratch.path));
  expect(captured(() => openDatabase(scratch.path))).toMatchObject({ exitCode: 78 });
  expect(captured(() => openDatabase(join(scratch.path, "none")))).toMatchObject({ exitCode: 78 });
});

test("a sound database passes its check, small or large; a broken one is told", async () => {
  using scratch = scratchDir();
  const db = openDatabase(scratch.path);
  fill(db, 10);
  expect(await checkDatabase(scratch.path)).toEqual([]);
  fillLarge(db);
  closeDatabase(db);
  const size = statSync(databasePath(scratch.path)).size;
  expect(size).toBeGreaterThan(2 * 1024 * 1024);
  expect(await checkDatabase(scratch.path)).toEqual([]);
  truncateSync(databasePath(scratch.path), Math.floor(size / 2));
  expect(await checkDatabase(scratch.path)).not.toEqual([]);
});

test("a check that is called off ends", async () => {
  using scratch = scratchDir();
  const db = openDatabase(scratch.path);
  fillLarge(db);
  closeDatabase(db);
  const calledOff = new AbortController();
  const check = checkDatabase(scratch.path, calledOff.signal);
  calledOff.abort(new Error("stopping"));
  await expect(check).rejects.toThrow("stopping");
  await expect(checkDatabase(scratch.path, calledOff.signal)).rejects.toThrow("stopping");
});

test("whatever was acknowledged is there after kill -9, time and again", async () => {
  using scratch = scratchDir();
  let next = 0;
  for (let round = 0; round < 10; round++) {
    const writer = Bun.spawn(
      [process.execPath, join(import.meta.dir, "writer.ts"), scratch.path, String(next)],
      {
        stdout: "pipe",
        stderr: "inherit",
      },
    );
    const acknowledged = await killAfter(writer, 20 + round * 17);
    const db = openDatabase(scratch.path);
    const stored = new Set(
      db
        .query<{ message_id: string }, []>("SELECT message_id FROM message")
        .all()
        .map((row) => Number(row.message_id)),
    );
    closeDatabase(db);
    expect(acknowledged.filter((number) => !stored.has(number))).toEqual([]);
    expect(stored.size).toBeGreaterThanOrEqual(next + acknowledged.length);
    next = Math.max(...stored) + 1;
  }
  expect(next).toBeGreaterThan(500);
  expect(await checkDatabase(scratch.path)).toEqual([]);
});

function fillLarge(db: Database): void {
  db.run("DELETE FROM message");
  fill(db, 6000);
}

/** Kills the writer once it has acknowledged so many rows; returns all that it acknowledged. */
async function killAfter(
  writer: Bun.Subprocess<"ignore", "pipe", "inherit">,
  rows: number,
): Promise<number[]> {
  let text = "";
  for await (const chunk of writer.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.split("\n").length > rows) writer.kill("SIGKILL");
  }
  await writer.exited;
  // The last line may be cut in the middle of a number.
  return text.split("\n").slice(0, -1).map(Number);
}

function captured(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
