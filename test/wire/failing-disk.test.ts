import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTime, message, openWorld, type World, type WorldOptions } from "../fakes/intake-world.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A world whose disk can be made to take nothing, with one turn per message. */
async function start(options: Partial<WorldOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "moltbot-refusing-"));
  folders.push(folder);
  const time = createTime();
  const queue = { mode: "followup", debounceMs: 0, cap: 20 } as const;
  const path = join(folder, "x.db");
  const open = (more: Partial<WorldOptions> = {}) =>
    openWorld({ path, time, policy: { queue }, ...options, ...more });
  return { time, open, world: await open() };
}

function disk({ db }: World, takes: boolean): void {
  db.run(`PRAGMA query_only = ${takes ? "OFF" : "ON"}`);
}

describe("while the disk takes nothing", () => {
  test("an answer that is ready waits for it, and the messages behind it wait for the answer", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { world, time } = await start({ asked: () => promise });
    await world.receive([message("a", "one"), message("b", "two")]);
    await world.settled();
    disk(world, false);
    resolve();
    await world.settled();
    expect(world.texts()).toEqual([]);
    disk(world, true);
    time.move(1_000);
    await world.settled();
    expect(world.texts()).toEqual(["re: one", "re: two"]);
    expect(world.requests).toHaveLength(2);
    world.close();
  });

  test("a turn that was about to begin begins when it does again, before those behind it", async () => {
    const { world, time } = await start();
    const both = world.receive([message("a", "one"), message("b", "two")]);
    await both;
    disk(world, false);
    await world.settled();
    expect(world.texts()).toEqual([]);
    disk(world, true);
    time.move(1_000);
    await world.settled();
    expect(world.texts()).toEqual(["re: one", "re: two"]);
    world.close();
  });

  test("a start takes up what the last one left as soon as it does again", async () => {
    const { world, open, time } = await start({ asked: () => new Promise(() => {}) });
    await world.receive([message("a", "one"), message("b", "two")]);
    await world.settled();
    world.crash();
    const { promise, resolve } = Promise.withResolvers<void>();
    const next = await open({ start: promise, asked: () => Promise.resolve() });
    disk(next, false);
    resolve();
    await next.settled();
    await expect(next.receive([message("c", "three")])).rejects.toThrow("could not be saved");
    disk(next, true);
    time.move(1_000);
    await next.settled();
    await next.receive([message("c", "three")]);
    await next.settled();
    expect(next.texts()).toEqual(["re: one", "re: two", "re: three"]);
    world.close();
    next.close();
  });
});

test("a turn on which the gateway stumbles ends with a word to its writer, and its session goes on", async () => {
  const { world } = await start();
  world.db.run(
    "CREATE TRIGGER stumble BEFORE INSERT ON reply WHEN NEW.said = 're: bad' BEGIN SELECT RAISE(FAIL, 'boom'); END",
  );
  await world.receive([message("a", "bad"), message("b", "good")]);
  await world.settled();
  expect(world.texts()).toEqual([
    "The gateway failed while answering; its log says more. Send it again.",
    "re: good",
  ]);
  world.close();
});
