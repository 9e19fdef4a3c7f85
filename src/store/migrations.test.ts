import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { migrate, schemaVersion } from "./migrations.ts";

const opened = () => new Database(":memory:", { strict: true });
const versionOf = (db: Database) =>
  db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version;
const tablesOf = (db: Database) =>
  db
    .query<{ name: string }, []>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict ORDER BY name",
    )
    .all()
    .map(({ name }) => name);

test("an empty database gets every table, all of them strict, and is left alone the second time", () => {
  using db = opened();
  migrate(db, "x.db");
  expect(tablesOf(db)).toEqual([
    ...["approved_sender", "channel_data", "conversation_move", "device", "device_role"],
    ...["idempotency", "inbound", "message", "pairing_link", "sender_request"],
    ...["session", "summary", "turn", "usage"],
  ]);
  expect(versionOf(db)).toBe(schemaVersion);
  migrate(db, "x.db");
  expect(versionOf(db)).toBe(schemaVersion);
});

test("only the steps that are missing are taken, each whole or not at all", () => {
  using db = opened();
  const steps = ["CREATE TABLE a (x) ; CREATE TABLE b (x)"];
  migrate(db, "x.db", steps);
  expect(() => migrate(db, "x.db", [...steps, "CREATE TABLE c (x); CREATE TABLE a (x)"])).toThrow(
    "already exists",
  );
  expect(versionOf(db)).toBe(1);
  expect(db.query("SELECT name FROM sqlite_schema WHERE name = 'c'").get()).toBeNull();
  migrate(db, "x.db", [...steps, "CREATE TABLE c (x)"]);
  expect(versionOf(db)).toBe(2);
});

test("a newer schema is refused with the way out", () => {
  using db = opened();
  migrate(db, "x.db");
  db.run(`PRAGMA user_version = ${schemaVersion + 1}`);
  expect(() => migrate(db, "x.db")).toThrow(
    `x.db was written by a newer moltbot (schema ${schemaVersion + 1}, this build knows ${schemaVersion}); start that one`,
  );
});

test("another program's database is refused", () => {
  using db = opened();
  db.run("CREATE TABLE bookmarks (url TEXT)");
  expect(() => migrate(db, "x.db")).toThrow("x.db is a database of another program");
});

const aTurn = `INSERT INTO turn (channel, account, conversation, provider_message_id, session_key, session_key_asked,
  run_id, kind, payload, principal, state, accepted_at)
  VALUES ($channel, 'a', 'c', $id, 'k', 'k', $run, 'chat', '{}', 'p', $state, 1)`;

test("a message that a platform delivers again gets no second turn, and a run has one turn", () => {
  using db = opened();
  migrate(db, "x.db");
  const insert = db.query(aTurn);
  const row = { channel: "telegram", id: "1", run: "r1", state: "queued" };
  insert.run(row);
  expect(() => insert.run({ ...row, run: "r2" })).toThrow("UNIQUE");
  expect(() => insert.run({ ...row, id: "2" })).toThrow("UNIQUE");
  insert.run({ ...row, channel: "slack", run: "r2" });
  expect(() => insert.run({ ...row, id: "3", run: "r3", state: "lost" })).toThrow("CHECK");
});

test("a role is a device's, and goes with it", () => {
  using db = opened();
  db.run("PRAGMA foreign_keys = ON");
  migrate(db, "x.db");
  const role = `INSERT INTO device_role (device_id, role, scopes, generation, created_at)
    VALUES ('d', $role, '[]', 'g', 1)`;
  expect(() => db.query(role).run({ role: "node" })).toThrow("FOREIGN KEY");
  db.run(`INSERT INTO device (device_id, public_key, created_at, approved_at, approved_via)
    VALUES ('d', 'k', 1, 1, 'owner')`);
  db.query(role).run({ role: "node" });
  expect(() => db.query(role).run({ role: "admin" })).toThrow("CHECK");
  db.run("DELETE FROM device");
  expect(db.query("SELECT 1 FROM device_role").get()).toBeNull();
});

test("the questions that are asked most are answered from an index", () => {
  using db = opened();
  migrate(db, "x.db");
  const plan = (sql: string) =>
    db
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join("; ");
  expect(plan("SELECT json FROM message WHERE session_id = 's' ORDER BY id DESC LIMIT 200")).toBe(
    "SEARCH message USING INDEX message_in_order (session_id=?)",
  );
  expect(plan("SELECT id FROM turn WHERE state IN ('queued', 'running') ORDER BY id")).toContain(
    "turn_unfinished",
  );
  expect(plan("SELECT key FROM session ORDER BY updated_at DESC LIMIT 50")).toContain("session_by_update");
  expect(plan("DELETE FROM idempotency WHERE expires_at < 5")).toContain("idempotency_by_expiry");
});

test("a session of before gets the cost of its transcript, of what a compaction put aside, and of no other", () => {
  using db = opened();
  migrate(db, "x.db");
  db.run("ALTER TABLE session DROP COLUMN cost; ALTER TABLE session DROP COLUMN unpriced");
  db.run("PRAGMA user_version = 6");
  const session = (key: string, id: string) =>
    db.run(
      "INSERT INTO session (key, agent_id, session_id, created_at, updated_at) VALUES (?, 'a', ?, 0, 0)",
      [key, id],
    );
  const message = (id: string, at: number) =>
    db.run(
      "INSERT INTO message (session_id, message_id, role, json, created_at) VALUES (?, ?, 'user', '{}', ?)",
      [id, `m${at}`, at],
    );
  const used = (key: string, at: number, cost: number | null) =>
    db.run(
      `INSERT INTO usage (run_id, session_key, provider, model, input, output, at, cost)
       VALUES ('r', ?, 'p', 'm', 1, 1, ?, ?)`,
      [key, at, cost],
    );
  session("one", "s2");
  message("s1", 10);
  used("one", 11, 100);
  message("s2.bak.25", 20);
  used("one", 21, 2);
  message("s2", 30);
  used("one", 31, 3);
  used("other", 31, 50);
  session("new", "s3");
  session("doubt", "s4");
  message("s4", 1);
  used("doubt", 2, null);
  migrate(db, "x.db");
  expect(db.query("SELECT key, cost, unpriced FROM session ORDER BY key").all()).toEqual([
    { key: "doubt", cost: 0, unpriced: 1 },
    { key: "new", cost: 0, unpriced: 0 },
    { key: "one", cost: 5, unpriced: 0 },
  ]);
});
