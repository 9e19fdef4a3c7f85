import type { ChannelClock } from "#src/channels/channel.ts";

/** Time that only a test moves. */
export interface HandClock extends ChannelClock {
  /** Wakes whoever sleeps no longer than this, in order. */
  advance(ms: number): Promise<void>;
  /** Resolves once somebody sleeps. */
  sleeper(): Promise<void>;
}

export function handClock(start = 1_000_000): HandClock {
  let at = start;
  const sleeping = new Set<{ until: number; wake: () => void }>();
  let watchers: (() => void)[] = [];

  return {
    now: () => at,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = {
          until: at + ms,
          wake() {
            sleeping.delete(sleeper);
            signal?.removeEventListener("abort", sleeper.wake);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake, { once: true });
        for (const watcher of watchers) watcher();
        watchers = [];
      });
    },
    async advance(ms) {
      const end = at + ms;
      for (;;) {
        const next = [...sleeping].sort((a, b) => a.until - b.until)[0];
        if (next === undefined || next.until > end) break;
        at = Math.max(at, next.until);
        next.wake();
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      }
      at = end;
    },
    sleeper() {
      if (sleeping.size > 0) return Promise.resolve();
      return new Promise((resolve) => {
        watchers.push(resolve);
      });
    },
  };
}
