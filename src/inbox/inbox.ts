import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { RunEnd } from "#src/agents/runner.ts";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { refuseOther } from "#src/lib/used-key.ts";
import { within } from "#src/lib/within.ts";
import { createLanes } from "#src/sessions/lanes.ts";
import type { SessionFacts, StoredMessage } from "#src/sessions/store.ts";
import { createPersist } from "#src/store/persist.ts";
import type { InboxOptions } from "./inbox-options.ts";
import { createLiveTurns, type LiveTurn, type Spot } from "./live.ts";
import {
  broken,
  injected,
  interruption,
  messagesOf,
  notRun,
  obeyed,
  obeyedOf,
  outcomeOf,
} from "./messages.ts";
import type { Arrival, Outcome, TurnKind, TurnOptions, TurnRow } from "./turns.ts";

/** What became of a message. */
export interface Taken {
  acceptedAt: number;
  live: boolean;
  done: Promise<Outcome>;
}

/** The most turns that may wait in one session. */
const maxWaiting = 100;
/** One below the starts at which the crash brake holds: a turn that ends the gateway is given up before that. */
const mostBeginnings = 4;
const keptMs = 24 * 3_600_000;
/** How long runs that were told to end at the stop may take for it. */
const partingMs = 500;

/**
 * Where messages come in. A row is committed before anybody is told that the message has arrived; then turns run one
 * at a time per session. A turn that a crash interrupted runs again after the restart, unless it had an effect, or
 * has been interrupted so often that it may be what ends the gateway.
 */
export type Inbox = ReturnType<typeof createInbox>;

