import type { Kept } from "./keep.ts";

/** What belongs to one message although it arrived in several: an album, or a text that was cut by its app. */
export interface Gather<T extends Kept> {
  /** Takes a message; what is complete by now comes back, in order, each a list of what belongs together. */
  offer(kept: T, debounceMs: number): T[][];
  /** Takes in hand what a sender has begun, as something of theirs follows that is no part of it. */
  flush(kept: T): T[][];
  stop(): void;
}

export interface GatherOptions<T extends Kept> {
  /** Calls after a while, and gives back how to call it off. */
  after: (ms: number, then: () => void) => () => void;
  /** Called with what grew complete by waiting. */
  complete: (group: T[]) => void;
}

/** An album's pictures come one by one. */
const albumQuietMs = 800;
/** Apps cut a text at about 4,000 characters; the rest follows at once. */
const fragmentChars = 3_900;
const fragmentQuietMs = 1_500;
const mostParts = 50;
/** What never grows quiet is taken as it is after so long. */
const longestMs = 15_000;

interface Open<T> {
  parts: T[];
  album: string | undefined;
  since: number;
  cancel: () => void;
}

export function createGather<T extends Kept>({ after, complete }: GatherOptions<T>): Gather<T> {
  const open = new Map<string, Open<T>>();

  function take(key: string): T[][] {
    const group = open.get(key);
    if (group === undefined) return [];
    group.cancel();
    open.delete(key);
    return [group.parts];
  }

  return {
    offer(kept, debounceMs) {
      const key = keyOf(kept);
      const album = albumOf(kept);
      const before = open.get(key);
      // An album takes in nothing else, and nothing else takes in an album.
      const isApart = before !== undefined && before.album !== album;
      const done = isApart ? take(key) : [];
      const joined = isApart ? undefined : before;
      joined?.cancel();
      const parts = [...(joined?.parts ?? []), kept];
      const since = joined?.since ?? kept.seenAt;
      const quietMs = Math.max(quietFor(kept), debounceMs);
      if (quietMs === 0 || parts.length >= mostParts || kept.seenAt - since >= longestMs) {
        open.delete(key);
        return [...done, parts];
      }
      const cancel = after(quietMs, () => {
        for (const group of take(key)) complete(group);
      });
      open.set(key, { parts, album, since, cancel });
      return done;
    },
    flush: (kept) => take(keyOf(kept)),
    stop() {
      for (const { cancel } of open.values()) cancel();
      open.clear();
    },
  };
}

function quietFor({ event }: Kept): number {
  if (event.type !== "message") return 0;
  if (event.album !== undefined) return albumQuietMs;
  return event.text.length >= fragmentChars ? fragmentQuietMs : 0;
}

function albumOf({ event }: Kept): string | undefined {
  return event.type === "message" ? event.album : undefined;
}

function keyOf({ channel, account, conversation, event }: Kept): string {
  return JSON.stringify([channel, account, conversation, event.sender.id]);
}
