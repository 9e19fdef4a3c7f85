import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { showDollars } from "#src/lib/dollars.ts";
import { migrate } from "#src/store/migrations.ts";
import { createBudget } from "./budget.ts";
import { createUsageLedger, type UsageEntry } from "./ledger.ts";
import { costOf, free, isFree, toPrice } from "./price.ts";

const at = (text: string): number => Date.parse(text);
const utc = { offsetMinutes: 0 };
const price = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };

function opened() {
  const db = new Database(":memory:", { strict: true });
  migrate(db, "test.db");
  return createUsageLedger(db);
}

function entry(changes: Partial<UsageEntry> = {}): UsageEntry {
  return {
    runId: "r",
    sessionKey: "agent:main:main",
    provider: "p",
    model: "m",
    tokens: { input: 1_000_000, output: 100_000, cacheRead: 400_000, cacheWrite: 100_000 },
    price,
    at: at("2026-11-21T12:00:00Z"),
    ...changes,
  };
}

describe("a cost", () => {
  test("counts what a cache gave or took at its own price, and the rest of the prompt at the usual one", () => {
    const tokens = { input: 1_000_000, output: 100_000, cacheRead: 400_000, cacheWrite: 100_000 };
    expect(costOf(tokens, price)).toEqual({ input: 1, output: 1, cacheRead: 0.08, cacheWrite: 0.25 });
    expect(costOf(tokens, { input: 2, output: 10 })).toEqual({
      input: 1,
      output: 1,
      cacheRead: 0.8,
      cacheWrite: 0.2,
    });
  });

  test("of a long prompt is that of the long tariff, for all of it", () => {
    const tiered = { input: 1, output: 5, long: { over: 100, input: 5, output: 25 } };
    expect(costOf({ input: 100, output: 1_000_000 }, tiered).output).toBe(5);
    expect(costOf({ input: 101, output: 1_000_000 }, tiered).output).toBe(25);
  });

  test("is known only where the config names both prices", () => {
    expect(toPrice({ input: 1, output: 2, cacheRead: 0.1, cacheWrite: "x" })).toEqual({
      input: 1,
      output: 2,
      cacheRead: 0.1,
    });
    for (const wrong of [undefined, null, 3, {}, { input: 1 }, { input: -1, output: 2 }]) {
      expect(toPrice(wrong)).toBeNull();
    }
    expect(isFree(free)).toBe(true);
    expect(isFree({ input: 0, output: 0, cacheRead: 1 })).toBe(false);
  });

  test("is shown so that a small one is not nothing", () => {
    expect([0, 0.0042, 0.01, 12.345].map(showDollars)).toEqual(["$0.00", "$0.0042", "$0.01", "$12.35"]);
  });
});

describe("the ledger", () => {
  test("sums by calendar day of the zone asked for", () => {
    const ledger = opened();
    ledger.record(entry({ at: at("2026-11-20T23:30:00Z") }));
    ledger.record(entry({ at: at("2026-11-21T10:00:00Z") }));
    const days = (zone: Parameters<typeof ledger.report>[2]) =>
      ledger.report("2026-11-20", "2026-11-21", zone).daily.map(({ date, totalCost }) => [date, totalCost]);
    expect(days(utc)).toEqual([
      ["2026-11-20", 2.33],
      ["2026-11-21", 2.33],
    ]);
    expect(days("Europe/Berlin")).toEqual([["2026-11-21", 4.66]]);
    expect(days({ offsetMinutes: 330 })).toEqual([["2026-11-21", 4.66]]);
  });

  test("leaves out what lies outside, and says how many days it looked at", () => {
    const ledger = opened();
    ledger.record(entry({ at: at("2026-11-19T23:59:59Z") }));
    ledger.record(entry({ at: at("2026-11-22T00:00:00Z") }));
    expect(ledger.report("2026-11-20", "2026-11-21", utc)).toMatchObject({
      days: 2,
      daily: [],
      totals: { totalTokens: 0, totalCost: 0, missingCostEntries: 0 },
    });
  });

  test("never guesses: an answer without a price, or that nobody counted, is counted as missing", () => {
    const ledger = opened();
    ledger.record(entry({ price: null }));
    ledger.record(entry({ tokens: null }));
    ledger.record(entry({ price: free }));
    const { totals } = ledger.report("2026-11-21", "2026-11-21", utc);
    expect(totals).toMatchObject({ missingCostEntries: 2, totalCost: 0 });
    expect(totals.totalTokens).toBe(2_200_000);
  });

  test("takes the provider's word for a cost", () => {
    const ledger = opened();
    ledger.record(entry({ price: null, saidUsd: 0.5 }));
    ledger.record(entry({ saidUsd: 0.25 }));
    const { totals } = ledger.report("2026-11-21", "2026-11-21", utc);
    expect(totals).toMatchObject({ totalCost: 0.75, inputCost: 0, missingCostEntries: 0 });
  });

  test("knows what a run and a session cost", () => {
    const ledger = opened();
    ledger.record(entry({ runId: "a" }));
    ledger.record(entry({ runId: "a", price: null }));
    ledger.record(entry({ runId: "b", sessionKey: "agent:main:other" }));
    expect(ledger.run("a")).toMatchObject({ totalCost: 2.33, missingCostEntries: 1 });
    expect(ledger.session("agent:main:other").totalCost).toBe(2.33);
    expect(ledger.session("nobody").totalTokens).toBe(0);
  });
});

describe("a daily cap", () => {
  test("is reached by what was spent since midnight of its zone, and is gone the next day", () => {
    const ledger = opened();
    let now = at("2026-11-21T22:30:00Z");
    const budget = createBudget({ ledger, capUsd: () => 4, zone: () => "Europe/Berlin", now: () => now });
    ledger.record(entry({ at: at("2026-11-20T22:30:00Z") }));
    ledger.record(entry({ at: at("2026-11-21T00:00:00Z") }));
    expect(budget.exceeded()).toBeNull();
    ledger.record(entry({ at: now }));
    expect(budget.exceeded()).toEqual({ usd: 4.66, capUsd: 4 });
    expect(budget.today()).toMatchObject({ day: "2026-11-21", unpriced: 0 });
    now = budget.today().resetAt;
    expect(now).toBe(at("2026-11-21T23:00:00Z"));
    expect(budget.exceeded()).toBeNull();
  });

  test("of nothing lets nothing through; without one everything goes", () => {
    const ledger = opened();
    const options = { ledger, zone: () => null, now: () => at("2026-11-21T12:00:00Z") };
    expect(createBudget({ ...options, capUsd: () => 0 }).exceeded()).toEqual({ usd: 0, capUsd: 0 });
    expect(createBudget({ ...options, capUsd: () => null }).exceeded()).toBeNull();
  });
});
