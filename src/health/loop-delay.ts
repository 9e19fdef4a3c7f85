export interface LoopDelay {
  /** The longest that the event loop was late, in ms, since the last call. */
  takeMax(): number;
  close(): void;
}

const everyMs = 500;

/** Measures how late a timer fires: what every client of this process waits for at worst. */
export function watchLoopDelay(): LoopDelay {
  let max = 0;
  let expected = performance.now() + everyMs;
  const timer = setInterval(() => {
    const at = performance.now();
    max = Math.max(max, at - expected);
    expected = at + everyMs;
  }, everyMs);
  timer.unref();
  return {
    takeMax() {
      const taken = Math.max(max, 0);
      max = 0;
      return Math.round(taken * 10) / 10;
    },
    close: () => clearInterval(timer),
  };
}
