import { expect, test } from "bun:test";
import { previewOf, titleOf } from "./title.ts";

const saying = (text: string) => ({
  role: "user" as const,
  content: [{ type: "text" as const, text }],
  timestamp: 1,
});

test("a title is one line of 60 characters at the most, and says where something is left out", () => {
  expect(titleOf(saying("  two\n\n lines "))).toBe("two lines");
  expect(titleOf(saying("x".repeat(60)))).toBe("x".repeat(60));
  expect(titleOf(saying("x".repeat(61)))).toBe(`${"x".repeat(59)}…`);
  expect(titleOf(saying(" \n "))).toBeNull();
  expect(previewOf(saying("y".repeat(5_000)))).toBe(`${"y".repeat(119)}…`);
});

test("a character of two code units counts as one, and is never cut in half", () => {
  expect(titleOf(saying("🦞".repeat(60)))).toBe("🦞".repeat(60));
  expect(titleOf(saying("🦞".repeat(61)))).toBe(`${"🦞".repeat(59)}…`);
  expect(titleOf(saying(`${"x".repeat(58)}🦞🦞🦞`))).toBe(`${"x".repeat(58)}🦞…`);
  expect(titleOf(saying(`${"x".repeat(58)}🦞🦞`))).toBe(`${"x".repeat(58)}🦞🦞`);
});
