import type { PlainError, RunEvent } from "./runtime.ts";

export type Ending = Extract<RunEvent, { t: "end" }>;

/** How one request to a model went. */
export interface Outcome {
  end: Ending;
  /** The reader has seen text or a tool call of it, so it can't be taken back and tried again. */
  committed: boolean;
  /** The server brought its answer to an end of its own, though perhaps without a word. */
  finished?: true;
}

/**
 * Tries the candidates in order until one gives a word. Where all fail, the first one's error is the answer: it
 * is the model that was chosen; the others get it as `before`. A refusal is not tried elsewhere, nor anything once the time is up.
 */
export async function withFallback<T>(
  [chosen, ...others]: readonly [T, ...T[]],
  attempt: (candidate: T, before: PlainError | null) => Promise<Outcome>,
): Promise<Outcome> {
  const first = await attempt(chosen, null);
  const before = earlyError(first);
  let error = before;
  for (const candidate of others) {
    if (error === null || error.kind === "refusal" || error.kind === "timeout") break;
    const outcome = await attempt(candidate, before);
    error = earlyError(outcome);
    if (error === null) return outcome;
  }
  return first;
}

/**
 * Where the conversation turns out too long for the model before its first word, tries again with ever less of
 * it, down to the input alone: a chat must not die of its length. `attempt` gets the share of its history budget
 * that it may use; `hadHistory` says whether the last attempt sent any.
 */
export async function withLessHistory(
  attempt: (share: number) => Promise<Outcome>,
  hadHistory: () => boolean,
): Promise<Outcome> {
  let outcome = await attempt(1);
  for (const share of [0.5, 0.125, 0]) {
    if (!isTooLong(outcome) || !hadHistory()) break;
    outcome = await attempt(share);
  }
  return outcome;
}

/** Whether the model refused the request for its length, before a word. */
export function isTooLong(outcome: Outcome): boolean {
  return earlyError(outcome)?.kind === "context_length";
}

/** The error of an attempt that the reader has seen nothing of. */
function earlyError({ end, committed }: Outcome): PlainError | null {
  return end.reason === "error" && !committed ? end.error : null;
}
