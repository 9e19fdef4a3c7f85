import type { PlainError, RunEvent } from "./runtime.ts";

export type Ending = Extract<RunEvent, { t: "end" }>;

/** How one request to a model went. */
export interface Outcome {
  end: Ending;
  /** The reader has seen text or a tool call of it, so it can't be taken back and tried again. */
  committed: boolean;
}

/** Yields what came and returns how it ended; the end itself is yielded by whoever decides that it is the last. */
export type Attempt = AsyncGenerator<RunEvent, Outcome>;

/**
 * Tries the candidates in order until one gives a word. Where all fail, the first one's error is the answer: it
 * is the model that was chosen. A refusal is not tried elsewhere, nor anything once the time is up.
 */
export async function* withFallback<T>(
  [chosen, ...others]: readonly [T, ...T[]],
  attempt: (candidate: T, isFallback: boolean) => Attempt,
): Attempt {
  const first = yield* attempt(chosen, false);
  let error = earlyError(first);
  for (const candidate of others) {
    if (error === null || error.kind === "refusal" || error.kind === "timeout") break;
    const outcome = yield* attempt(candidate, true);
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
export async function* withLessHistory(
  attempt: (share: number) => Attempt,
  hadHistory: () => boolean,
): Attempt {
  let outcome = yield* attempt(1);
  for (const share of [0.5, 0.125, 0]) {
    if (!isTooLong(outcome) || !hadHistory()) break;
    outcome = yield* attempt(share);
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