export function createInbox(options: InboxOptions) {
  const { transactor, turns, sessions, runner, bus, now, log, hooks } = options;
  const lanes = createLanes(options.maxConcurrent);
  const live = createLiveTurns();
  const active = new Set<Promise<void>>();
  let stopping = false;
  const persist = createPersist({ transactor, after: options.after, isOver: () => stopping });

  async function take(arrival: Arrival): Promise<Taken> {
    const refused = options.refusing();
    if (refused !== null) throw new GatewayError("UNAVAILABLE", refused);
    if (lanes.waiting(arrival.key) >= maxWaiting) {
      const told = {
        en: `${maxWaiting} messages already wait in this session; wait for an answer, or stop with /stop`,
        zh: `此会话中已有 ${maxWaiting} 条消息在等待；请等待回答，或用 /stop 停止`,
      };
      throw new GatewayError("UNAVAILABLE", told, { retryAfterMs: 5_000 });
    }
    if (options.command(arrival) !== null) {
      const turn = live.add(queued(await transactor.transact(() => turns.add(arrival)), arrival));
      // The caller's answer leaves before the first event of the run.
      setImmediate(() => begin(turn));
      return taken(turn);
    }
    // What nothing stands before begins in the commit that takes it: one wait for the disk less.
    const startedAt = lanes.isFree(arrival.key) ? now() : null;
    const work = transactor.transact(() => {
      const row = queued(turns.add(arrival, startedAt), arrival);
      return { row, session: startedAt === null ? null : commence(row, startedAt) };
    });
    const added = work.then(({ row, session }) => {
      const turn = live.add(row);
      turn.running = startedAt !== null;
      turn.startedAt = startedAt;
      return { turn, session };
    });
    const carriedOut = async () => {
      const { turn, session } = await added;
      await new Promise(setImmediate);
      await track(carryOut(turn, session));
    };
    // What the disk did not take is the caller's to hear of, and nothing to carry out.
    lanes.add(arrival.key, () => carriedOut().catch(() => undefined));
    return taken((await added).turn);
  }

  function taken(turn: LiveTurn): Taken {
    return { acceptedAt: turn.row.acceptedAt, live: true, done: turn.done };
  }

  function queued(id: number, arrival: Arrival): TurnRow {
    const state = { state: "queued", attempts: 0, hadEffect: false, outcome: null } as const;
    return { ...arrival, id, ...state, acceptedAt: now() };
  }

  function again(kind: TurnKind, principal: string, runId: string, fingerprint: string): Taken | null {
    const row = turns.find(principal, kind, runId);
    if (row === null) return null;
    refuseOther(row.options.fingerprint ?? fingerprint, fingerprint, runId);
    const turn = live.get(row.id);
    const done = turn?.done ?? Promise.resolve(row.outcome ?? interruption(row, now()));
    return { acceptedAt: row.acceptedAt, live: turn !== undefined, done };
  }

  function begin(turn: LiveTurn): void {
    if (stopping) return;
    // A command that stops what runs begins at once, and must not stop itself.
    const carry = options.command(turn.row);
    turn.obeying = carry !== null;
    if (carry !== null) track(obey(turn, carry()));
    else lanes.add(turn.row.key, () => track(carryOut(turn)));
  }

  function append(key: string, messages: readonly StoredMessage[]): void {
    for (const message of messages) sessions.append(key, message);
  }

  function track(work: Promise<void>): Promise<void> {
    const guarded = work.catch((error) => log.error("turn failed", { error: messageOf(error) }));
    active.add(guarded);
    return guarded.finally(() => active.delete(guarded));
  }

  async function obey(
    turn: LiveTurn,
    answer: Promise<{ text: string; fresh: boolean } | null>,
  ): Promise<void> {
    const { row } = turn;
    const startedAt = now();
    const reply = await answer.catch((error) => ({ text: messageOf(error), fresh: false }));
    if (reply === null) {
      turn.obeying = false;
      lanes.add(row.key, () => track(carryOut(turn)));
      return;
    }
    const message = injected(reply.text, row.runId, now());
    const session = await persist(() => {
      // A command that starts afresh leaves nothing of itself in the new transcript.
      if (!reply.fresh) append(row.key, [...obeyedOf(row, startedAt), message]);
      const facts = sessions.ensure(row.key);
      turns.ended(row.id, "done", obeyed(reply.text, facts, startedAt, message.timestamp));
      hooks.ending(row, { status: "ok", text: reply.text });
      return facts;
    });
    finish(turn, obeyed(reply.text, session, startedAt, message.timestamp));
    bus.emit("chat", { runId: row.runId, sessionKey: row.askedKey, seq: 1, state: "final", message });
  }

  /** A turn that fails in a way that nobody foresaw has ended, too: its session goes on. */
  async function carryOut(turn: LiveTurn, begun: SessionFacts | null = null): Promise<void> {
    const { row } = turn;
    try {
      await execute(turn, begun);
    } catch (error) {
      if (stopping || turn.ended) throw error;
      log.error("turn failed", { runId: row.runId, session: row.key, error });
      const outcome = broken(row, now());
      const why = outcome.error?.message ?? "";
      await persist(() => {
        turns.ended(row.id, "failed", outcome);
        sessions.runEnded(row.key, { aborted: false, leftMessage: false });
        hooks.ending(row, { status: "error", text: "", error: why });
      }).finally(() => finish(turn, outcome));
      const told = { seq: 1, state: "error", errorMessage: why, errorKind: "unknown" } as const;
      bus.emit("chat", { runId: row.runId, sessionKey: row.askedKey, ...told });
    }
  }

  /** Begins the turn's part of the transcript; inside a transaction. */
  function commence(row: TurnRow, startedAt: number): SessionFacts {
    const before = sessions.find(row.key);
    if (before !== null && before.messageCount > 0 && options.isStale(row, before)) sessions.reset(row.key);
    append(row.key, messagesOf(row, startedAt));
    return sessions.ensure(row.key);
  }

  async function execute(turn: LiveTurn, begun: SessionFacts | null): Promise<void> {
    if (turn.ended) return;
    const { row, controller } = turn;
    if (stopping) {
      if (begun !== null) await persist(() => turns.parked(row.id));
      return;
    }
    turn.running = true;
    turn.startedAt ??= now();
    const { startedAt } = turn;
    hooks.begun(row);
    const content = row.options.origin === undefined ? null : await hooks.complete(row, controller.signal);
    if (content !== null) row.options = { ...row.options, content };
    const session =
      begun ??
      (await persist(() => {
        turns.started(row.id);
        if (content !== null) turns.rewrite(row.id, row.options);
        return commence(row, startedAt);
      }));
    const end = await runner.run(await options.prepare(row, session, controller, startedAt));
    // The next start carries it out again, and a stop that was asked for is no sign that the turn does harm.
    if (end.status === "aborted" && end.stopReason === "shutdown") {
      await persist(() => turns.parked(row.id));
      end.announce();
      return;
    }
    await conclude(turn, session, end, startedAt);
  }

  async function conclude(
    turn: LiveTurn,
    session: SessionFacts,
    end: RunEnd,
    startedAt: number,
  ): Promise<void> {
    const { row } = turn;
    const outcome = outcomeOf(end, session.sessionId, startedAt);
    const state = end.status === "ok" ? "done" : end.status === "error" ? "failed" : "aborted";
    await persist(() => {
      const isSame = sessions.find(row.key)?.sessionId === session.sessionId;
      const message = isSame ? end.message : null;
      if (message !== null) sessions.append(row.key, message);
      sessions.runEnded(row.key, { aborted: end.status === "aborted", leftMessage: message !== null });
      const costs = options.spent(row, end);
      // What a transcript used that was reset meanwhile is none of the new one's.
      if (isSame) sessions.addUsage(row.key, end.usage, costs);
      turns.ended(row.id, state, outcome);
      const { status, text, error } = end;
      hooks.ending(row, { status, text, ...(error === undefined ? {} : { error: error.message }) });
    });
    finish(turn, outcome);
    end.announce();
  }

  function finish(turn: LiveTurn, outcome: Outcome): void {
    turn.ended = true;
    live.delete(turn);
    turn.settle(outcome);
    options.changed();
    hooks.ended(turn.row);
  }

  /** Ends a turn that has not begun: its message is kept, nothing answers it. */
  async function dismiss(turn: LiveTurn, reason: string): Promise<void> {
    const { row } = turn;
    turn.ended = true;
    const at = now();
    const outcome = notRun(reason, sessions.find(row.key)?.sessionId ?? "none", at);
    await persist(() => {
      append(row.key, messagesOf(row, at));
      turns.ended(row.id, "aborted", outcome);
      hooks.ending(row, { status: "aborted", text: "" });
    });
    finishUnheard(turn, outcome);
  }

  function finishUnheard(turn: LiveTurn, outcome: Outcome): void {
    finish(turn, outcome);
    const { runId, askedKey: sessionKey } = turn.row;
    const { stopReason } = outcome;
    bus.emit("chat", { runId, sessionKey, seq: 1, state: "aborted", stopReason });
  }

  return {
    /** What became of a message that came before; null where it never did. */
    again,
    /** Takes a message that `again` does not know. */
    take,
    /** Adds a turn inside the caller's transaction; it begins once that is on the disk. */
    enter(arrival: Arrival): void {
      const admit = live.prepare(queued(turns.add(arrival), arrival));
      transactor.afterCommit(() => begin(admit()));
    },
    /** Changes a turn inside the caller's transaction; null ends it unheard. False where it has begun. */
    amend(runId: string, change: (row: TurnRow) => TurnOptions | null): boolean {
      const turn = live.byRun(runId);
      if (turn === undefined || turn.running || turn.obeying || turn.ended) return false;
      const { row } = turn;
      const changed = change(row);
      if (changed === null) {
        turn.ended = true;
        const outcome = notRun("deleted", sessions.find(row.key)?.sessionId ?? "none", now());
        turns.ended(row.id, "aborted", outcome);
        hooks.ending(row, { status: "aborted", text: "" });
        transactor.afterCommit(() => finishUnheard(turn, outcome));
      } else {
        row.options = changed;
        turns.rewrite(row.id, changed);
      }
      return true;
    },
    /** Turns of a session that have not started. */
    waiting: (key: string): number => lanes.waiting(key),
    isLive: (runId: string): boolean => live.find((row) => row.runId === runId) !== undefined,
    /** Stops one run of a session, or all of them; returns the ids of those that were stopped. */
    abort(key: string, runId: string | null, reason: string): string[] {
      if (runId !== null) {
        const other = live.find((row) => row.runId === runId);
        if (other !== undefined && other.row.key !== key) {
          throw new GatewayError("INVALID_REQUEST", "runId does not match sessionKey");
        }
      }
      const stopped: string[] = [];
      for (const turn of live.all()) {
        if (turn.row.key !== key || (runId !== null && turn.row.runId !== runId)) continue;
        if (turn.ended || turn.obeying || turn.controller.signal.aborted) continue;
        stopped.push(turn.row.runId);
        if (turn.running) turn.controller.abort(reason);
        else void track(dismiss(turn, reason));
      }
      return stopped;
    },
    /** Waits for a run by its id; null when it did not end in time, undefined when there is no such run. */
    async wait(runId: string, timeoutMs: number, signal: AbortSignal): Promise<Outcome | null | undefined> {
      const turn = live.find((row) => row.runId === runId);
      if (turn === undefined) {
        const row = turns.findRun(runId);
        return row === null ? undefined : (row.outcome ?? interruption(row, now()));
      }
      const { promise, resolve } = Promise.withResolvers<null>();
      const timer = setTimeout(() => resolve(null), Math.min(timeoutMs, 2_147_483_647));
      signal.addEventListener("abort", () => resolve(null), { once: true });
      return Promise.race([turn.done, promise]).finally(() => clearTimeout(timer));
    },
    startedAt: (runId: string): number | null => live.find((row) => row.runId === runId)?.startedAt ?? null,
    /** The messages of a session that have been taken but wait for their turn. */
    pending(key: string): ChatMessage[] {
      const messages: ChatMessage[] = [];
      for (const turn of live.all()) {
        if (turn.row.key !== key || turn.running || turn.obeying || turn.ended) continue;
        for (const { id: _, ...message } of messagesOf(turn.row, turn.row.acceptedAt)) messages.push(message);
      }
      return messages;
    },
    depths: live.depths,
    /** Ends a run that has said and done nothing yet: the next turn answers its message, too. */
    steer(spot: Spot): void {
      const turn = live.runningAt(spot);
      if (turn !== undefined && runner.isSilent(turn.row.runId)) turn.controller.abort("steer");
    },
    hasLive: (key: string): boolean => live.has(key),
    /** Marks that a run is about to do something that must not be done twice. */
    async effect(runId: string): Promise<void> {
      const turn = live.find((row) => row.runId === runId);
      if (turn !== undefined) await transactor.transact(() => turns.hadEffect(turn.row.id));
    },
    /** Takes up what an earlier process left: runs it again, or says that it was interrupted. */
    async recover(): Promise<void> {
      await persist(() => turns.prune(now() - keptMs));
      for (const row of turns.unfinished()) {
        if (!row.hadEffect && row.attempts < mostBeginnings) {
          log.info("turn taken up again", { runId: row.runId, session: row.key, attempts: row.attempts });
          begin(live.add(row));
          continue;
        }
        const outcome = interruption(row, now());
        await persist(() => {
          sessions.append(row.key, {
            ...injected("", row.runId, now()),
            content: [],
            stopReason: "interrupted",
            errorMessage: outcome.error?.message ?? "",
          });
          turns.ended(row.id, "interrupted", outcome);
          hooks.ending(row, { status: "interrupted", text: "", error: outcome.error?.message ?? "" });
        });
        bus.emit("chat", {
          runId: row.runId,
          sessionKey: row.askedKey,
          seq: 1,
          state: "error",
          errorMessage: outcome.error?.message ?? "interrupted",
          errorKind: "unknown",
        });
        log.warn("turn was interrupted", { runId: row.runId, session: row.key });
      }
    },
    prune: (): Promise<void> => transactor.transact(() => turns.prune(now() - keptMs)),
    /** Begins nothing more, waits for what runs, and parks what does not end in time for the next start. */
    async stop(graceMs: number): Promise<void> {
      stopping = true;
      lanes.stop();
      await within(graceMs, Promise.all(active));
      for (const turn of live.all()) turn.controller.abort("shutdown");
      await within(partingMs, Promise.all(active));
    },
  };
}
