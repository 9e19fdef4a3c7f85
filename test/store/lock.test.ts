import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { acquireGatewayLock, type Holder, type Lock, readHolder } from "#src/store/lock.ts";
import { type ScratchDir, scratchDir } from "./scratch-dir.ts";

const me: Holder = { pid: process.pid, startedAt: 1, version: "1.0.0" };

function take(stateDir: string): Lock {
  const got = acquireGatewayLock(stateDir, me);
  if (!("lock" in got)) throw new Error("the lock is held");
  return got.lock;
}

async function startHolder(scratch: ScratchDir) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "holder.ts"), scratch.path], {
    stdout: "pipe",
  });
  const { value } = await child.stdout.getReader().read();
  return {
    child,
    said: JSON.parse(new TextDecoder().decode(value)),
    [Symbol.dispose]: () => child.kill("SIGKILL"),
  };
}

test("a second gateway on the same state is refused at once and told who has it", () => {
  using scratch = scratchDir();
  using lock = take(scratch.path);
  lock.update({ port: 18_789, url: "http://127.0.0.1:18789/" });
  const before = performance.now();
  expect(acquireGatewayLock(scratch.path, { ...me, pid: 1 })).toEqual({
    heldBy: { ...me, port: 18_789, url: "http://127.0.0.1:18789/" },
  });
  expect(performance.now() - before).toBeLessThan(500);
  expect(readHolder(scratch.path)).toMatchObject(me);
});

test("a lock that is given back can be taken, and tells nothing any more", () => {
  using scratch = scratchDir();
  const lock = take(scratch.path);
  lock.release();
  lock.update({ port: 1 });
  expect(readHolder(scratch.path)).toBeNull();
  expect(existsSync(join(scratch.path, "gateway.json"))).toBe(false);
  using again = take(scratch.path);
  lock.release();
  expect(readHolder(scratch.path)).toEqual(me);
  again.release();
});

test("both files are their owner's alone", () => {
  using scratch = scratchDir();
  chmodSync(scratch.write("gateway.lock", ""), 0o644);
  using _lock = take(scratch.path);
  for (const name of ["gateway.lock", "gateway.json"]) {
    expect(statSync(join(scratch.path, name)).mode & 0o777).toBe(0o600);
  }
});

test("another process holds it until it dies, however it dies, and its words then keep nobody out", async () => {
  using scratch = scratchDir();
  using holder = await startHolder(scratch);
  const { child, said } = holder;
  expect(said).toEqual({ held: true });
  expect(acquireGatewayLock(scratch.path, me)).toEqual({
    heldBy: { pid: child.pid, startedAt: 1, version: "1.2.3" },
  });
  child.kill("SIGKILL");
  await child.exited;
  expect(readHolder(scratch.path)).toMatchObject({ pid: child.pid });
  using _lock = take(scratch.path);
  expect(readHolder(scratch.path)).toEqual(me);
});

test("a file with a pid that is alive, such as 1 in a container, keeps nobody out", () => {
  using scratch = scratchDir();
  scratch.write("gateway.json", JSON.stringify({ pid: 1, startedAt: 5, version: "9" }));
  scratch.write("gateway.lock", "");
  using _lock = take(scratch.path);
  expect(readHolder(scratch.path)).toEqual(me);
});

test.each(["", "{", "null", '{"pid":"1"}', '{"pid":1,"startedAt":1,"version":"1","port":"x"}'])(
  "a holder that says %p is a holder that says nothing",
  (text) => {
    using scratch = scratchDir();
    using lock = take(scratch.path);
    scratch.write("gateway.json", text);
    expect(acquireGatewayLock(scratch.path, me)).toEqual({ heldBy: null });
    lock.release();
  },
);

test("a lock file that is none of SQLite's is named, with what to do", () => {
  using scratch = scratchDir();
  const path = scratch.write(
    "gateway.lock",
    "somebody's notes, long enough to be looked at as a database".repeat(20),
  );
  expect(() => acquireGatewayLock(scratch.path, me)).toThrow(`cannot lock the state directory with ${path}`);
  expect(readFileSync(path, "utf8")).toStartWith("somebody's notes");
});
