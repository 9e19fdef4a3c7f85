import type { Capabilities, Rate } from "#src/channels/channel.ts";
import type { Place } from "./rows.ts";

/** What of a platform's limits is used up; nothing is sent that would be refused as too much. */
export type Quota = ReturnType<typeof createQuota>;

/** A message that a person waits for, or a glimpse of one that is being written. */
export type Urgency = "message" | "glimpse";

interface Window {
  /** When the latest calls were made, oldest first; as many as its rates look back on. */
  times: number[];
  /** How far back they matter. */
  keptMs: number;
}

/** Conversations that found their account used up, in order of arrival, and until when that counts. */
interface Queue {
  next: number;
  waiting: Map<string, { ticket: number; countsUntil: number }>;
}

/** Unused windows are forgotten once there are so many. */
const manyWindows = 1_000;

export function createQuota(now: () => number) {
  const windows = new Map<string, Window>();
  const queues = new Map<string, Queue>();

  function windowOf(id: string, rates: readonly Rate[]): Window {
    let window = windows.get(id);
    if (window === undefined) {
      if (windows.size >= manyWindows) forgetUnused();
      window = { times: [], keptMs: Math.max(...rates.map(({ perMs }) => perMs)) };
      windows.set(id, window);
    }
    return window;
  }

  function forgetUnused(): void {
    for (const [id, { times, keptMs }] of windows)
      if ((times.at(-1) ?? 0) + keptMs <= now()) windows.delete(id);
  }

  /** When a rate has room for so many more. */
  function freeAt({ times }: Window, { calls, perMs }: Rate, cost: number, urgency: Urgency): number {
    // A glimpse leaves room for what somebody waits for.
    const kept = urgency === "glimpse" && calls > 1 ? Math.max(1, Math.floor(calls / 4)) : 0;
    const free = Math.max(0, calls - kept - cost);
    const blocking = times.at(-1 - free);
    return blocking === undefined ? 0 : blocking + perMs;
  }

  /** About how many that wait for the account are ahead. */
  function ahead(queue: Queue, lane: string): number {
    for (const [other, { countsUntil }] of queue.waiting) {
      if (countsUntil >= now()) break;
      queue.waiting.delete(other);
    }
    const [first] = queue.waiting.values();
    const ticket = queue.waiting.get(lane)?.ticket ?? queue.next;
    return ticket - (first?.ticket ?? ticket);
  }

  function enqueue(queue: Queue, lane: string, countsUntil: number): void {
    const known = queue.waiting.get(lane);
    if (known !== undefined) known.countsUntil = countsUntil;
    else queue.waiting.set(lane, { ticket: queue.next++, countsUntil });
  }

  return {
    /**
     * Counts a call and returns 0 where the platform takes it now. Otherwise nothing is counted, and it is how long to
     * wait before asking again.
     */
    take(place: Place, rates: Capabilities["rates"], urgency: Urgency, messages = 1): number {
      if (rates === undefined) return 0;
      const account = JSON.stringify([place.channel, place.account]);
      // A platform counts by chat; its topics are one.
      const [kind, id] = place.conversation.split("/");
      const limited = [
        { id: JSON.stringify([place.channel, place.account, kind, id]), rates: rates.conversation },
        { id: account, rates: rates.account },
      ].filter((each) => each.rates.length > 0);
      const at = now();
      const queue = queues.get(account) ?? { next: 0, waiting: new Map() };
      queues.set(account, queue);
      let waitMs = 0;
      for (const { id: key, rates: limits } of limited) {
        for (const rate of limits) {
          const cost = Math.min(messages, rate.calls);
          let wakeAt = freeAt(windowOf(key, limits), rate, cost, urgency);
          if (wakeAt <= at) continue;
          if (key === account && urgency === "message") {
            // Those behind wake when their turn may have come, not all at once.
            wakeAt += Math.floor(ahead(queue, place.conversation) / rate.calls) * rate.perMs;
            enqueue(queue, place.conversation, wakeAt + rate.perMs);
          }
          waitMs = Math.max(waitMs, wakeAt - at);
        }
      }
      if (waitMs > 0) return waitMs;
      queue.waiting.delete(place.conversation);
      for (const { id: key, rates: limits } of limited) {
        const { times } = windowOf(key, limits);
        for (let count = 0; count < messages; count += 1) times.push(at);
        times.splice(0, times.length - Math.max(...limits.map(({ calls }) => calls)));
      }
      return 0;
    },
  };
}
