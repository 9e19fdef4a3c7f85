import type { Params } from "#protocol";
import { GatewayError } from "#src/lib/errors.ts";
import { addDays, dayAt, type Zone } from "#src/lib/time-zone.ts";
import { canonicalKey, type KeyDefaults } from "#src/sessions/key.ts";
import type { Budget } from "#src/usage/budget.ts";
import type { UsageLedger } from "#src/usage/ledger.ts";
import type { DomainHandlers } from "./handler.ts";

export interface UsageRooms {
  ledger: UsageLedger;
  budget: Budget;
  /** Where the gateway's own days begin. */
  zone: () => Zone;
  keys: KeyDefaults;
  now: () => number;
}

const usualDays = 30;
const mostDays = 3_660;

export function usageHandlers({ ledger, budget, zone, keys, now }: UsageRooms): DomainHandlers<"usage"> {
  return {
    "usage.cost": ({ params }) => {
      const calendar = calendarOf(params, zone());
      const { first, last } = spanOf(params, dayAt(now(), calendar));
      const { sessionKey, runId } = params;
      return {
        updatedAt: now(),
        ...ledger.report(first, last, calendar),
        ...(sessionKey === undefined ? {} : { session: ledger.session(canonicalKey(sessionKey, keys)) }),
        ...(runId === undefined ? {} : { run: ledger.run(runId) }),
      };
    },
    "usage.status": () => {
      const { usd, capUsd, resetAt } = budget.today();
      if (capUsd === null) return { updatedAt: now(), providers: [] };
      const usedPercent = capUsd === 0 ? 100 : Math.round((usd / capUsd) * 1000) / 10;
      return {
        updatedAt: now(),
        providers: [
          {
            provider: "moltbot",
            displayName: "Daily cap",
            windows: [{ label: "Day", usedPercent, resetAt }],
          },
        ],
      };
    },
  };
}

type CostParams = Params<"usage.cost">;

function calendarOf({ mode, utcOffset }: CostParams, own: Zone): Zone {
  switch (mode ?? "gateway") {
    case "gateway":
      return own;
    case "utc":
      return { offsetMinutes: 0 };
    case "specific":
      return { offsetMinutes: offsetOf(utcOffset) };
    default:
      throw wrong('mode must be "gateway", "utc" or "specific"');
  }
}

function offsetOf(text: string | undefined): number {
  const match = /^(?:UTC|GMT)?(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?$/i.exec(text?.trim() ?? "");
  const [, sign, hours = "0", minutes = "0"] = match ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  if (match === null || text?.trim() === "" || text === undefined || offset > 14 * 60) {
    throw wrong("utcOffset must be such as UTC+2, UTC-5:30 or UTC");
  }
  return sign === "-" ? -offset : offset;
}

function spanOf({ days, startDate, endDate }: CostParams, today: string): { first: string; last: string } {
  const last = dateOf(endDate, "endDate") ?? today;
  const first = dateOf(startDate, "startDate") ?? addDays(last, 1 - countOf(days));
  if (first > last) throw wrong("startDate must not be after endDate");
  if (addDays(first, mostDays) <= last) throw wrong(`at most ${mostDays} days at once`);
  return { first, last };
}

function dateOf(text: string | undefined, name: string): string | null {
  if (text === undefined) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) {
    throw wrong(`${name} must be a day such as 2026-11-21`);
  }
  return text;
}

function countOf(days: unknown): number {
  const given = typeof days === "string" && days.trim() !== "" ? Number(days) : (days ?? usualDays);
  const count = typeof given === "number" ? given : Number.NaN;
  if (!(count >= 1 && count <= mostDays)) throw wrong(`days must be a number from 1 to ${mostDays}`);
  return Math.floor(count);
}

function wrong(message: string): GatewayError {
  return new GatewayError("INVALID_REQUEST", `invalid usage.cost params: ${message}`);
}
