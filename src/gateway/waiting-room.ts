/** A socket that has not said hello yet. */
export interface Visitor {
  readonly source: string;
  /** Ends it without a word. */
  drop(): void;
  /** Ends it because its time is up. */
  timeOut(): void;
}

export interface WaitingRoomOptions {
  /** Milliseconds that only ever grow. */
  monotonicMs: () => number;
  handshakeTimeoutMs: number;
  shed: (cause: string) => void;
}

/** How many sockets of one source may be silent for longer than `quietMs`, and how many of all. */
const perSource = 64;
const ofAll = 256;
const quietMs = 1_000;
const sweepMs = 250;
/** Of a gap between two sweeps no more than this counts: nobody could be heard while the process stood still. */
const longestGapMs = 1_000;

/**
 * Bounds the sockets that have not said hello. Young ones are never counted, so that any number of honest clients
 * may reconnect in one instant; of those silent for longer than a second the oldest are dropped.
 */
export interface WaitingRoom {
  enter(visitor: Visitor): void;
  leave(visitor: Visitor): void;
  close(): void;
  readonly size: number;
}

export function createWaitingRoom({
  monotonicMs,
  handshakeTimeoutMs,
  shed,
}: WaitingRoomOptions): WaitingRoom {
  // By the time that the room had lived when they came; in order of arrival, so the oldest come first.
  const visitors = new Map<Visitor, number>();
  let lived = 0;
  let lookedAt = monotonicMs();
  let timer: ReturnType<typeof setInterval> | null = null;

  function live(): number {
    const at = monotonicMs();
    lived += Math.min(at - lookedAt, longestGapMs);
    lookedAt = at;
    return lived;
  }

  function sweep(): void {
    const at = live();
    const quiet = new Map<string, Visitor[]>();
    let all = 0;
    for (const [visitor, enteredAt] of [...visitors]) {
      const age = at - enteredAt;
      if (age >= handshakeTimeoutMs) {
        shed("handshake-timeout");
        visitors.delete(visitor);
        visitor.timeOut();
        continue;
      }
      if (age <= quietMs) continue;
      const group = quiet.get(visitor.source) ?? [];
      group.push(visitor);
      quiet.set(visitor.source, group);
      all += 1;
    }
    for (const group of quiet.values()) {
      const surplus = Math.max(group.length - perSource, 0);
      for (const visitor of group.slice(0, surplus)) drop(visitor);
      all -= surplus;
    }
    for (const visitor of [...visitors.keys()].slice(0, Math.max(all - ofAll, 0))) drop(visitor);
    rest();
  }

  function drop(visitor: Visitor): void {
    shed("silent-before-hello");
    visitors.delete(visitor);
    visitor.drop();
  }

  function rest(): void {
    if (visitors.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    enter(visitor) {
      visitors.set(visitor, live());
      timer ??= setInterval(sweep, Math.min(sweepMs, handshakeTimeoutMs));
    },
    leave(visitor) {
      visitors.delete(visitor);
      rest();
    },
    close() {
      visitors.clear();
      rest();
    },
    get size() {
      return visitors.size;
    },
  };
}
