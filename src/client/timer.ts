/** Time as the client sees it; a test brings its own. */
export interface Timer {
  now(): number;
  /** Runs once after `ms` unless the returned function is called before. */
  after(ms: number, run: () => void): () => void;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  after(ms, run) {
    const timeout = setTimeout(run, ms);
    return () => clearTimeout(timeout);
  },
};
