import { expect, test } from "bun:test";
import { lateness, toLateness } from "./loop-delay.ts";

const read = (...counts: number[]) =>
  toLateness(
    ["0.001", "0.01", "0.05", "+Inf"]
      .map((le, nth) => `moltbot_event_loop_delay_seconds_bucket{le="${le}"} ${counts[nth]}`)
      .join("\n"),
  );

test("only what was measured in between counts", () => {
  expect(lateness(read(100, 100, 100, 100), read(100, 110, 110, 110), 0.5)).toBe(5.5);
});

test("a delay is within the bounds of its bucket, and beyond the last one it is not known", () => {
  expect(lateness(read(0, 0, 0, 0), read(90, 98, 100, 100), 0.99)).toBe(30);
  expect(lateness(read(0, 0, 0, 0), read(90, 90, 90, 100), 0.99)).toBe(Number.POSITIVE_INFINITY);
});

test("where nothing was measured there is no figure", () => {
  expect(() => lateness(read(1, 1, 1, 1), read(1, 1, 1, 1), 0.99)).toThrow("measured nothing");
});
