import type { ChannelError, OutboundPart, SendOutcome } from "#src/channels/channel.ts";
import { conversationOf } from "#src/channels/conversation.ts";
import type { MessageRef } from "#src/channels/inbound.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { canSend, type ReplyPolicy, type SendingAccount, type SendingAccounts } from "./accounts.ts";
import type { Caller, OutboxClock } from "./calls.ts";
import { type Limits, pauseAfter } from "./limits.ts";
import { contextOf, lookUp } from "./look-up.ts";
import { outboxErrors } from "./outbox-errors.ts";
import type { Pacing } from "./pacing.ts";
import { createPreviewFinder } from "./preview-finder.ts";
import type { Preview, PreviewStore } from "./preview-rows.ts";
import type { Quota } from "./quota.ts";
import type { Delivery, DeliveryStore, Place, Written } from "./rows.ts";

export interface DeliveryOptions {
  store: DeliveryStore;
  previews: PreviewStore;
  transactor: Transactor;
  accounts: SendingAccounts;
  clock: OutboxClock;
  pacing: Pacing;
  quota: Quota;
  caller: Caller;
  log: Log;
  limits: Limits;
  /** Makes parts of something written. */
  plan: (
    written: Written,
    open: SendingAccount,
    place: Place,
    policy: ReplyPolicy,
    isShown: boolean,
  ) => Promise<OutboundPart[]>;
  /** Words for files that the platform does not take. */
  insteadOf: (part: OutboundPart & { is: "media" }, error: ChannelError) => Promise<OutboundPart>;
  /** Resolves when nothing is under way any more about the preview of a run. */
  previewSettled: (place: Place, runId: string) => Promise<void>;
  /** A part has been sent or given up, or nobody knows; called after that is on the disk. */
  settled: (message: number) => void;
}

interface Lane {
  place: Place;
  running: boolean;
  again: boolean;
  cancel: () => void;
}

/**
 * Sends what the outbox's rows say: one part at a time per conversation, in order. A part that certainly was not
 * delivered is tried again; one that may have been is looked into where the platform can say, and the parts behind it
 * wait for that; where it cannot say, the part stays unknown and those behind it go on.
 */
