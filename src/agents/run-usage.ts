import type { Usage } from "#protocol/domains/agents.ts";
import { type Expense, expenseOf, type Tokens } from "#src/usage/price.ts";
import type { ProviderUsage } from "./runtime.ts";

/** What the requests of one run used together, and cost; no cost where that of one of them is unknown. */
export interface RunUsage extends Tokens {
  cost?: Expense;
}

/** One more request; what a provider says of no cache stays unsaid. */
export function addRequest(known: RunUsage | undefined, request: ProviderUsage): RunUsage {
  const { input, output, cacheRead, cacheWrite, price, saidUsd } = request;
  const read = plus(known?.cacheRead, cacheRead);
  const write = plus(known?.cacheWrite, cacheWrite);
  const cost = expenseOf(request, price, saidUsd);
  const total = known === undefined ? cost : addCost(known.cost, cost);
  return {
    input: (known?.input ?? 0) + input,
    output: (known?.output ?? 0) + output,
    ...(read === undefined ? {} : { cacheRead: read }),
    ...(write === undefined ? {} : { cacheWrite: write }),
    ...(total === null ? {} : { cost: total }),
  };
}

/** Token counts as the wire has them: there, `input` is what came out of no cache and went into none. */
export function usageOnTheWire({ cost, ...usage }: RunUsage): Usage {
  const { output, cacheRead = 0, cacheWrite = 0 } = usage;
  const input = Math.max(0, usage.input - cacheRead - cacheWrite);
  const totalTokens = input + output + cacheRead + cacheWrite;
  return {
    input,
    output,
    cacheRead,
    cacheWrite,
    totalTokens,
    ...(cost === undefined ? {} : { cost: { ...cost.parts, total: cost.total } }),
  };
}

function addCost(one: Expense | undefined, other: Expense | null): Expense | null {
  if (one === undefined || other === null) return null;
  const total = one.total + other.total;
  const [mine, yours] = [one.parts, other.parts];
  if (mine === null || yours === null) return { total, parts: null };
  const parts = {
    input: mine.input + yours.input,
    output: mine.output + yours.output,
    cacheRead: mine.cacheRead + yours.cacheRead,
    cacheWrite: mine.cacheWrite + yours.cacheWrite,
  };
  return { total, parts };
}

function plus(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
}
