import { describe, expect, test } from "bun:test";
import { addRequest, usageOnTheWire } from "./run-usage.ts";

const priced = { provider: "p", model: "m", price: { input: 2_000_000, output: 10_000_000 } };

describe("what a run used", () => {
  test("costs what its requests cost together, kind by kind", () => {
    const first = addRequest(undefined, { ...priced, input: 3, output: 1, cacheRead: 1 });
    expect(usageOnTheWire(first).cost).toEqual({
      input: 4,
      output: 10,
      cacheRead: 2,
      cacheWrite: 0,
      total: 16,
    });
    const both = addRequest(first, { ...priced, input: 1, output: 2 });
    expect(usageOnTheWire(both)).toEqual({
      input: 3,
      output: 3,
      cacheRead: 1,
      cacheWrite: 0,
      totalTokens: 7,
      cost: { input: 6, output: 30, cacheRead: 2, cacheWrite: 0, total: 38 },
    });
  });

  test("has no cost once that of one request is unknown, before or after a known one", () => {
    const known = { ...priced, input: 1, output: 1 };
    const unknown = { ...known, price: null };
    for (const [first, second] of [
      [known, unknown],
      [unknown, known],
    ] as const) {
      const both = usageOnTheWire(addRequest(addRequest(undefined, first), second));
      expect(both).toEqual({ input: 2, output: 2, cacheRead: 0, cacheWrite: 0, totalTokens: 4 });
    }
  });

  test("has the whole alone where the provider says it", () => {
    const said = addRequest(undefined, { ...priced, input: 1, output: 1, saidUsd: 0.25 });
    expect(usageOnTheWire(said).cost).toEqual({ total: 0.25 });
    const both = addRequest(said, { ...priced, input: 1, output: 1 });
    expect(usageOnTheWire(both).cost).toEqual({ total: 12.25 });
  });
});
