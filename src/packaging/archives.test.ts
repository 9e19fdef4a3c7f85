import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tarGz, zip } from "./archives.ts";
import { targetNamed } from "./targets.ts";

const entries = [
  { path: "moltbot/moltbot", bytes: Buffer.from("#!/bin/sh\necho ran\n"), executable: true },
  { path: "moltbot/empty", bytes: Buffer.alloc(0) },
  { path: "moltbot/blöck", bytes: Buffer.alloc(512, "x") },
];
const day = new Date("2026-11-21T10:20:30Z");

function unpacked(name: string, bytes: Uint8Array, ...command: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "moltbot-archive-"));
  try {
    writeFileSync(join(folder, name), bytes);
    expect(Bun.spawnSync([...command, name], { cwd: folder }).exitCode).toBe(0);
    expect(statSync(join(folder, "moltbot/moltbot")).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, "moltbot/empty")).mode & 0o111).toBe(0);
    return entries.map(({ path }) => readFileSync(join(folder, path), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const contents = entries.map(({ bytes }) => String(bytes));

test("a tar is read by tar, and the same every time", () => {
  const bytes = tarGz(entries, day);
  expect(unpacked("a.tar.gz", bytes, "tar", "-xzf")).toEqual(contents);
  expect(Buffer.from(tarGz(entries, day)).equals(bytes)).toBe(true);
  expect(() => tarGz([{ path: "x".repeat(101), bytes: Buffer.alloc(0) }], day)).toThrow("too long");
});

test.skipIf(Bun.which("unzip") === null)("a zip is read by unzip, and the same every time", () => {
  const bytes = zip(entries, day);
  expect(unpacked("a.zip", bytes, "unzip", "-q")).toEqual(contents);
  expect(Buffer.from(zip(entries, day)).equals(bytes)).toBe(true);
});

test("a target is found by its name or by Bun's; another is told which there are", () => {
  expect(targetNamed("bun-linux-x64-musl")).toBe(targetNamed("linux-x64-musl"));
  expect(() => targetNamed("amiga")).toThrow("darwin-arm64");
});