export function createDelivery(options: DeliveryOptions) {
  const { store, previews, transactor, accounts, clock, pacing, quota, caller, log, limits } = options;
  const { now } = clock;
  const lanes = new Map<string, Lane>();
  const active = new Set<Promise<void>>();
  const looks = new Map<number, number>();
  const looking = { clock, log, timeoutMs: limits.textTimeoutMs };
  const previewOf = createPreviewFinder({ ...options, looking, looks, write });
  let stopping = false;

  function wake(place: Place): void {
    if (stopping) return;
    const { channel, account, conversation } = place;
    const id = JSON.stringify([channel, account, conversation]);
    let lane = lanes.get(id);
    if (lane === undefined) {
      lane = { place: { channel, account, conversation }, running: false, again: false, cancel: () => {} };
      lanes.set(id, lane);
    }
    lane.again = true;
    if (!lane.running) start(id, lane);
  }

  function start(id: string, lane: Lane): void {
    lane.cancel();
    lane.cancel = () => {};
    lane.running = true;
    const work = drain(lane)
      .catch((error) => {
        log.error("delivery failed", { ...lane.place, error });
        return limits.absentMs;
      })
      .then((waitMs) => {
        lane.running = false;
        active.delete(work);
        if (stopping) return;
        if (lane.again) start(id, lane);
        else if (waitMs === null) lanes.delete(id);
        else lane.cancel = clock.after(Math.max(1, waitMs), () => start(id, lane));
      });
    active.add(work);
  }

  /** Works until nothing is left, or returns how long the next one has to wait. */
  async function drain(lane: Lane): Promise<number | null> {
    while (!stopping) {
      lane.again = false;
      const row = store.first(lane.place);
      if (row === null || row.state === "sending") return null;
      const due = row.nextAt ?? 0;
      if (due > now()) return due - now();
      const waitMs = await step(row);
      if (waitMs > 0) return waitMs;
    }
    return null;
  }

  /** Brings the first part of a conversation on by one step; how long it then has to wait, 0 for not at all. */
  async function step(row: Delivery): Promise<number> {
    const to = conversationOf(row.conversation);
    if (to === null) {
      await giveUp(row, outboxErrors.noConversation(row.conversation));
      return 0;
    }
    if (row.state === "queued" && now() - row.createdAt > limits.maxAgeMs) {
      await giveUp(row, row.error ?? outboxErrors.tooOld(limits.maxAgeMs));
      return 0;
    }
    const open = accounts.find(row.channel, row.account);
    if (open === null || !canSend(open)) return limits.absentMs;
    const free = pacing.freeAt(row) - now();
    if (free > 0) return free;
    const preview = row.ordinal === 0 && row.runId !== null ? await previewOf(row, row.runId, open) : null;
    if (preview === "wait") return limits.firstPauseMs;
    const { replyInterval } = accounts.policy(row.channel, row.account);
    const rest = row.ordinal === 0 && preview === null ? pacing.restUntil(row, replyInterval) - now() : 0;
    if (rest > 0) return rest;
    if (row.state === "unknown") return lookInto(row, open, preview);
    const { content } = row;
    if (content.is !== "markdown")
      return preview === null ? send(row, content, open) : finishPreview(row, content, preview, open);
    await divide(row, content, open, preview !== null);
    return 0;
  }

  async function divide(
    row: Delivery,
    written: Written,
    open: SendingAccount,
    isShown: boolean,
  ): Promise<void> {
    const policy = accounts.policy(row.channel, row.account);
    let parts: OutboundPart[];
    try {
      parts = await options.plan(written, open, row, policy, isShown);
    } catch (error) {
      log.error("message could not be made into parts", { id: row.id, error });
      return giveUp(row, { kind: "invalid", message: messageOf(error) });
    }
    const [first] = parts;
    if (first === undefined) return giveUp(row, outboxErrors.empty);
    const answers = row.replyTo !== null && policy.replyTo !== "off";
    const contents = parts.map((content, index) => ({
      content,
      replyTo: answers && (index === 0 || policy.replyTo === "all") ? row.replyTo : null,
    }));
    const still = accounts.find(row.channel, row.account);
    // What is shown already is finished in its own way, by the next step.
    const mayGoOn = !isShown && !stopping && pacing.freeAt(row) <= now();
    if (mayGoOn && still !== null && canSend(still) && waitFor(row, still, first) === 0) {
      if (await begin(row, () => store.divide(row, contents)))
        await pass({ ...row, ...contents[0] }, first, still);
    } else await transactor.transact(() => isQueued(row) && store.divide(row, contents));
  }

  /** Whether the row still waits: whoever wanted it may have been told meanwhile that it failed. */
  const isQueued = (row: Delivery) => store.find(row.id)?.state === "queued";

  /** How long the platform's limits make a part wait; 0 where it may go, which is counted then. */
  function waitFor(row: Delivery, { account }: SendingAccount, part: OutboundPart): number {
    const to = conversationOf(row.conversation);
    const messages = part.is === "media" ? part.media.length : 1;
    return to === null ? 0 : quota.take(row, account.capabilities(to).rates, "message", messages);
  }

  async function send(row: Delivery, part: OutboundPart, open: SendingAccount): Promise<number> {
    const waitMs = waitFor(row, open, part);
    if (waitMs > 0) return waitMs;
    if (await begin(row)) await pass(row, part, open);
    return 0;
  }

  /** Notes that the platform is about to be asked; false where the row does not wait any more. */
  function begin(row: Delivery, before: () => void = () => {}): Promise<boolean> {
    return transactor.transact(() => {
      if (!isQueued(row)) return false;
      before();
      store.sending(row.id);
      return true;
    });
  }

  /** Hands a part to the platform; the row says so already. */
  async function pass(row: Delivery, part: OutboundPart, open: SendingAccount): Promise<void> {
    pacing.used(row);
    const timeoutMs = part.is === "media" ? limits.mediaTimeoutMs : limits.textTimeoutMs;
    const outcome = await caller.ask((signal) => open.account.send(part, contextOf(row, signal)), timeoutMs);
    await settle(row, outcome, part);
  }

  async function settle(row: Delivery, outcome: SendOutcome, part: OutboundPart): Promise<void> {
    if (outcome.is === "sent") return arrived(row, outcome.ref);
    const { error } = outcome;
    log.warn("message was not sent", {
      id: row.id,
      channel: row.channel,
      outcome: outcome.is,
      error: error.message,
    });
    if (outcome.is === "unknown") {
      const lookAt = isResolvable(row) ? now() + limits.firstPauseMs : null;
      await write(() => store.doubt(row.id, error, lookAt));
      if (lookAt === null) options.settled(row.message);
      return;
    }
    if (error.kind === "rate") pacing.tooMany(row, error.retryAfterMs ?? limits.firstPauseMs);
    if (outcome.retry) return tryAgain(row, error);
    const isRefused = part.is === "media" && ["too-large", "unsupported", "invalid"].includes(error.kind);
    if (!isRefused || part.is !== "media") return giveUp(row, error);
    const content = await options.insteadOf(part, error);
    await write(() => {
      store.insertAfter(row, [{ content, replyTo: row.replyTo }]);
      store.reject(row.id, error);
    });
    options.settled(row.message);
  }

  async function tryAgain(row: Delivery, error: ChannelError): Promise<void> {
    const at = now() + pauseAfter(limits, row.attempts + 1, error.retryAfterMs);
    if (at > row.createdAt + limits.maxAgeMs) return giveUp(row, error);
    await write(() => store.again(row.id, at, error));
  }

  async function arrived(row: Delivery, ref: MessageRef): Promise<void> {
    await write(() => {
      store.sent(row.id, ref);
      if (row.runId !== null && row.ordinal === 0) previews.remove(row, row.runId);
    });
    looks.delete(row.id);
    pacing.said(row);
    options.settled(row.message);
  }

  /** The part will not be sent, and with it what follows it in its message. */
  async function giveUp(row: Delivery, error: ChannelError): Promise<void> {
    await write(() => {
      store.reject(row.id, error);
      store.rejectRest(row.message, error);
    });
    log.error("message given up", { id: row.id, channel: row.channel, error: error.message });
    options.settled(row.message);
  }

  /** What a platform said has to be kept; until the disk takes it, nothing else happens in the conversation. */
  async function write(work: () => unknown): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await transactor.transact(work);
        return;
      } catch (error) {
        log.error("the outbox could not be written", { error });
        if (stopping) throw error;
        const { promise, resolve } = Promise.withResolvers<void>();
        clock.after(pauseAfter(limits, Math.min(attempt, 6)), resolve);
        await promise;
      }
    }
  }

  function isResolvable(row: Delivery): boolean {
    const to = conversationOf(row.conversation);
    const open = accounts.find(row.channel, row.account);
    if (to === null || open === null) return true;
    const way = open.account.capabilities(to).idempotentSend;
    return way === "by-key" || (way === "by-lookup" && open.account.lookup !== undefined);
  }

  /** Finds out what became of a part whose outcome is unknown, where the platform can say. */
  async function lookInto(row: Delivery, open: SendingAccount, preview: Preview | null): Promise<number> {
    // An edit may be repeated.
    if (preview !== null && row.content.is !== "markdown") {
      await write(() => store.again(row.id, now(), row.error));
      return 0;
    }
    const error = row.error ?? outboxErrors.doubtful;
    const seen = (looks.get(row.id) ?? 0) + 1;
    const to = conversationOf(row.conversation);
    const way = to === null ? "no" : open.account.capabilities(to).idempotentSend;
    const isFresh = now() - (row.triedAt ?? 0) <= limits.keyValidMs;
    if (seen > limits.looks || way === "no" || (way === "by-key" && !isFresh))
      return leaveUnknown(row, error);
    looks.set(row.id, seen);
    // Whoever wanted it may be told meanwhile that nobody knows; then it stays so.
    const isDoubted = () => (store.find(row.id)?.nextAt ?? null) !== null;
    if (way === "by-key") {
      await write(() => isDoubted() && store.again(row.id, now(), error));
      return 0;
    }
    const found = await lookUp(row, open, looking);
    if (found === undefined) {
      await write(() => isDoubted() && store.doubt(row.id, error, now() + pauseAfter(limits, seen + 1)));
    } else if (found === null) {
      looks.delete(row.id);
      await write(() => isDoubted() && store.again(row.id, now(), error));
    } else {
      await arrived(row, found);
    }
    return 0;
  }

  async function leaveUnknown(row: Delivery, error: ChannelError): Promise<number> {
    looks.delete(row.id);
    await write(() => store.doubt(row.id, error, null));
    log.warn("nobody knows whether a message arrived", { id: row.id, channel: row.channel });
    options.settled(row.message);
    return 0;
  }

  /** Finishes the message that people watched being written. */
  async function finishPreview(
    row: Delivery,
    part: OutboundPart,
    { ref, runId }: Preview,
    open: SendingAccount,
  ): Promise<number> {
    const { account } = open;
    const { edit, remove } = account;
    if (ref === null || edit === undefined || part.is !== "text") {
      if (ref !== null && remove !== undefined)
        await caller.ask((signal) => remove.call(account, ref, signal), limits.textTimeoutMs);
      await write(() => previews.remove(row, runId));
      return 0;
    }
    const waitMs = waitFor(row, open, part);
    if (waitMs > 0) return waitMs;
    if (!(await begin(row))) return 0;
    pacing.used(row);
    const outcome = await caller.ask(
      (signal) => edit.call(account, ref, part.document, signal),
      limits.textTimeoutMs,
    );
    if (outcome.is === "sent") {
      await arrived(row, ref);
      return 0;
    }
    const { error } = outcome;
    if (error.kind === "rate") pacing.tooMany(row, error.retryAfterMs ?? limits.firstPauseMs);
    if (outcome.is === "unknown" && row.attempts >= limits.looks) {
      return leaveUnknown(row, error);
    }
    if (outcome.is === "unknown" || outcome.retry) {
      await tryAgain(row, error);
      return 0;
    }
    log.info("preview could not be finished; the reply goes out anew", { id: row.id, error: error.message });
    if (error.kind !== "gone" && remove !== undefined)
      await caller.ask((signal) => remove.call(account, ref, signal), limits.textTimeoutMs);
    await write(() => {
      previews.remove(row, runId);
      store.again(row.id, now(), error);
    });
    return 0;
  }

  return {
    wake,
    /** An account has come back. */
    wakeAccount(channel: string, account: string): void {
      for (const place of store.lanesOf(channel, account)) wake(place);
    },
    /** Whether nothing waits in a conversation. */
    isIdle: (place: Place): boolean => store.first(place) === null,
    /** Takes up what an earlier process left. What was under way then has an unknown outcome. */
    async recover(): Promise<void> {
      await write(() => {
        previews.interrupted();
        store.interrupted(outboxErrors.interrupted);
      });
      for (const place of store.lanes()) wake(place);
    },
    /** Begins nothing more and waits for what is under way; what does not end in time is unknown at the next start. */
    async stop(graceMs: number): Promise<void> {
      stopping = true;
      for (const lane of lanes.values()) lane.cancel();
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(graceMs, () => {
        caller.abort();
        clock.after(500, resolve);
      });
      await Promise.race([Promise.all(active), promise]);
      cancel();
    },
  };
}
