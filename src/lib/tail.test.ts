import { expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaCheck } from "#src/lib/schema-check.ts";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { tailLog } from "./tail.ts";

test("a log that is not there yet is empty", () => {
  expect(tailLog({ file: "/nowhere/moltbot.log" })).toEqual({
    file: "/nowhere/moltbot.log",
    cursor: 0,
    size: 0,
    lines: [],
  });
  expect(tailLog({ file: "/nowhere/moltbot.log", cursor: 7 })).toMatchObject({ cursor: 0, reset: true });
});

test("following a log by its cursor gives every line once", () => {
  using scratch = scratchDir();
  const file = scratch.write("log", "one\ntwo\n");
  const first = tailLog({ file });
  expect(first).toEqual({ file, cursor: 8, size: 8, lines: ["one", "two"] });
  expect(tailLog({ file, cursor: first.cursor })).toEqual({ file, cursor: 8, size: 8, lines: [] });
  appendFileSync(file, "three\n");
  expect(tailLog({ file, cursor: first.cursor })).toEqual({ file, cursor: 14, size: 14, lines: ["three"] });
});

test("a line that is still being written comes whole with a later answer", () => {
  using scratch = scratchDir();
  const file = scratch.write("log", "one\nhalf");
  const first = tailLog({ file });
  expect(first).toMatchObject({ cursor: 4, size: 8, lines: ["one"] });
  appendFileSync(file, " and half\n");
  expect(tailLog({ file, cursor: first.cursor }).lines).toEqual(["half and half"]);
});

test("more lines than asked for give the last ones, and say so", () => {
  using scratch = scratchDir();
  const file = scratch.write("log", "1\n2\n3\n4\n");
  expect(tailLog({ file, limit: 2 })).toEqual({
    file,
    cursor: 8,
    size: 8,
    lines: ["3", "4"],
    truncated: true,
  });
  expect(tailLog({ file, cursor: 2, limit: 2 })).toMatchObject({ lines: ["3", "4"], truncated: true });
  expect(tailLog({ file, limit: 4 })).not.toHaveProperty("truncated");
});

test("no answer begins in the middle of a line or of a character", () => {
  using scratch = scratchDir();
  const text = "grüße 你好\n".repeat(50);
  const file = scratch.write("log", text);
  for (let maxBytes = 1; maxBytes <= 60; maxBytes++) {
    const { lines, truncated } = tailLog({ file, maxBytes });
    expect(lines).toEqual(Array.from({ length: Math.floor(maxBytes / 15) }, () => "grüße 你好"));
    expect(truncated).toBe(true);
  }
  for (let cursor = 0; cursor <= 15; cursor++) {
    expect(tailLog({ file, cursor }).lines).toHaveLength(cursor === 0 ? 50 : 49);
  }
});

test("a cursor beyond the file, as after a rotation, or too far behind starts afresh", () => {
  using scratch = scratchDir();
  const file = scratch.write("log", "a\nb\nc\n");
  expect(tailLog({ file, cursor: 100 })).toEqual({
    file,
    cursor: 6,
    size: 6,
    lines: ["a", "b", "c"],
    reset: true,
  });
  expect(tailLog({ file, cursor: 0, maxBytes: 4 })).toEqual({
    file,
    cursor: 6,
    size: 6,
    lines: ["b", "c"],
    truncated: true,
    reset: true,
  });
});

test("a line that is longer than an answer may be is waited for, then passed over", () => {
  using scratch = scratchDir();
  const file = join(scratch.path, "log");
  writeFileSync(file, "x".repeat(100));
  const waiting = tailLog({ file, maxBytes: 10 });
  expect(waiting.lines).toEqual([]);
  appendFileSync(file, "\nnext\n");
  expect(tailLog({ file, cursor: waiting.cursor, maxBytes: 20 }).lines).toEqual(["next"]);
});

test("the answer fits the contract of logs.tail", () => {
  using scratch = scratchDir();
  const file = scratch.write("log", "a\nb\n");
  const fits = schemaCheck("result logs.tail");
  for (const answer of [tailLog({ file }), tailLog({ file, cursor: 99, limit: 1 })])
    expect(fits(answer)).toBe(true);
});
