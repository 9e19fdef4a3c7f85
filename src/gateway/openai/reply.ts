import type { Ending } from "./asking.ts";
import type { Failure } from "./failure.ts";

type Done = Ending & { is: "done" };

/** How an endpoint words an answer: at once, or as the pieces of a stream, each a complete SSE event. */
export interface Reply {
  whole(ending: Done): object;
  begin(): string[];
  delta(text: string): string[];
  end(ending: Done): string[];
  breakOff(failure: Failure): string[];
}
