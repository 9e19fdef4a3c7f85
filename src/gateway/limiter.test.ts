import { expect, test } from "bun:test";
import { createLimiter } from "./limiter.ts";

function limiterAt(capacity?: number) {
  const clock = { ms: 0 };
  const limits = { maxAttempts: 3, windowMs: 60_000, lockoutMs: 300_000 };
  const limiter = createLimiter({
    ...limits,
    monotonicMs: () => clock.ms,
    ...(capacity === undefined ? {} : { capacity }),
  });
  const fail = (who: string, times: number) => {
    for (let n = 0; n < times; n += 1) limiter.failed(who);
  };
  return { clock, limiter, fail };
}

test("as many failures as are allowed lock for the whole time, and trying on does not make it longer", () => {
  const { clock, limiter, fail } = limiterAt();
  fail("a", 2);
  expect(limiter.lockedForMs("a")).toBe(0);
  fail("a", 1);
  expect(limiter.lockedForMs("a")).toBe(300_000);
  expect(limiter.lockedForMs("b")).toBe(0);
  clock.ms = 200_000;
  fail("a", 50);
  expect(limiter.lockedForMs("a")).toBe(100_000);
  clock.ms = 300_000;
  expect(limiter.lockedForMs("a")).toBe(0);
  fail("a", 2);
  expect(limiter.lockedForMs("a")).toBe(0);
});

test("failures that are too far apart do not add up", () => {
  const { clock, limiter, fail } = limiterAt();
  for (let n = 0; n < 20; n += 1) {
    fail("a", 1);
    clock.ms += 30_001;
  }
  expect(limiter.lockedForMs("a")).toBe(0);
});

test("its memory is bounded, and a flood of strangers does not free one that is locked", () => {
  const { limiter, fail } = limiterAt(100);
  fail("locked", 3);
  for (let n = 0; n < 1_000; n += 1) fail(`stranger ${n}`, 1);
  expect(limiter.size).toBe(100);
  expect(limiter.lockedForMs("locked")).toBe(300_000);
});

test("when all are locked the oldest makes room", () => {
  const { clock, limiter, fail } = limiterAt(3);
  for (const who of ["a", "b", "c"]) {
    fail(who, 3);
    clock.ms += 1;
  }
  fail("d", 1);
  expect(limiter.size).toBe(3);
  expect(limiter.lockedForMs("a")).toBe(0);
  expect(limiter.lockedForMs("c")).toBeGreaterThan(0);
});
