import type { Database } from "bun:sqlite";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ChannelError } from "#src/channels/channel.ts";
import { conversationOf } from "#src/channels/conversation.ts";
import type { EventBus } from "#src/lib/bus.ts";
import type { Log } from "#src/lib/log.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { SendingAccounts } from "./accounts.ts";
import { createCaller, type OutboxClock, systemClock } from "./calls.ts";
import { createChanges } from "./changes.ts";
import { createDelivery } from "./delivery.ts";
import { type Limits, usualLimits } from "./limits.ts";
import { outboxErrors } from "./outbox-errors.ts";
import { createPacing } from "./pacing.ts";
import { createPreviewStore } from "./preview-rows.ts";
import { createQuota } from "./quota.ts";
import { createReplies } from "./replies.ts";
import { createDeliveryStore, type Delivery, type ListFilter, type NewMessage, partKey } from "./rows.ts";

export interface OutboxOptions {
  db: Database;
  transactor: Transactor;
  accounts: SendingAccounts;
  bus: EventBus;
  log: Log;
  stateDir: string;
  /** Something that the owner sees in health has changed. */
  changed: () => void;
  clock?: OutboxClock;
  limits?: Partial<Limits>;
  /** How media are fetched; a parameter so that a test can have servers. */
  media?: { lookup?: (host: string) => Promise<readonly string[]>; allows?: (address: string) => boolean };
}

/** What became of a message, all of its parts together. */
export type Verdict =
  | { is: "sent"; parts: Delivery[] }
  /** `partial`: some of it arrived; `rejected`: nothing did. */
  | { is: "rejected" | "partial" | "unknown"; error: ChannelError; parts: Delivery[] };

const keptSentMs = 7 * 24 * 3_600_000;
const keptEndedMs = 30 * 24 * 3_600_000;

