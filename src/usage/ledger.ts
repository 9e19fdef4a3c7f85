import type { Database } from "bun:sqlite";
import { addDays, dayAt, startOfDay, type Zone } from "#src/lib/time-zone.ts";
import { expenseOf, type Price, type Tokens } from "./price.ts";

/** One answer of a provider. */
export interface UsageEntry {
  runId: string;
  sessionKey: string;
  provider: string;
  model: string;
  /** Null where the provider did not count, as when a run is stopped in the middle. */
  tokens: Tokens | null;
  /** What the model costs; null where nobody knows. */
  price: Price | null;
  /** The whole cost in US dollars where the provider itself says it. */
  saidUsd?: number;
  at: number;
}

/** Sums of a span of time. */
export interface UsageTotals {
  /** Tokens that were not in a cache. */
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  totalCost: number;
  inputCost: number;
  outputCost: number;
  cacheReadCost: number;
  cacheWriteCost: number;
  /** Answers whose cost nobody knows. */
  missingCostEntries: number;
}

export interface UsageReport {
  days: number;
  /** The days on which anything was used, oldest first. */
  daily: (UsageTotals & { date: string })[];
  totals: UsageTotals;
}

interface Sums {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  cost: number;
  cost_input: number;
  cost_output: number;
  cost_cache_read: number;
  cost_cache_write: number;
  missing: number;
}

const sums = `coalesce(sum(max(0, input - cache_read - cache_write)), 0) AS input,
  coalesce(sum(output), 0) AS output, coalesce(sum(cache_read), 0) AS cache_read,
  coalesce(sum(cache_write), 0) AS cache_write, coalesce(sum(cost), 0.0) AS cost,
  coalesce(sum(cost_input), 0.0) AS cost_input, coalesce(sum(cost_output), 0.0) AS cost_output,
  coalesce(sum(cost_cache_read), 0.0) AS cost_cache_read,
  coalesce(sum(cost_cache_write), 0.0) AS cost_cache_write, count(*) - count(cost) AS missing`;

/** Every time zone is a multiple of this ahead of UTC. */
const slotMs = 15 * 60_000;

/** What model calls used and cost. */
export type UsageLedger = ReturnType<typeof createUsageLedger>;

export function createUsageLedger(db: Database) {
  const insert = db.query<null, (string | number | null)[]>(
    `INSERT INTO usage (run_id, session_key, provider, model, input, output, cache_read, cache_write, at,
       cost_input, cost_output, cost_cache_read, cost_cache_write, cost)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const spent = db.query<{ cost: number; missing: number }, [number]>(
    "SELECT coalesce(sum(cost), 0.0) AS cost, count(*) - count(cost) AS missing FROM usage WHERE at >= ?",
  );
  const bySlot = db.query<Sums & { slot: number }, [number, number]>(
    `SELECT at / ${slotMs} AS slot, ${sums} FROM usage WHERE at >= ? AND at < ? GROUP BY slot ORDER BY slot`,
  );
  const ofSession = db.query<Sums, [string]>(`SELECT ${sums} FROM usage WHERE session_key = ?`);
  const ofRun = db.query<Sums, [string]>(`SELECT ${sums} FROM usage WHERE run_id = ?`);

  return {
    /**
     * Keeps an entry at the price of its day and returns what it cost, null where nobody knows; expects to be called
     * inside a transaction.
     */
    record({ tokens, price, saidUsd, ...entry }: UsageEntry): number | null {
      const counted = tokens ?? { input: 0, output: 0 };
      const expense = expenseOf(counted, tokens === null ? null : price, saidUsd);
      const parts = expense?.parts;
      insert.run(
        entry.runId,
        entry.sessionKey,
        entry.provider,
        entry.model,
        counted.input,
        counted.output,
        counted.cacheRead ?? 0,
        counted.cacheWrite ?? 0,
        entry.at,
        parts?.input ?? null,
        parts?.output ?? null,
        parts?.cacheRead ?? null,
        parts?.cacheWrite ?? null,
        expense?.total ?? null,
      );
      return expense?.total ?? null;
    },
    spentSince(at: number): { usd: number; unpriced: number } {
      const row = spent.get(at);
      return { usd: row?.cost ?? 0, unpriced: row?.missing ?? 0 };
    },
    session: (key: string): UsageTotals => toTotals(ofSession.get(key)),
    run: (runId: string): UsageTotals => toTotals(ofRun.get(runId)),
    /** From the first day to the last, both included, as calendars in the zone have them. */
    report(first: string, last: string, zone: Zone): UsageReport {
      const from = startOfDay(first, zone);
      const to = startOfDay(addDays(last, 1), zone);
      const daily = new Map<string, UsageTotals>();
      const totals = toTotals(null);
      for (const row of bySlot.all(from, to)) {
        const part = toTotals(row);
        const date = dayAt(Math.max(row.slot * slotMs, from), zone);
        add(totals, part);
        const day = daily.get(date);
        if (day === undefined) daily.set(date, part);
        else add(day, part);
      }
      return {
        days: Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1,
        daily: [...daily].map(([date, day]) => ({ date, ...day })),
        totals,
      };
    },
  };
}

function toTotals(row: Sums | null): UsageTotals {
  const { input = 0, output = 0, cache_read: cacheRead = 0, cache_write: cacheWrite = 0 } = row ?? {};
  return {
    input,
    output,
    cacheRead,
    cacheWrite,
    totalTokens: input + output + cacheRead + cacheWrite,
    totalCost: row?.cost ?? 0,
    inputCost: row?.cost_input ?? 0,
    outputCost: row?.cost_output ?? 0,
    cacheReadCost: row?.cost_cache_read ?? 0,
    cacheWriteCost: row?.cost_cache_write ?? 0,
    missingCostEntries: row?.missing ?? 0,
  };
}

function add(totals: UsageTotals, part: UsageTotals): void {
  for (const key of Object.keys(totals) as (keyof UsageTotals)[]) totals[key] += part[key];
}
