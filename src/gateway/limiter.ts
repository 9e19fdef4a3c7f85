export interface LimiterOptions {
  /** Failures within `windowMs` that lock. */
  maxAttempts: number;
  windowMs: number;
  lockoutMs: number;
  /** Milliseconds that only ever grow. */
  monotonicMs: () => number;
  /** Sources that are remembered at most. */
  capacity?: number;
}

/** Counts wrong credentials by who brought them, and locks whoever brings too many. */
export interface Limiter {
  /** How long this one stays locked; 0 when it is not. */
  lockedForMs(who: string): number;
  /** A credential of any kind was wrong. */
  failed(who: string): void;
  readonly size: number;
}

interface Entry {
  /** When the failures of the window were, oldest first; empty while locked. */
  failures: number[];
  lockedUntil: number;
}

const defaultCapacity = 4_096;

/** A lock lasts its time whatever is tried meanwhile; once it is over, counting begins anew. */
export function createLimiter(options: LimiterOptions): Limiter {
  const { maxAttempts, windowMs, lockoutMs, monotonicMs, capacity = defaultCapacity } = options;
  /** In the order of their last failure. */
  const entries = new Map<string, Entry>();

  function isSpent({ failures, lockedUntil }: Entry, at: number): boolean {
    return lockedUntil <= at && (failures.at(-1) ?? Number.NEGATIVE_INFINITY) <= at - windowMs;
  }

  /** Makes room: first what has no meaning any more, then the oldest that is not locked, then the oldest. */
  function makeRoom(at: number): void {
    for (const [who, entry] of entries) if (isSpent(entry, at)) entries.delete(who);
    if (entries.size < capacity) return;
    let oldest: string | undefined;
    for (const [who, { lockedUntil }] of entries) {
      oldest ??= who;
      if (lockedUntil > at) continue;
      oldest = who;
      break;
    }
    if (oldest !== undefined) entries.delete(oldest);
  }

  return {
    lockedForMs(who) {
      const entry = entries.get(who);
      return entry === undefined ? 0 : Math.max(0, entry.lockedUntil - monotonicMs());
    },
    failed(who) {
      const at = monotonicMs();
      const known = entries.get(who);
      if (known !== undefined && known.lockedUntil > at) return;
      if (known === undefined && entries.size >= capacity) makeRoom(at);
      const failures = (known?.failures ?? []).filter((each) => each > at - windowMs);
      failures.push(at);
      const isLocked = failures.length >= maxAttempts;
      entries.delete(who);
      entries.set(
        who,
        isLocked ? { failures: [], lockedUntil: at + lockoutMs } : { failures, lockedUntil: 0 },
      );
    },
    get size() {
      return entries.size;
    },
  };
}
