/** Time that passes when a test says so. */
export interface HandClock {
  now(): number;
  /** Calls once after a while; returns what cancels that. */
  after(ms: number, then: () => void): () => void;
  /** Resolves after a while, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Lets what is under way happen, and time pass from timer to timer, until the condition holds. Fails where nothing is
   * left that could make it hold.
   */
  until(condition: () => boolean, what?: string): Promise<void>;
  /** Lets this much time pass. */
  pass(ms: number): Promise<void>;
  /** Resolves once somebody waits for time to pass. */
  sleeper(): Promise<void>;
}

interface Timer {
  at: number;
  then: () => void;
}

export function createHandClock(start = Date.parse("2026-11-21T12:00:00Z")): HandClock {
  let time = start;
  let timers: Timer[] = [];
  let watchers: (() => void)[] = [];

  /** Lets promises, commits and reads of files settle. */
  async function quiet(done: () => boolean): Promise<void> {
    for (let turn = 0; turn < 40 && !done(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  function fire(upTo: number): boolean {
    const [first] = timers.toSorted((one, other) => one.at - other.at);
    if (first === undefined || first.at > upTo) return false;
    timers = timers.filter((each) => each !== first);
    time = Math.max(time, first.at);
    first.then();
    return true;
  }

  function after(ms: number, then: () => void): () => void {
    const timer = { at: time + ms, then };
    timers.push(timer);
    for (const watcher of watchers) watcher();
    watchers = [];
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  }

  return {
    now: () => time,
    after,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = after(ms, wake);
      signal?.addEventListener("abort", wake, { once: true });
      return promise;
    },
    async until(condition, what = "the condition") {
      let idle = 0;
      for (let steps = 0; steps < 20_000; steps += 1) {
        await quiet(condition);
        if (condition()) return;
        idle = fire(Number.POSITIVE_INFINITY) ? 0 : idle + 1;
        // A file is being read or written; that takes time that no clock of ours counts.
        if (idle > 0) await Bun.sleep(1);
        if (idle > 3_000) throw new Error(`nothing is left that could make it hold: ${what}`);
      }
      throw new Error(`it never held: ${what}`);
    },
    async pass(ms) {
      const end = time + ms;
      await quiet(() => false);
      while (fire(end)) await quiet(() => false);
      time = end;
    },
    sleeper() {
      if (timers.length > 0) return Promise.resolve();
      return new Promise((resolve) => {
        watchers.push(resolve);
      });
    },
  };
}
