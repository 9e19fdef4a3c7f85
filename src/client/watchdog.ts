import type { Timer } from "./timer.ts";

/** Notices a peer that went silent: calls `silent` once when nothing was heard for `limitMs`. */
export interface Watchdog extends Disposable {
  heard(): void;
}

export function createWatchdog(limitMs: number, timer: Timer, silent: () => void): Watchdog {
  let last = timer.now();
  let cancel = wait(limitMs);

  // One timer however many frames come: it looks at the clock when it fires and waits for the rest.
  function wait(ms: number): () => void {
    return timer.after(ms, () => {
      const left = last + limitMs - timer.now();
      if (left <= 0) silent();
      else cancel = wait(left);
    });
  }

  return {
    heard() {
      last = timer.now();
    },
    [Symbol.dispose]() {
      cancel();
    },
  };
}
