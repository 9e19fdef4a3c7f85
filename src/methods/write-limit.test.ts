import { expect, test } from "bun:test";
import { createWriteLimit } from "./write-limit.ts";

test("each caller has its own count, and gets room again as its writes grow old", () => {
  let time = 0;
  const limit = createWriteLimit({ most: 2, windowMs: 1_000, now: () => time });
  limit("a");
  time = 400;
  limit("a");
  expect(() => limit("a")).toThrow("too many config writes: 2 in 1 s are the most; try again in 1 s");
  limit("b");
  time = 1_001;
  limit("a");
  expect(() => limit("a")).toThrow("try again in 1 s");
});
