export interface LoopDelay {
  /** The longest that the event loop was late, in ms, since the last call. */
  takeMax(): number;
  /** How late it was each time that it was looked at, since the start. */
  readonly histogram: DelayHistogram;
  close(): void;
}

export interface DelayHistogram {
  /** By upper bound in ms, each with those below it; beyond the last bound only `count` knows of them. */
  readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
  readonly count: number;
  readonly sumMs: number;
}

const everyMs = 500;
const boundsMs = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000];

/** Measures how late a timer fires: what every client of this process waits for at worst. */
export function watchLoopDelay(): LoopDelay {
  let max = 0;
  let expected = performance.now() + everyMs;
  const within = boundsMs.map(() => 0);
  let count = 0;
  let sumMs = 0;
  const timer = setInterval(() => {
    const at = performance.now();
    const late = Math.max(at - expected, 0);
    max = Math.max(max, late);
    count += 1;
    sumMs += late;
    for (const [index, bound] of boundsMs.entries())
      if (late <= bound) within[index] = (within[index] ?? 0) + 1;
    expected = at + everyMs;
  }, everyMs);
  timer.unref();
  return {
    takeMax() {
      const taken = max;
      max = 0;
      return Math.round(taken * 10) / 10;
    },
    get histogram() {
      const buckets = boundsMs.map((leMs, index) => ({ leMs, count: within[index] ?? 0 }));
      return { buckets, count, sumMs };
    },
    close: () => clearInterval(timer),
  };
}
