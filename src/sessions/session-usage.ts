import type { Database } from "bun:sqlite";
import type { SessionRow } from "#protocol/domains/sessions.ts";

/** What a session's row keeps of its transcript's answers. */
export interface UsageColumns {
  output_tokens: number;
  total_tokens: number;
  cost: number;
  unpriced: number;
}

/** What a transcript used, as its session keeps it. */
export function createSessionUsage(db: Database) {
  const spend = db.query<null, [number, number, number | null, number, number, string]>(
    `UPDATE session SET input_tokens = input_tokens + ?, output_tokens = output_tokens + ?,
     total_tokens = COALESCE(?, total_tokens), cost = cost + ?, unpriced = unpriced + ? WHERE key = ?`,
  );

  return {
    /** Adds what a run used, where that was counted, and what each of its answers cost; null where nobody knows. */
    add(
      key: string,
      usage: { input: number; output: number } | undefined,
      costs: readonly (number | null)[],
    ): void {
      if (usage === undefined && costs.length === 0) return;
      const known = costs.filter((cost) => cost !== null);
      const cost = known.reduce((sum, each) => sum + each, 0);
      const { input, output } = usage ?? { input: 0, output: 0 };
      const total = usage === undefined ? null : input + output;
      spend.run(input, output, total, cost, costs.length - known.length, key);
    },
    factsOf(row: UsageColumns): Pick<SessionRow, "totalTokensFresh" | "systemSent" | "estimatedCostUsd"> {
      return {
        totalTokensFresh: row.total_tokens > 0,
        // Every request to a model begins with what the system says.
        systemSent: row.output_tokens > 0 || row.unpriced > 0,
        ...(row.unpriced > 0 ? {} : { estimatedCostUsd: row.cost }),
      };
    },
  };
}