/** Messages out: kept before they are sent, sent once, and listed where nobody knows. */
export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox(options: OutboxOptions) {
  const { db, transactor, accounts, bus, log, stateDir } = options;
  const clock = options.clock ?? systemClock;
  const limits = { ...usualLimits, ...options.limits };
  const store = createDeliveryStore(db, clock.now);
  const previews = createPreviewStore(db, clock.now);
  const pacing = createPacing(clock.now);
  const quota = createQuota(clock.now);
  const caller = createCaller(clock);
  const changes = createChanges({ clock, pacing, quota, caller });
  const waiting = new Map<number, Set<() => void>>();
  const mediaRoot = join(stateDir, "media");
  const media = { ...options.media, root: mediaRoot, directory: join(mediaRoot, "outbound") };

  /** Asked for once: even a module that is there costs a look-up each time. */
  let planning: Promise<typeof import("./plan.ts")> | null = null;
  const delivery = createDelivery({
    store,
    previews,
    transactor,
    accounts,
    clock,
    pacing,
    quota,
    caller,
    log,
    limits,
    async plan(written, { account }, place, policy, isShown) {
      planning ??= import("./plan.ts");
      const { planParts } = await planning;
      const to = conversationOf(place.conversation);
      if (to === null) throw new Error(`${place.conversation} is no conversation`);
      return planParts(written, { account, to, policy, media, isShown });
    },
    async insteadOf({ media: files, caption }, error) {
      const { insteadOf } = await import("./plan.ts");
      return { is: "text", document: insteadOf(files, caption, error.message) };
    },
    previewSettled: (place, runId) => replies.settled(place, runId),
    settled(message) {
      for (const tell of waiting.get(message) ?? []) tell();
      const [first] = store.parts(message);
      if (first?.runId != null && verdictOf(message) !== null) replies.unacknowledge(first, first.runId);
      options.changed();
    },
  });
  const replies = createReplies({
    store,
    previews,
    transactor,
    accounts,
    bus,
    clock,
    pacing,
    quota,
    caller,
    log,
    delivery,
  });

  /** What became of a message; null while some of it waits or is under way. */
  function verdictOf(message: number): Verdict | null {
    const parts = store.parts(message);
    const isOpen = ({ state, nextAt }: Delivery) =>
      state === "queued" || state === "sending" || (state === "unknown" && nextAt !== null);
    if (parts.some(isOpen)) return null;
    const doubtful = parts.find(({ state }) => state === "unknown");
    if (doubtful !== undefined) return { is: "unknown", error: doubtful.error ?? outboxErrors.lost, parts };
    // A file that the platform refused was answered for in words; a message ends early where its last part failed.
    const last = parts.at(-1);
    if (last !== undefined && last.state !== "rejected") return { is: "sent", parts };
    const is = parts.some(({ state }) => state === "sent") ? "partial" : "rejected";
    return { is, error: parts.find(({ state }) => state === "rejected")?.error ?? outboxErrors.lost, parts };
  }

  function wakeAfterCommit(message: NewMessage): void {
    transactor.afterCommit(() => delivery.wake(message));
  }

  return {
    replies: replies.door,
    /** Says something in a conversation; called inside a transaction, sent after its commit. */
    say(
      channel: string,
      account: string,
      conversation: string,
      text: string,
      more: { replyTo?: string; key?: string } = {},
    ): void {
      const message: NewMessage = {
        channel,
        account,
        conversation,
        origin: more.key === undefined ? null : `say:${more.key}`,
        content: { is: "markdown", text, media: [] },
        ...(more.replyTo === undefined ? {} : { replyTo: more.replyTo }),
      };
      store.add(message);
      wakeAfterCommit(message);
    },
    /** Takes a message for somebody who waits for it; a repeat under the same origin is the same message. */
    async submit(message: NewMessage): Promise<number> {
      const { id } = await transactor.transact(() => store.add(message));
      delivery.wake(message);
      return id;
    },
    /** Forgets a message of which nothing arrived, after whoever wanted it was told so. */
    async forgetRefused(message: number): Promise<void> {
      await transactor.transact(() => store.forgetRefused(message));
      options.changed();
    },
    findOrigin: (origin: string): number | null => store.findOrigin(origin)?.message ?? null,
    /**
     * Waits until it is known what became of a message. What has not left by then is taken back, so that nobody who
     * is told of a failure finds it delivered later; what is under way then is waited for.
     */
    async finished(message: number, timeoutMs: number): Promise<Verdict> {
      const known = verdictOf(message);
      if (known !== null) return known;
      const { promise, resolve } = Promise.withResolvers<Verdict>();
      const tell = () => {
        const verdict = verdictOf(message);
        if (verdict !== null) resolve(verdict);
      };
      const tellers = waiting.get(message) ?? new Set();
      waiting.set(message, tellers.add(tell));
      const withdraw = () => {
        const [late] = store.parts(message).filter(({ state }) => state === "queued");
        const error = late?.error ?? outboxErrors.notWithin(timeoutMs);
        transactor
          .transact(() => {
            store.rejectRest(message, error);
            store.endDoubt(message);
          })
          .then(tell)
          .catch((cause) => log.error("a message could not be taken back", { message, error: cause }));
        // A call that is under way may still fail in a way that would be tried again.
        cancel = clock.after(limits.firstPauseMs, withdraw);
      };
      let cancel = clock.after(timeoutMs, withdraw);
      try {
        tell();
        return await promise;
      } finally {
        cancel();
        tellers.delete(tell);
        if (tellers.size === 0) waiting.delete(message);
      }
    },
    /** Edits, removes or marks a message that is there. */
    change: changes.make,
    list: (filter: ListFilter): Delivery[] => store.list(filter),
    counts: () => store.counts(),
    depths: store.depths,
    find: (id: number): Delivery | null => store.find(id),
    /**
     * Sends again what was given up, with the rest of its message, or what nobody knows of, as its owner decided.
     * False where it is neither.
     */
    async retry(id: number): Promise<boolean> {
      const row = await transactor.transact(() => {
        const found = store.find(id);
        if (found === null || !isOver(found)) return null;
        const rest = found.state === "rejected" ? store.parts(found.message) : [];
        const again = rest.filter(({ state, ordinal }) => state === "rejected" && ordinal > found.ordinal);
        for (const each of [found, ...again]) store.anew(each.id, partKey());
        return found;
      });
      if (row === null) return false;
      delivery.wake(row);
      options.changed();
      return true;
    },
    /** Forgets a part that is not on its way. False where it is, or where there is none. */
    async discard(id: number): Promise<boolean> {
      const gone = await transactor.transact(() => {
        const row = store.find(id);
        if (row === null || row.state === "sending" || row.state === "sent") return null;
        store.remove(id);
        return row;
      });
      if (gone === null) return false;
      delivery.wake(gone);
      options.changed();
      return true;
    },
    /** Where something was last said for a session. */
    lastPlace: (sessionKey: string) => store.lastPlace(sessionKey),
    /** What the owner has to look at, in sentences. */
    problems(): { id: string; message: string; zh: string }[] {
      const { unknown = 0 } = store.counts();
      const told = (count: number, what: string, zh: string) => {
        if (count === 0) return [];
        const see = "moltbot outbox list";
        const message = `${count} message${count === 1 ? "" : "s"} ${what}; see: ${see}`;
        return [{ id: "outbox", message, zh: `有 ${count} 条消息${zh}；请运行：${see}` }];
      };
      return [
        ...told(unknown, "may or may not have arrived", "不确定是否送达"),
        ...told(store.givenUp(), "could not be sent", "未能发送"),
      ];
    },
    /** Where files for messages are kept and may be taken from. */
    media,
    limits,
    wakeAccount: delivery.wakeAccount,
    async recover(): Promise<void> {
      // There from the start, for people to put files into.
      await mkdir(mediaRoot, { recursive: true, mode: 0o700 }).catch((error: unknown) =>
        log.warn("there is no directory for files", { error }),
      );
      await delivery.recover();
    },
    async prune(): Promise<void> {
      const at = clock.now();
      await transactor.transact(() => {
        store.prune(at - keptSentMs, at - keptEndedMs);
        previews.prune(at - keptEndedMs);
      });
      const { forgetMedia } = await import("./media/keep.ts");
      await forgetMedia(media.directory, at - keptEndedMs);
    },
    async stop(graceMs: number): Promise<void> {
      replies.stop();
      changes.stop();
      await delivery.stop(graceMs);
    },
  };
}

function isOver({ state, nextAt }: Delivery): boolean {
  return state === "rejected" || (state === "unknown" && nextAt === null);
}
