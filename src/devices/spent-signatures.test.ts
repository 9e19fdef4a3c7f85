import { expect, test } from "bun:test";
import { createSpentSignatures } from "./spent-signatures.ts";

const signature = (seed: number) => Buffer.alloc(64, seed).toString("base64url");

test("a signature counts once, however it is spelt, for as long as it would be accepted", () => {
  const spent = createSpentSignatures();
  expect(spent.spend(signature(251), 0)).toBe(true);
  expect(spent.spend(signature(251), 1)).toBe(false);
  expect(spent.spend(Buffer.alloc(64, 251).toString("base64"), 1)).toBe(false);
  // The last letter has four bits to spare.
  expect(spent.spend(`${signature(251).slice(0, -1)}-`, 1)).toBe(false);
  expect(spent.spend(signature(2), 240_000)).toBe(true);
  expect(spent.spend(signature(251), 240_001)).toBe(false);
  expect(spent.spend(signature(251), 250_001)).toBe(true);
});

test("when it can keep no more it refuses, and does not forget", () => {
  const spent = createSpentSignatures();
  const numbered = (n: number) => Buffer.from(String(n).padStart(64)).toString("base64url");
  for (let n = 0; n < 50_000; n += 1) expect(spent.spend(numbered(n), 0)).toBe(true);
  expect(spent.spend(numbered(50_000), 1)).toBe(false);
  expect(spent.spend(numbered(0), 1)).toBe(false);
  expect(spent.spend(numbered(50_000), 250_001)).toBe(true);
});
