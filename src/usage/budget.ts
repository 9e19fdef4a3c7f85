import { addDays, dayAt, lastHour, startOfDay, type Zone } from "#src/lib/time-zone.ts";
import type { UsageLedger } from "./ledger.ts";

/** What has been spent since midnight, and what may be. */
export interface Spending {
  /** The calendar day that is counted. */
  day: string;
  usd: number;
  /** Answers of that day whose cost nobody knows. */
  unpriced: number;
  /** `agents.defaults.dailyCapUsd`; null where there is none. */
  capUsd: number | null;
  /** When the next day begins. */
  resetAt: number;
}

export interface BudgetOptions {
  ledger: UsageLedger;
  /** Asked anew each time, so that a changed config counts at once. */
  capUsd: () => number | null;
  zone: () => Zone;
  now: () => number;
}

/** How the day's spending stands against its cap. It is counted from what is on the disk, so a restart forgets nothing. */
export type Budget = ReturnType<typeof createBudget>;

export function createBudget({ ledger, capUsd, zone, now }: BudgetOptions) {
  function today(): Spending {
    const at = now();
    const day = dayAt(at, zone());
    const spent = ledger.spentSince(lastHour(at, 0, zone()));
    return { day, ...spent, capUsd: capUsd(), resetAt: startOfDay(addDays(day, 1), zone()) };
  }

  return {
    today,
    /** The spending where it has reached its cap; null where there is room, or no cap. */
    exceeded(): { usd: number; capUsd: number } | null {
      const cap = capUsd();
      if (cap === null) return null;
      const { usd } = today();
      return usd >= cap ? { usd, capUsd: cap } : null;
    },
  };
}
