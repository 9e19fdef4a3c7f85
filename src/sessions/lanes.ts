/** One turn at a time per key, in order, and at most `limit` at once over all keys. */
export interface Lanes {
  /** Queues a turn; it starts when its key is free and there is room. */
  add(key: string, start: () => Promise<void>): void;
  /** Whether a turn of this key would start at once. */
  isFree(key: string): boolean;
  /** Turns of a key that have not started. */
  waiting(key: string): number;
  /** Starts nothing more. */
  stop(): void;
}

export function createLanes(limit: () => number): Lanes {
  const queues = new Map<string, (() => Promise<void>)[]>();
  // Keys whose first turn may start once there is room, in the order in which they became ready.
  const ready = new Set<string>();
  const busy = new Set<string>();
  let stopped = false;

  function pump(): void {
    for (const key of ready) {
      if (stopped || busy.size >= limit()) return;
      ready.delete(key);
      const queue = queues.get(key);
      const start = queue?.shift();
      if (start === undefined) continue;
      if (queue?.length === 0) queues.delete(key);
      busy.add(key);
      void start().finally(() => {
        busy.delete(key);
        if (queues.has(key)) ready.add(key);
        pump();
      });
    }
  }

  return {
    add(key, start) {
      const queue = queues.get(key);
      if (queue === undefined) queues.set(key, [start]);
      else queue.push(start);
      if (!busy.has(key)) ready.add(key);
      pump();
    },
    isFree: (key) => !stopped && !busy.has(key) && !queues.has(key) && busy.size < limit(),
    waiting: (key) => queues.get(key)?.length ?? 0,
    stop() {
      stopped = true;
    },
  };
}
