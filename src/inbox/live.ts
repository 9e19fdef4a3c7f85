import type { Outcome, TurnRow } from "./turns.ts";

/** A turn that has not ended. */
export interface LiveTurn {
  row: TurnRow;
  controller: AbortController;
  running: boolean;
  /** It is an owner command, which a stop does not stop. */
  obeying: boolean;
  ended: boolean;
  startedAt: number | null;
  settle: (outcome: Outcome) => void;
  done: Promise<Outcome>;
}

/** The turns that have not ended, by their row. */
export interface LiveTurns {
  add(row: TurnRow): LiveTurn;
  get(id: number): LiveTurn | undefined;
  find(match: (row: TurnRow) => boolean): LiveTurn | undefined;
  /** Whether a session has one. */
  has(key: string): boolean;
  all(): Iterable<LiveTurn>;
  delete(turn: LiveTurn): void;
}

export function createLiveTurns(): LiveTurns {
  const live = new Map<number, LiveTurn>();
  const byKey = new Map<string, number>();
  return {
    add(row) {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      const turn: LiveTurn = {
        row,
        controller: new AbortController(),
        running: false,
        obeying: false,
        ended: false,
        startedAt: null,
        settle: resolve,
        done: promise,
      };
      live.set(row.id, turn);
      byKey.set(row.key, (byKey.get(row.key) ?? 0) + 1);
      return turn;
    },
    get: (id) => live.get(id),
    find(match) {
      for (const turn of live.values()) if (match(turn.row)) return turn;
      return undefined;
    },
    has: (key) => byKey.has(key),
    all: () => live.values(),
    delete({ row }) {
      if (!live.delete(row.id)) return;
      const left = (byKey.get(row.key) ?? 1) - 1;
      if (left === 0) byKey.delete(row.key);
      else byKey.set(row.key, left);
    },
  };
}
