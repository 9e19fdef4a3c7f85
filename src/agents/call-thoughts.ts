import { uuid } from "#src/lib/ids.ts";

/** What a server sent with its calls and wants to see again beside their results, in its own words. */
export interface CallThought {
  /** What the server calls the call; some use an id again in every conversation. */
  id: string;
  /** What it thought before it called, and the name that it has for that. */
  reasoning?: { name: string; text: string } | undefined;
  /** What belongs to the one call, such as a signature. */
  extra?: unknown;
}

/**
 * Remembers thoughts for as long as a program may take to carry a call out. Programs send back calls alone, so
 * here is where they are kept; a call whose thought is gone, as after a restart, goes back without it.
 */
export interface CallThoughts {
  /** The id by which the call is known from here on: nobody else's thought can be taken for its. */
  keep(place: string, thought: CallThought): string;
  /** Null for a call that this server made no thought of. */
  of(place: string, callId: string): CallThought | null;
}

export function createCallThoughts(maxChars = 8_000_000): CallThoughts {
  /** Oldest first. */
  const kept = new Map<string, { place: string; thought: CallThought; chars: number }>();
  let all = 0;

  return {
    keep(place, thought) {
      const own = `call_${uuid().replaceAll("-", "")}`;
      const chars = JSON.stringify(thought).length;
      kept.set(own, { place, thought, chars });
      all += chars;
      for (const [oldest, each] of kept) {
        if (all <= maxChars) break;
        all -= each.chars;
        kept.delete(oldest);
      }
      return own;
    },
    of(place, callId) {
      const found = kept.get(callId);
      return found?.place === place ? found.thought : null;
    },
  };
}
