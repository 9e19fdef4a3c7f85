import type { Place } from "./rows.ts";

/** When a platform that said "too many" may be asked again: of one conversation, and of a whole account. */
export type Pacing = ReturnType<typeof createPacing>;

/** How long a conversation that was too fast once is kept at one message a second. */
const carefulMs = 60_000;
const carefulGapMs = 1_000;

interface Bucket {
  /** Nothing before this. */
  shutUntil: number;
  carefulUntil: number;
  lastAt: number;
}

export function createPacing(now: () => number) {
  const buckets = new Map<string, Bucket>();
  const saidAt = new Map<string, number>();
  const ofAccount = ({ channel, account }: Place) => JSON.stringify([channel, account]);
  const ofLane = ({ channel, account, conversation }: Place) =>
    JSON.stringify([channel, account, conversation]);

  function shut(id: string, until: number): void {
    const known = buckets.get(id);
    buckets.set(id, {
      shutUntil: Math.max(until, known?.shutUntil ?? 0),
      carefulUntil: until + carefulMs,
      lastAt: known?.lastAt ?? 0,
    });
  }

  function freeAt(id: string): number {
    const bucket = buckets.get(id);
    if (bucket === undefined) return 0;
    if (bucket.carefulUntil <= now()) {
      buckets.delete(id);
      return 0;
    }
    return Math.max(bucket.shutUntil, bucket.lastAt + carefulGapMs);
  }

  return {
    /** From when on the conversation may be sent to; in the past where at once. */
    freeAt: (place: Place): number => Math.max(freeAt(ofLane(place)), freeAt(ofAccount(place))),
    /** A message has been said; `restUntil` counts from here. */
    said: (place: Place): void => void saidAt.set(ofLane(place), now()),
    /** Until when the owner wants a pause before the next message. */
    restUntil(place: Place, intervalMs = 0): number {
      const lane = ofLane(place);
      const until = (saidAt.get(lane) ?? 0) + intervalMs;
      if (until <= now()) saidAt.delete(lane);
      return until;
    },
    /** The platform is about to be asked. */
    used(place: Place): void {
      for (const id of [ofLane(place), ofAccount(place)]) {
        const bucket = buckets.get(id);
        if (bucket !== undefined) bucket.lastAt = now();
      }
    },
    /** The platform said "too many". Where two conversations hear it at once, the account is meant. */
    tooMany(place: Place, retryAfterMs: number): void {
      const lane = ofLane(place);
      const start = ofAccount(place).slice(0, -1);
      const others = [...buckets].some(
        ([id, { shutUntil }]) => id !== lane && id.startsWith(`${start},`) && shutUntil > now(),
      );
      shut(lane, now() + retryAfterMs);
      if (others) shut(ofAccount(place), now() + retryAfterMs);
    },
  };
}
