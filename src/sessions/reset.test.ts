import { describe, expect, test } from "bun:test";
import { isStale, type ResetPolicy, resetPolicy } from "./reset.ts";

const at = (text: string): number => Date.parse(text);
const daily: ResetPolicy = { mode: "daily", atHour: 4 };
const idle = (idleMinutes?: number): ResetPolicy => ({ mode: "idle", atHour: 4, idleMinutes });

describe("the policy of a conversation", () => {
  const rules = {
    reset: daily,
    resetByType: { group: idle(10), thread: idle(20) },
    resetByChannel: { telegram: idle(30) },
  };

  test("is its channel's, else its kind's, else the common one", () => {
    expect(resetPolicy(rules, "agent:main:telegram:group:1", "telegram")).toEqual(idle(30));
    expect(resetPolicy(rules, "agent:main:discord:channel:1", "discord")).toEqual(idle(10));
    expect(resetPolicy(rules, "agent:main:discord:channel:1:thread:2", "discord")).toEqual(idle(20));
    expect(resetPolicy(rules, "agent:main:main", "webchat")).toEqual(daily);
  });

  test("may come from the older spelling, and where nothing is said there is none", () => {
    expect(resetPolicy({ idleMinutes: 5 }, "agent:main:main", "webchat")).toMatchObject(idleOnly(5));
    expect(resetPolicy({ idleMinutes: 5, reset: daily }, "agent:main:main", "webchat")).toEqual(daily);
    expect(resetPolicy({}, "agent:main:main", "webchat")).toBeNull();
  });
});

function idleOnly(idleMinutes: number) {
  return { mode: "idle", idleMinutes };
}

describe("a conversation is stale", () => {
  const berlin = "Europe/Berlin";

  test("when the hour has struck since its last sign of life, on local clocks", () => {
    const last = at("2026-11-21T02:59:59Z");
    expect(isStale(daily, last, at("2026-11-21T02:59:59.500Z"), berlin)).toBe(false);
    expect(isStale(daily, last, at("2026-11-21T03:00:00Z"), berlin)).toBe(true);
    expect(isStale(daily, at("2026-11-21T03:00:00Z"), at("2026-11-22T02:59:59Z"), berlin)).toBe(false);
  });

  test("after a silence, an hour unless said otherwise; with both rules by whichever comes first", () => {
    const last = at("2026-11-21T12:00:00Z");
    expect(isStale(idle(), last, last + 60 * 60_000, null)).toBe(false);
    expect(isStale(idle(), last, last + 60 * 60_000 + 1, null)).toBe(true);
    expect(isStale({ ...daily, idleMinutes: 5 }, last, last + 6 * 60_000, berlin)).toBe(true);
    expect(isStale({ ...daily, idleMinutes: 5_000 }, last, at("2026-11-22T03:00:00Z"), berlin)).toBe(true);
  });
});
