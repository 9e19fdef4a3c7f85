import type { Usage } from "#protocol/domains/agents.ts";
import type { Ending } from "./asking.ts";
import type { Failure } from "./failure.ts";

/** A run that gave an answer. */
export type Done = Ending & { is: "done" };

/** The model's name in an answer that has ended so, or that has not ended yet. */
export type ModelName = (ending: Done | null) => string;

/** How an endpoint words an answer: at once, or as the pieces of a stream, each a complete SSE event. */
export interface Reply {
  whole(ending: Done): object;
  begin(): string[];
  delta(text: string): string[];
  end(ending: Done): string[];
  breakOff(failure: Failure): string[];
}

/** What a program is told of a prompt's length: there, what came out of a cache is part of it. */
export function promptTokens({ input, cacheRead = 0, cacheWrite = 0 }: Usage): number {
  return input + cacheRead + cacheWrite;
}
