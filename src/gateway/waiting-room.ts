/** A socket that has not said hello yet. */
export interface Visitor {
  readonly source: string;
  /** By the monotonic clock. */
  readonly openedAt: number;
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
  // In order of arrival, so the oldest come first.
  const visitors = new Set<Visitor>();
  let timer: ReturnType<typeof setInterval> | null = null;

  function sweep(): void {
    const at = monotonicMs();
    const quiet = new Map<string, Visitor[]>();
    let all = 0;
    for (const visitor of [...visitors]) {
      const age = at - visitor.openedAt;
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
    for (const visitor of [...visitors].slice(0, Math.max(all - ofAll, 0))) drop(visitor);
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
      visitors.add(visitor);
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
