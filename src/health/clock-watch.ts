/** A step of time that the process did not live through. */
export interface ClockJump {
  /** `frozen`: the process stood still; `forward`: the machine slept or its clock was set; `back`: it was set back. */
  is: "frozen" | "forward" | "back";
  ms: number;
}

/** Notices that the machine slept, that the process was stopped, and that somebody set the clock. */
export interface ClockWatch {
  /** Calls `react` once per jump; ends by the returned function. */
  listen(react: (jump: ClockJump) => void): () => void;
  /** How many there have been. */
  readonly jumps: number;
  close(): void;
}

export interface ClockWatchOptions {
  /** The wall clock. */
  now: () => number;
  /** Milliseconds that only ever grow; on Linux and macOS they stand still while the machine sleeps. */
  monotonicMs: () => number;
  everyMs?: number;
}

/** A gap of less is a slow moment or a clock that is being corrected. */
const leastMs = 5_000;

export function watchClock({ now, monotonicMs, everyMs = 1_000 }: ClockWatchOptions): ClockWatch {
  const listeners = new Set<(jump: ClockJump) => void>();
  let jumps = 0;
  let wall = now();
  let lived = monotonicMs();

  function look(): void {
    const [wallNow, livedNow] = [now(), monotonicMs()];
    const stood = livedNow - lived - everyMs;
    const moved = wallNow - wall - (livedNow - lived);
    wall = wallNow;
    lived = livedNow;
    if (Math.abs(moved) >= leastMs) tell({ is: moved > 0 ? "forward" : "back", ms: Math.abs(moved) });
    else if (stood >= leastMs) tell({ is: "frozen", ms: stood });
  }

  function tell(jump: ClockJump): void {
    jumps += 1;
    for (const react of listeners) react({ ...jump, ms: Math.round(jump.ms) });
  }

  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    listen(react) {
      listeners.add(react);
      return () => void listeners.delete(react);
    },
    get jumps() {
      return jumps;
    },
    close: () => clearInterval(timer),
  };
}
