import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { ensureLocalKey, ensureTokenKey, readLocalKey } from "./local-key.ts";
import { prepareStateDir } from "./state-dir.ts";

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

function prepare(path: string): string[] {
  const warnings: string[] = [];
  prepareStateDir(path, (message) => warnings.push(message));
  return warnings;
}

test("a new state directory is its owner's alone, in silence", () => {
  using scratch = scratchDir();
  const path = join(scratch.path, "a", "b");
  expect(prepare(path)).toEqual([]);
  expect(modeOf(path)).toBe("700");
});

test("a state directory and files that are open to others are closed, each with a warning", () => {
  using scratch = scratchDir();
  const config = scratch.write("state/moltbot.json", "{}");
  const database = scratch.write("state/moltbot.db-wal", "");
  const other = scratch.write("state/notes.txt", "");
  const path = join(scratch.path, "state");
  chmodSync(path, 0o755);
  for (const file of [config, database, other]) chmodSync(file, 0o644);
  expect(prepare(path).toSorted()).toEqual(
    [
      `${path} was open to other users; its mode is 700 now`,
      `${database} was open to other users; its mode is 600 now`,
      `${config} was open to other users; its mode is 600 now`,
    ].toSorted(),
  );
  expect([path, config, database, other].map(modeOf)).toEqual(["700", "600", "600", "644"]);
  expect(prepare(path)).toEqual([]);
});

test("a directory that others work in is refused and left as it is", () => {
  using scratch = scratchDir();
  const shared = join(scratch.path, "tmp");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  expect(() => prepare(shared)).toThrow("give the gateway a directory of its own");
  expect(modeOf(shared)).toBe("1777");

  scratch.write("home/letters.txt", "");
  const home = join(scratch.path, "home");
  chmodSync(home, 0o755);
  expect(() => prepare(home)).toThrow(`chmod 700 '${home}'`);
  expect(modeOf(home)).toBe("755");
});

test("a file where the directory should be is refused with the way out", () => {
  using scratch = scratchDir();
  const file = scratch.write("state", "");
  expect(() => prepare(file)).toThrow("MOLTBOT_STATE_DIR");
  expect(() => prepare(join(file, "below"))).toThrow("MOLTBOT_STATE_DIR");
});

test("the local key is made once, with 32 random bytes, for its owner alone", () => {
  using scratch = scratchDir();
  expect(readLocalKey(scratch.path)).toBeNull();
  const key = ensureLocalKey(scratch.path);
  expect(Buffer.from(key, "base64url")).toHaveLength(32);
  expect(modeOf(join(scratch.path, "local.key"))).toBe("600");
  expect(ensureLocalKey(scratch.path)).toBe(key);
  expect(readLocalKey(scratch.path)).toBe(key);
});

test("a key that others could read is worth nothing and is replaced", () => {
  using scratch = scratchDir();
  const key = ensureLocalKey(scratch.path);
  chmodSync(join(scratch.path, "local.key"), 0o644);
  expect(prepare(scratch.path)).toEqual([]);
  expect(readLocalKey(scratch.path)).toBeNull();
  expect(ensureLocalKey(scratch.path)).not.toBe(key);
  expect(modeOf(join(scratch.path, "local.key"))).toBe("600");
});

test("a key that is cut short, or a link, is no key", () => {
  using scratch = scratchDir();
  chmodSync(scratch.write("local.key", "short"), 0o600);
  expect(readLocalKey(scratch.path)).toBeNull();
  using other = scratchDir();
  const target = join(scratch.path, "key-elsewhere");
  chmodSync(scratch.write("key-elsewhere", "A".repeat(43)), 0o600);
  symlinkSync(target, join(other.path, "local.key"));
  expect(readLocalKey(other.path)).toBeNull();
  ensureLocalKey(other.path);
  expect(readFileSync(target, "utf8")).toBe("A".repeat(43));
});

test("the key of the tokens is one of its own, and is replaced where others could read it", () => {
  using scratch = scratchDir();
  const key = ensureTokenKey(scratch.path);
  expect(Buffer.from(key, "base64url")).toHaveLength(32);
  expect(key).not.toBe(ensureLocalKey(scratch.path));
  expect(modeOf(join(scratch.path, "token.key"))).toBe("600");
  expect(ensureTokenKey(scratch.path)).toBe(key);
  chmodSync(join(scratch.path, "token.key"), 0o640);
  expect(ensureTokenKey(scratch.path)).not.toBe(key);
});
