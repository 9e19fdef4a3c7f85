import { describe, expect, test } from "bun:test";
import { addDays, dayAt, isTimeZone, lastHour, offsetAt, ownZone, startOfDay } from "./time-zone.ts";

const at = (text: string): number => Date.parse(text);
const berlin = "Europe/Berlin";

describe("a day", () => {
  test("is the one on the wall, not the one in Greenwich", () => {
    expect(dayAt(at("2026-11-20T23:30:00Z"), berlin)).toBe("2026-11-21");
    expect(dayAt(at("2026-11-20T23:30:00Z"), { offsetMinutes: 0 })).toBe("2026-11-20");
    expect(dayAt(at("2026-11-20T23:30:00Z"), { offsetMinutes: -330 })).toBe("2026-11-20");
    expect(dayAt(at("2026-11-20T18:40:00Z"), { offsetMinutes: 330 })).toBe("2026-11-21");
  });

  test("begins when clocks show midnight, also on the days on which clocks are set", () => {
    expect(startOfDay("2026-03-29", berlin)).toBe(at("2026-03-28T23:00:00Z"));
    expect(startOfDay("2026-03-30", berlin)).toBe(at("2026-03-29T22:00:00Z"));
    expect(startOfDay("2026-10-26", berlin)).toBe(at("2026-10-25T23:00:00Z"));
    expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
  });
});

describe("the last time that clocks showed an hour", () => {
  test("is today, or yesterday where that hour is still to come", () => {
    expect(lastHour(at("2026-11-21T03:00:00Z"), 4, berlin)).toBe(at("2026-11-21T03:00:00Z"));
    expect(lastHour(at("2026-11-21T02:59:59Z"), 4, berlin)).toBe(at("2026-11-20T03:00:00Z"));
    expect(lastHour(at("2026-11-20T23:30:00Z"), 0, berlin)).toBe(at("2026-11-20T23:00:00Z"));
  });

  test("follows the clocks when they are set", () => {
    expect(lastHour(at("2026-03-29T12:00:00Z"), 4, berlin)).toBe(at("2026-03-29T02:00:00Z"));
    expect(lastHour(at("2026-10-25T12:00:00Z"), 4, berlin)).toBe(at("2026-10-25T03:00:00Z"));
  });
});

test("this machine's own zone is taken where none is named", () => {
  const moment = at("2026-07-01T12:00:00Z");
  expect(offsetAt(moment, null)).toBe(-new Date(moment).getTimezoneOffset() * 60_000);
});

test("a name that is no zone is known as such", () => {
  expect(isTimeZone(berlin)).toBe(true);
  expect(isTimeZone("Mars/Olympus")).toBe(false);
});

test("the machine's own zone is looked up anew after a minute, also by a clock that was set back", () => {
  const before = process.env.TZ;
  try {
    process.env.TZ = "Europe/Berlin";
    expect(ownZone(1_000_000_000_000)).toBe("Europe/Berlin");
    process.env.TZ = "Asia/Tokyo";
    expect(ownZone(1_000_000_059_999)).toBe("Europe/Berlin");
    expect(ownZone(1_000_000_060_000)).toBe("Asia/Tokyo");
    process.env.TZ = "Europe/Berlin";
    expect(ownZone(900_000_000_000)).toBe("Europe/Berlin");
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});
