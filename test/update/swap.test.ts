import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimUpdate, stage } from "#src/update/swap.ts";

function bin() {
  const directory = mkdtempSync(join(tmpdir(), "moltbot-swap-"));
  const executable = join(directory, "moltbot");
  writeFileSync(executable, "old", { mode: 0o755 });
  return {
    directory,
    executable,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

test("what cannot be written as a whole leaves nothing behind", () => {
  using place = bin();
  const full = () => {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  expect(() => stage(Buffer.from("new"), place.executable, full)).toThrow("ENOSPC");
  expect(readdirSync(place.directory)).toEqual(["moltbot"]);
  expect(readFileSync(place.executable, "utf8")).toBe("old");
});

test("what a killed update has left is written over, not added to", () => {
  using place = bin();
  stage(Buffer.from("killed here"), place.executable);
  stage(Buffer.from("again"), place.executable);
  expect(readdirSync(place.directory)).toHaveLength(2);
});

test("one executable is exchanged by one process at a time", () => {
  using place = bin();
  const release = claimUpdate(place.executable);
  expect(claimUpdate(place.executable)).toBeNull();
  release?.();
  const again = claimUpdate(place.executable);
  expect(again).not.toBeNull();
  again?.();
});
