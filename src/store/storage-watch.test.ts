import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { createStorageWatch } from "./storage-watch.ts";
import { createTransactor } from "./transactor.ts";

function storing() {
  const scratch = scratchDir();
  const db = new Database(join(scratch.path, "moltbot.db"), { create: true, strict: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("CREATE TABLE note (text)");
  const clock = { ms: 0 };
  let changes = 0;
  const transactor = createTransactor(db, { failed: (cause) => storage.failed(cause) });
  const storage = createStorageWatch({
    stateDir: scratch.path,
    attempt: () => transactor.transactNow((own) => own.run("INSERT INTO note VALUES (zeroblob(9000))")),
    changed: () => {
      changes += 1;
    },
    monotonicMs: () => clock.ms,
  });
  return {
    transactor,
    storage,
    clock,
    changes: () => changes,
    limit: (pages: number) => void db.run(`PRAGMA max_page_count = ${pages}`),
    write: () => transactor.transact((own) => void own.run("INSERT INTO note VALUES (zeroblob(9000))")),
    rows: () => db.query<{ n: number }, []>("SELECT count(*) AS n FROM note").get()?.n,
    [Symbol.dispose]() {
      transactor.close();
      db.close();
      scratch[Symbol.dispose]();
    },
  };
}

test("a full disk is a problem that names the disk, refuses each work, and ends when there is room", async () => {
  using world = storing();
  expect(world.storage.problem()).toBeNull();
  world.limit(3);
  await expect(world.write()).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 1000 });
  const told = world.storage.problem();
  expect(told?.en).toMatch(/^nothing can be saved: the disk that holds .* is full .*; make room/);
  expect(told?.zh).toMatch(/^无法保存任何内容：.* 所在的磁盘已满（剩余 \d+ MB）；请腾出空间/);
  expect(world.changes()).toBe(1);
  world.clock.ms = 2_000;
  expect(world.storage.problem()?.en).toContain("is full");
  world.limit(1_000_000);
  expect(world.storage.problem()?.en).toContain("is full");
  world.clock.ms = 4_000;
  expect(world.storage.problem()).toBeNull();
  expect(world.changes()).toBe(2);
  await world.write();
  expect(world.rows()).toBe(2);
});

test("an error of a work's own is no fault of the disk", async () => {
  using world = storing();
  const failing = world.transactor.transact((own) => void own.run("INSERT INTO nowhere VALUES (1)"));
  await expect(failing).rejects.toThrow("no such table");
  expect(world.storage.problem()).toBeNull();
});
