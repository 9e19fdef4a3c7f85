import type { InboundEvent } from "#src/channels/inbound.ts";
import type { AccountPolicy } from "#src/channels/policy.ts";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Log } from "#src/lib/log.ts";
import { createPersist } from "#src/store/persist.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { groupOf } from "./admit.ts";
import { arrivalOf, languageOf } from "./arrival.ts";
import { createChanges } from "./changes.ts";
import { type Accepted, createDecide, type DecideOptions, utteranceOf } from "./decide.ts";
import { createGather } from "./gather.ts";
import type { Inbox } from "./inbox.ts";
import type { KeepStore, Kept } from "./keep.ts";
import { createLoopBreaker } from "./loops.ts";
import { type ApprovedSender, type PairingStore, pairingNotice, type SenderRequest } from "./pairing.ts";
import { createWaitingLine } from "./waiting.ts";

export interface IntakeOptions extends Pick<DecideOptions, "placing" | "activation"> {
  transactor: Transactor;
  keep: KeepStore;
  pairing: PairingStore;
  inbox: Pick<Inbox, "enter" | "amend" | "hasLive" | "waiting" | "abort" | "steer">;
  /** What holds for an account; null for one that the config does not have. */
  policy: (channel: string, account: string) => AccountPolicy | null;
  /** The pause that ends a burst of messages, before the first of them is answered; 0 waits for none. */
  burstMs: (channel: string) => number;
  labelOf: (channel: string) => string;
  /** Keeps how far the platform's stream was read; called inside a transaction. */
  writeCursor: (channel: string, account: string, cursor: { key: string; value: string }) => void;
  /** Puts a text of the gateway's own into the outbox; called inside a transaction. */
  say: (
    channel: string,
    account: string,
    conversation: string,
    text: string,
    options: { replyTo?: string; key: string },
  ) => void;
  /** The requests of strangers have changed. */
  pairingChanged: () => void;
  now: () => number;
  log: Log;
  /** Calls after a while, and gives back how to call it off. */
  after: (ms: number, then: () => void) => () => void;
}

/** A redelivery is told for so long; the same event after that would be a new one. */
const knownMs = 30 * 24 * 3_600_000;
/** What could not be dealt with for so long, as its account is gone, is given up. */
const openMs = 7 * 24 * 3_600_000;
const retryMs = 1_000;
const recoveredAtOnce = 200;
/** In a direct chat, reactions are told with the next message. */
const directContext = 20;

const stopWords = new Set(["stop", "esc", "abort", "wait", "exit", "interrupt"]);

/**
 * What channels bring, from its arrival to its turn. Every event is kept once, with the platform's cursor; each message
 * that is let in becomes part of exactly one turn, in the transaction that notes it. What waits, waits as an open row.
 */
export type Intake = ReturnType<typeof createIntake>;

