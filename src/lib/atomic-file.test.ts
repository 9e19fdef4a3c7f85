import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { type FileCalls, writeFileAtomic } from "./atomic-file.ts";

/** The system's calls with a record of them; the call with this number fails. */
function failing(number: number, done: string[]): FileCalls {
  const step =
    <A extends unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      done.push(name);
      if (done.length === number) throw new Error(`no ${name}`);
      return call(...args);
    };
  return {
    openSync: step("open", (path, flags, mode) => fs.openSync(path, flags, mode)),
    writeSync: step("write", (file, bytes, offset) => fs.writeSync(file, bytes, offset)),
    fchmodSync: step("chmod", fs.fchmodSync),
    fsyncSync: step("sync", fs.fsyncSync),
    closeSync: step("close", fs.closeSync),
    renameSync: step("rename", fs.renameSync),
    unlinkSync: step("unlink", fs.unlinkSync),
  };
}

const steps = ["open", "chmod", "write", "sync", "close", "rename", "open", "sync", "close"];

test("the bytes are on the disk before the name points to them, and the name after", () => {
  using scratch = scratchDir();
  const done: string[] = [];
  writeFileAtomic(join(scratch.path, "file"), "new", 0o600, failing(0, done));
  expect(done).toEqual(steps);
});

test.each(steps.map((name, index) => [name, index + 1] as const))(
  "when %p (call %p) fails, the file is whole, old or new, and no other file stays",
  (name, number) => {
    using scratch = scratchDir();
    const path = scratch.write("file", "old");
    expect(() => writeFileAtomic(path, "new", 0o600, failing(number, []))).toThrow(`no ${name}`);
    expect(fs.readFileSync(path, "utf8")).toBe(number <= steps.indexOf("rename") + 1 ? "old" : "new");
    expect(fs.readdirSync(scratch.path)).toEqual(["file"]);
  },
);

test("a write that takes only a part is continued", () => {
  using scratch = scratchDir();
  const path = join(scratch.path, "file");
  const calls = failing(0, []);
  const bytewise: FileCalls = {
    ...calls,
    writeSync: (file, bytes, offset) => fs.writeSync(file, bytes, offset, 1),
  };
  writeFileAtomic(path, "grüße", 0o640, bytewise);
  expect(fs.readFileSync(path, "utf8")).toBe("grüße");
  expect(fs.statSync(path).mode & 0o777).toBe(0o640);
});

test("a link is replaced, not followed", () => {
  using scratch = scratchDir();
  const target = scratch.write("target", "kept");
  const path = join(scratch.path, "link");
  fs.symlinkSync(target, path);
  writeFileAtomic(path, "new");
  expect(fs.readFileSync(target, "utf8")).toBe("kept");
  expect(fs.lstatSync(path).isSymbolicLink()).toBe(false);
});
