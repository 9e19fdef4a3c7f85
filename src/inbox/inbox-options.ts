import type { Job, RunEnd, Runner } from "#src/agents/runner.ts";
import type { EventBus } from "#src/lib/bus.ts";
import type { Log } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { SessionFacts, SessionStore } from "#src/sessions/store.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { TurnHooks } from "./hooks.ts";
import type { Arrival, TurnRow, TurnStore } from "./turns.ts";

/** What the inbox works with, and what it asks of the rooms around it. */
export interface InboxOptions {
  transactor: Transactor;
  turns: TurnStore;
  sessions: SessionStore;
  runner: Runner;
  bus: EventBus;
  now: () => number;
  log: Log;
  /** Runs at once over all sessions. */
  maxConcurrent: () => number;
  /** Makes a job of a turn whose session is at hand. */
  prepare: (
    row: TurnRow,
    session: SessionFacts,
    controller: AbortController,
    startedAt: number,
  ) => Promise<Job>;
  /** Whether the conversation starts afresh with this turn. */
  isStale: (row: TurnRow, session: SessionFacts) => boolean;
  /** Keeps what a run used, and returns what each of its answers cost; called inside a transaction. */
  spent: (row: TurnRow, end: RunEnd) => (number | null)[];
  /** What carries out an owner command; null for anything else. */
  command: (arrival: Arrival) => (() => Promise<{ text: string; fresh: boolean } | null>) | null;
  /** The session's state on screen has changed. */
  changed: () => void;
  /** Why nothing may run; null where it may. */
  refusing: () => Sentence | null;
  hooks: TurnHooks;
  /** Calls after a while. */
  after: (ms: number, then: () => void) => unknown;
}