export function createIntake(options: IntakeOptions) {
  const { transactor, keep, pairing, inbox, policy, now, log, after } = options;
  const decide = createDecide(options);
  const change = createChanges(options);
  const loops = createLoopBreaker();
  const line = createWaitingLine();
  const timers = new Map<string, () => void>();
  /** Sessions whose turn is in the transaction that runs now. */
  const entering = new Set<string>();
  let stopped = false;
  const save = createPersist({ transactor, after, isOver: () => stopped, failed: () => entering.clear() });
  /** Until what was kept before is decided, what arrives is only kept: the order holds over a restart. */
  let recovered = false;
  const gather = createGather<Accepted>({
    after,
    complete: (group) => void settleGathered(group),
  });

  function settleGathered(group: Accepted[]): void {
    if (stopped) return;
    transactor
      .transact(() => ready(group))
      .catch((error) => {
        entering.clear();
        log.error("gathered messages wait", { error: messageOf(error) });
        if (!stopped) after(retryMs, () => settleGathered(group));
      });
  }

  /** One event after the other, each with its own failure: what cannot be decided stays, and lets nobody in. */
  function judge(kept: Kept): void {
    const before = new Set(entering);
    try {
      transactor.transactNow(() => take(kept));
    } catch (error) {
      for (const key of entering) if (!before.has(key)) entering.delete(key);
      const { id, channel, account } = kept;
      log.error("event could not be decided", { id, channel, account, error: messageOf(error) });
      if (keep.failed(id)) keep.settle(id, "failed");
    }
  }

  function take(kept: Kept): void {
    const { channel, account, event } = kept;
    const rules = policy(channel, account);
    // Its account is not in the config just now: the event waits until it is.
    if (rules === null) return;
    switch (event.type) {
      case "message":
      case "action":
        hear(kept, rules);
        break;
      case "edit":
      case "delete":
        keep.settle(kept.id, `${event.type}: ${change(kept, event) ? "taken up" : "too late"}`);
        break;
      case "reaction":
      case "vote":
        overhear(kept, rules);
        break;
      case "membership":
        log.info("membership changed", { channel, account, who: event.who, became: event.became });
        if (event.who === "us" && event.became === "gone") keep.leave(kept);
        keep.settle(kept.id, "noted");
        break;
      case "moved":
        keep.moved(channel, account, event.conversation.id, event.to.id);
        keep.settle(kept.id, "noted");
        break;
    }
  }

  /** What is no message is told with the next one, where its sender may speak. */
  function overhear(kept: Kept, rules: AccountPolicy): void {
    const { is } = decide(kept, rules);
    const maySpeak = is === "accepted" || is === "beside";
    const limit = kept.event.conversation.kind === "direct" ? directContext : rules.historyLimit;
    if (maySpeak) keep.beside(kept, limit);
    else keep.settle(kept.id, "refused");
  }

  function hear(kept: Kept, rules: AccountPolicy): void {
    const { id, channel, account, conversation } = kept;
    const decision = decide(kept, rules);
    if (decision.is === "accepted") accept(decision.accepted);
    else if (decision.is === "pairing") askToPair(kept);
    else if (decision.is === "beside") keep.beside(kept, rules.historyLimit);
    else {
      log.info("message refused", { channel, account, conversation, reason: decision.reason });
      keep.settle(id, `refused: ${decision.reason}`);
    }
  }

  function accept(accepted: Accepted): void {
    const { id, channel, account, conversation, seenAt, event } = accepted;
    const bot = JSON.stringify([channel, account, conversation, event.sender.id]);
    if (event.sender.isBot && !loops.pass(bot, seenAt)) {
      const about = { channel, account, conversation };
      log.warn("a bot is not answered for a while, as it may answer every answer", about);
      keep.settle(id, "refused: loop");
      return;
    }
    const command = commandNow(accepted);
    const groups =
      command === null
        ? gather.offer(accepted, options.burstMs(channel))
        : [...gather.flush(accepted), [{ ...accepted, command }]];
    for (const group of groups) ready(group);
  }

  /** A word such as "stop" is a command where there is something to stop. */
  function commandNow({ command, owner, route, ...kept }: Accepted): string | null {
    if (command !== null || !owner || !isBusy(route.key)) return command;
    return stopWords.has(utteranceOf(kept).text.trim().toLowerCase()) ? "/stop" : null;
  }

  function askToPair(kept: Kept): void {
    const { id, channel, account, conversation, event } = kept;
    forgetExpired();
    const asked = pairing.ask(channel, account, event.sender);
    log.info("stranger wrote", { channel, account, request: asked.is });
    if (asked.is === "new") {
      const { code } = asked;
      const notice = { label: options.labelOf(channel), channel, sender: event.sender.id, code };
      const text = pairingNotice(notice, languageOf(utteranceOf(kept).text, event.sender));
      options.say(channel, account, conversation, text, { key: `pairing-${id}` });
      transactor.afterCommit(options.pairingChanged);
    }
    const waits = (asked.is === "new" || asked.is === "waiting") && keep.hold(kept);
    if (!waits) keep.settle(id, `refused: pairing ${asked.is}`);
  }

  function forgetExpired(): void {
    for (const { channel, account, sender } of pairing.expire()) {
      keep.dropHeld(channel, account, sender, "refused: pairing expired");
      transactor.afterCommit(options.pairingChanged);
    }
  }

  function isBusy(key: string): boolean {
    return inbox.hasLive(key) || entering.has(key) || line.has(key);
  }

  /** What belongs together has arrived: it becomes a turn now, or waits for the session as the queue mode says. */
  function ready(group: readonly Accepted[]): void {
    const last = group.at(-1);
    if (last === undefined) return;
    const { key } = last.route;
    const rules = policy(last.channel, last.account);
    if (rules === null) return;
    if (last.command !== null || !isBusy(key)) {
      enter(group, rules);
      return;
    }
    const { mode, cap } = rules.queue;
    const follows = mode === "followup" || mode === "steer";
    const isNext = inbox.waiting(key) === 0 && !entering.has(key) && !line.has(key);
    if (mode === "interrupt") transactor.afterCommit(() => void inbox.abort(key, null, "interrupt"));
    // While nothing has been said, the model is asked anew with this message, too; later it is followed up.
    if (mode === "steer" && isNext) transactor.afterCommit(() => inbox.steer({ key, ...last }));
    if (mode === "collect" || (follows && (line.has(key) || inbox.waiting(key) >= cap)))
      line.push(key, group);
    else enter(group, rules);
  }

  function enter(group: readonly Accepted[], rules: AccountPolicy): void {
    const fresh = keep.fresh(group.map(({ id }) => id));
    const last = group.at(-1);
    const [first, ...others] = fresh;
    if (first === undefined || last === undefined) return;
    const { channel, account, conversation, event, route, command } = last;
    const { key } = route;
    const runId = uuid();
    const earlier = command === null ? keep.context(channel, account, conversation) : [];
    for (const { id } of fresh) keep.toTurn(id, runId);
    for (const { id } of earlier) keep.settle(id, "context: told", runId);
    const firstId = keep.firstId(channel, account, event.conversation.id);
    const { named, any } = groupOf(rules, event.conversation.id, [firstId]);
    const systemPrompt =
      event.conversation.kind === "direct" ? undefined : (named?.systemPrompt ?? any?.systemPrompt);
    inbox.enter(arrivalOf({ accepted: last, messages: [first, ...others], earlier, runId, systemPrompt }));
    entering.add(key);
    transactor.afterCommit(() => entering.delete(key));
    log.info("message taken", { channel, account, conversation, session: key, runId, parts: fresh.length });
  }

  /** Begins what waits for a session, once nothing of it runs and, where messages are collected, it is quiet. */
  function drain(key: string): void {
    timers.get(key)?.();
    timers.delete(key);
    if (stopped || !line.has(key) || inbox.hasLive(key) || entering.has(key)) return;
    let quietMs = 0;
    const group = line.take(key, ({ channel, account }) => {
      const queue = policy(channel, account)?.queue;
      if (queue?.mode !== "collect") return 1;
      quietMs = line.lastAt(key) + queue.debounceMs - now();
      return queue.cap;
    });
    if (quietMs > 0) {
      line.putBack(key, group);
      timers.set(
        key,
        after(quietMs, () => drain(key)),
      );
      return;
    }
    transactor
      .transact(() => {
        const [first] = group;
        const rules = first === undefined ? null : policy(first.channel, first.account);
        if (rules !== null) enter(group, rules);
      })
      .then(
        () => drain(key),
        (error) => {
          entering.clear();
          log.error("waiting messages could not begin", { error: messageOf(error) });
          line.putBack(key, group);
          timers.set(
            key,
            after(retryMs, () => drain(key)),
          );
        },
      );
  }

  /** The request under a code, or an error that says what can be done. */
  function requestOf(code: string, channel: string | undefined): SenderRequest {
    const request = pairing.find(code);
    if (request === null || (channel !== undefined && request.channel !== channel.toLowerCase())) {
      const shown = code.trim().toUpperCase().slice(0, 20);
      throw new GatewayError("INVALID_REQUEST", {
        en: `no request with the code ${shown} waits${channel === undefined ? "" : ` on ${channel}`}; a code is good for one hour: see moltbot pairing list`,
        zh: `${channel === undefined ? "" : `${channel} 上`}没有代码为 ${shown} 的请求在等待；代码一小时内有效：请查看 moltbot pairing list`,
      });
    }
    return request;
  }

  return {
    /** Keeps events and the cursor in one transaction; resolves when that is on the disk. */
    async receive(
      channel: string,
      account: string,
      events: readonly InboundEvent[],
      cursor?: { key: string; value: string },
    ): Promise<void> {
      try {
        await transactor.transact(() => {
          const kept = keep.add(channel, account, events);
          if (cursor !== undefined) options.writeCursor(channel, account, cursor);
          if (recovered) for (const each of kept) judge(each);
        });
      } catch (error) {
        entering.clear();
        throw error;
      }
    },
    /** Takes up what an earlier process kept and did not finish; after the inbox has taken up its turns. */
    async recover(): Promise<void> {
      await save(forgetExpired);
      let lastId = 0;
      let count = 0;
      while (!recovered) {
        const part = await save(() => {
          const found = keep.undecided(lastId, recoveredAtOnce);
          for (const each of found) judge(each);
          recovered = found.length === 0;
          return found;
        });
        lastId = part.at(-1)?.id ?? lastId;
        count += part.length;
      }
      if (count > 0) log.info("messages taken up again", { count });
    },
    /** Decides anew what waits for an account that the config did not have. What waits for its turn keeps waiting. */
    async accountOpened(channel: string, account: string): Promise<void> {
      await save(() => {
        for (const each of keep.undecidedOf(channel, account)) judge(each);
      });
    },
    /** To be called when a turn has ended: what waits for its session begins. */
    ended: (key: string): void => drain(key),
    /** Lets a stranger in; what they wrote is answered now. The first who is let into an account without an owner owns it. */
    approve: (code: string, channel?: string): Promise<ApprovedSender> =>
      transactor.transact(() => {
        const request = requestOf(code, channel);
        const { account, sender, name } = request;
        const named = policy(request.channel, account)?.allowFrom ?? [];
        const isOwned = named.some((id) => id.trim() !== "*") || pairing.hasOwner(request.channel, account);
        const owner = !isOwned;
        pairing.approve(request, owner);
        for (const each of keep.release(request.channel, account, request.sender)) judge(each);
        transactor.afterCommit(options.pairingChanged);
        log.info("sender approved", { channel: request.channel, account, owner });
        return { channel: request.channel, account, sender, name, owner, approvedAt: now() };
      }),
    deny: (code: string, channel?: string): Promise<SenderRequest> =>
      transactor.transact(() => {
        const request = requestOf(code, channel);
        pairing.deny(request);
        keep.dropHeld(request.channel, request.account, request.sender, "refused: pairing denied");
        transactor.afterCommit(options.pairingChanged);
        log.info("sender denied", { channel: request.channel, account: request.account });
        return request;
      }),
    /** Shuts somebody out again; false where nobody of this name was let in. */
    forget: (channel: string, account: string, sender: string): Promise<boolean> =>
      transactor.transact(() => {
        const known = pairing.forget(channel, account, sender);
        if (known) transactor.afterCommit(options.pairingChanged);
        return known;
      }),
    prune: (): Promise<void> =>
      transactor.transact(() => {
        forgetExpired();
        keep.prune(now() - knownMs, now() - openMs);
      }),
    /** Begins nothing more; what waits is in the database. */
    stop(): void {
      stopped = true;
      gather.stop();
      line.clear();
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}
