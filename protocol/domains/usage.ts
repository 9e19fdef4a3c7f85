import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { Count, Dollars, Json, model, NonEmptyString, strict, Timestamp } from "../primitives.ts";

const totals = {
  /** Tokens that were not in a cache. */
  input: Count,
  output: Count,
  cacheRead: Count,
  cacheWrite: Count,
  totalTokens: Count,
  /** US dollars. */
  totalCost: Dollars,
  inputCost: Dollars,
  outputCost: Dollars,
  cacheReadCost: Dollars,
  cacheWriteCost: Dollars,
  /** Answers whose cost nobody knows; they are in no sum of money. */
  missingCostEntries: Count,
};

export type UsageTotals = Static<typeof UsageTotals>;
export const UsageTotals = model("UsageTotals", totals);

/** Such as `2026-11-21`. */
const date = Type.Optional(Type.String({ minLength: 10, maxLength: 10 }));

export const methods = defineMethods({
  "usage.cost": {
    summary: "Tokens and US dollars by calendar day, and of one session or run.",
    access: "operator.read",
    since: 3,
    params: strict({
      /** The last so many days, today included; 30 where nothing is said. A number, or one written as text. */
      days: Type.Optional(Json),
      startDate: date,
      endDate: date,
      /** Whose calendar counts: `gateway`, `utc`, or `specific` with utcOffset. */
      mode: Type.Optional(Type.String()),
      /** Such as `UTC+2`, `UTC-5:30`. */
      utcOffset: Type.Optional(Type.String()),
      /** Adds what this session has used since it began. */
      sessionKey: Type.Optional(Type.String()),
      /** Adds what this run used. */
      runId: Type.Optional(Type.String()),
    }),
    result: strict({
      updatedAt: Timestamp,
      days: Count,
      /** Days on which nothing was used are left out. */
      daily: Type.Array(model("UsageDay", { date: NonEmptyString, ...totals })),
      totals: UsageTotals,
      session: Type.Optional(UsageTotals),
      run: Type.Optional(UsageTotals),
    }),
    repeat: "again",
    tolerant: true,
  },
  "usage.status": {
    summary: "How far limits are used up: the daily cap, where one is set.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: strict({
      updatedAt: Timestamp,
      providers: Type.Array(
        model("ProviderLimits", {
          provider: NonEmptyString,
          displayName: NonEmptyString,
          windows: Type.Array(
            model("UsageWindow", {
              label: NonEmptyString,
              usedPercent: Type.Number({ minimum: 0 }),
              resetAt: Type.Optional(Timestamp),
            }),
          ),
          plan: Type.Optional(Type.String()),
          error: Type.Optional(Type.String()),
        }),
      ),
    }),
    repeat: "again",
  },
});
