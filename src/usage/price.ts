/** US dollars per million tokens, under the names that the original's config has. */
export interface Price {
  input: number;
  output: number;
  /** As input where it is not given. */
  cacheRead?: number;
  /** As input where it is not given. */
  cacheWrite?: number;
  /** What all tokens of a request cost whose prompt is longer than `over` tokens. */
  long?: { over: number } & Omit<Price, "long">;
}

/** Tokens of one answer. `input` is the whole prompt, what came from or went into a cache included. */
export interface Tokens {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
}

/** What an answer cost in US dollars, by kind of token. */
export interface Cost {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** What an answer cost as a whole; the kinds where they add up to it. */
export interface Expense {
  total: number;
  parts: Cost | null;
}

export const free: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** Whether nothing that a model does with this price costs anything. */
export function isFree({ input, output, cacheRead = 0, cacheWrite = 0 }: Price): boolean {
  return input === 0 && output === 0 && cacheRead === 0 && cacheWrite === 0;
}

export function costOf(tokens: Tokens, price: Price): Cost {
  const { cacheRead = 0, cacheWrite = 0 } = tokens;
  const rates = price.long !== undefined && tokens.input > price.long.over ? price.long : price;
  const dollars = (count: number, rate: number) => (count * rate) / 1_000_000;
  return {
    input: dollars(Math.max(0, tokens.input - cacheRead - cacheWrite), rates.input),
    output: dollars(tokens.output, rates.output),
    cacheRead: dollars(cacheRead, rates.cacheRead ?? rates.input),
    cacheWrite: dollars(cacheWrite, rates.cacheWrite ?? rates.input),
  };
}

/** What an answer cost; null where nobody knows. `saidUsd` is what the provider itself says. */
export function expenseOf(tokens: Tokens, price: Price | null, saidUsd?: number): Expense | null {
  // Parts that do not add up to what the provider says would tell another story than the whole.
  if (saidUsd !== undefined) return { total: saidUsd, parts: null };
  if (price === null) return null;
  const parts = costOf(tokens, price);
  return { total: parts.input + parts.output + parts.cacheRead + parts.cacheWrite, parts };
}

/** A model's `cost` in the config as a price; null where it does not name what input and output cost. */
export function toPrice(cost: unknown): Price | null {
  if (typeof cost !== "object" || cost === null) return null;
  const { input, output, cacheRead, cacheWrite } = cost as Record<string, unknown>;
  if (!isRate(input) || !isRate(output)) return null;
  return {
    input,
    output,
    ...(isRate(cacheRead) ? { cacheRead } : {}),
    ...(isRate(cacheWrite) ? { cacheWrite } : {}),
  };
}

function isRate(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
