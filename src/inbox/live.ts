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

/** A conversation on a channel and the session that it is part of, with the rights of who writes. */
export interface Spot extends Pick<TurnRow, "key" | "channel" | "account" | "conversation"> {
  owner: boolean;
}

/** The turns that have not ended, by their row. */
export interface LiveTurns {
  add(row: TurnRow): LiveTurn;
  /** One that is live as soon as the transaction that keeps it is on the disk; what it returns makes it so. */
  prepare(row: TurnRow): () => LiveTurn;
  /** The one of a run, also where it is only prepared. */
  byRun(runId: string): LiveTurn | undefined;
  get(id: number): LiveTurn | undefined;
  find(match: (row: TurnRow) => boolean): LiveTurn | undefined;
  /** Whether a session has one. */
  has(key: string): boolean;
  all(): Iterable<LiveTurn>;
  /** The one that runs there. */
  runningAt(spot: Spot): LiveTurn | undefined;
  /** How many run, and how many wait. */
  depths(): { running: number; waiting: number };
  delete(turn: LiveTurn): void;
}

export function createLiveTurns(): LiveTurns {
  const live = new Map<number, LiveTurn>();
  const prepared = new Map<string, LiveTurn>();
  const byKey = new Map<string, number>();

  function make(row: TurnRow): LiveTurn {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    return {
      row,
      controller: new AbortController(),
      running: false,
      obeying: false,
      ended: false,
      startedAt: null,
      settle: resolve,
      done: promise,
    };
  }

  function admit(turn: LiveTurn): LiveTurn {
    const { id, key } = turn.row;
    live.set(id, turn);
    byKey.set(key, (byKey.get(key) ?? 0) + 1);
    return turn;
  }

  function find(match: (row: TurnRow) => boolean): LiveTurn | undefined {
    for (const turn of live.values()) if (match(turn.row)) return turn;
    return undefined;
  }

  return {
    add: (row) => admit(make(row)),
    prepare(row) {
      const turn = make(row);
      prepared.set(row.runId, turn);
      return () => {
        prepared.delete(row.runId);
        return admit(turn);
      };
    },
    byRun: (runId) => prepared.get(runId) ?? find((row) => row.runId === runId),
    get: (id) => live.get(id),
    find,
    has: (key) => byKey.has(key),
    all: () => live.values(),
    runningAt: ({ key, channel, account, conversation, owner }) =>
      live.values().find(({ row, running, ended }) => {
        const isHere =
          row.channel === channel && row.account === account && row.conversation === conversation;
        return running && !ended && row.key === key && isHere && row.options.owner === owner;
      }),
    depths() {
      const running = live.values().reduce((sum, turn) => sum + (turn.running || turn.obeying ? 1 : 0), 0);
      return { running, waiting: live.size - running };
    },
    delete({ row }) {
      if (!live.delete(row.id)) return;
      const left = (byKey.get(row.key) ?? 1) - 1;
      if (left === 0) byKey.delete(row.key);
      else byKey.set(row.key, left);
    },
  };
}
