import { conversationOf } from "#src/channels/conversation.ts";
import type { MessageRef } from "#src/channels/inbound.ts";
import type { EventBus } from "#src/lib/bus.ts";
import type { Log } from "#src/lib/log.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { ReplyPolicy, SendingAccount, SendingAccounts } from "./accounts.ts";
import type { Caller, OutboxClock } from "./calls.ts";
import type { Pacing } from "./pacing.ts";
import { type LivePreview, openPreview } from "./preview.ts";
import type { PreviewStore } from "./preview-rows.ts";
import type { Quota } from "./quota.ts";
import type { DeliveryStore, Place } from "./rows.ts";
import { keepTyping } from "./typing.ts";

/** A message that came in on a channel and that a run answers. */
export interface AnsweredTurn {
  channel: string;
  account: string;
  conversation: string;
  messageId: string;
  runId: string;
  sessionKey: string;
}

export interface RepliesOptions {
  store: DeliveryStore;
  previews: PreviewStore;
  transactor: Transactor;
  accounts: SendingAccounts;
  bus: EventBus;
  clock: OutboxClock;
  pacing: Pacing;
  quota: Quota;
  caller: Caller;
  log: Log;
  delivery: { wake(place: Place): void; isIdle(place: Place): boolean };
}

interface Shown {
  turn: AnsweredTurn;
  /** Begins to type where that is not begun yet. */
  type: () => void;
  typingFrom: ReplyPolicy["typing"]["from"];
  stopTyping: () => void;
  preview: LivePreview | null;
}

/** How the inbox has its turns answered where they came from. */
export interface Replies {
  /** A run begins: shows that the message was seen, that an answer is being written, and the answer as it grows. */
  begin(turn: AnsweredTurn): void;
  /** The reply of a run, or null for none; called inside the transaction that ends the turn, sent after its commit. */
  conclude(turn: AnsweredTurn, reply: { text: string; media?: readonly string[] } | null): void;
  /** The run failed, was stopped or has nothing to say: what was shown of it goes. */
  dropped(turn: AnsweredTurn): void;
}

const callTimeoutMs = 30_000;
const usualAck = "👀";

/** Replies to turns of channels, and what people see until one is there. */
export function createReplies(options: RepliesOptions) {
  const { store, previews, transactor, accounts, bus, clock, pacing, quota, caller, log, delivery } = options;
  const live = new Map<string, Shown>();
  /** What takes back the reactions that said seen. */
  const acks = new Map<string, () => void>();
  const idOf = ({ channel, account }: Pick<Place, "channel" | "account">, runId: string) =>
    JSON.stringify([channel, account, runId]);

  const stopListening = bus.listen((event, payload) => {
    if (live.size === 0) return;
    if (event === "agent") {
      const { runId, stream } = payload as Extract<typeof payload, { stream: unknown }>;
      if (stream === "lifecycle") return;
      for (const { turn, type, typingFrom } of live.values())
        if (turn.runId === runId && typingFrom === "thinking") type();
    }
    if (event !== "chat") return;
    const chat = payload as Extract<typeof payload, { state: unknown; runId: string }>;
    if (chat.state !== "delta") return;
    for (const { turn, preview, type } of live.values()) {
      if (turn.runId !== chat.runId) continue;
      type();
      preview?.show(chat.message.content.map((part) => (part.type === "text" ? part.text : "")).join(""));
    }
  });

  function begin(turn: AnsweredTurn): void {
    const id = idOf(turn, turn.runId);
    const open = accounts.find(turn.channel, turn.account);
    const to = conversationOf(turn.conversation);
    if (open === null || to === null || live.has(id)) return;
    try {
      const policy = accounts.policy(turn.channel, turn.account);
      const { from: typingFrom, everyMs } = policy.typing;
      let stopTyping: (() => void) | null = null;
      let isOver = typingFrom === "never";
      const shown: Shown = {
        turn,
        typingFrom,
        type() {
          if (!isOver) stopTyping ??= keepTyping(open.account, to, clock, everyMs);
        },
        stopTyping() {
          isOver = true;
          stopTyping?.();
        },
        preview: openPreview({
          place: turn,
          runId: turn.runId,
          to,
          replyTo: policy.replyTo === "off" ? null : turn.messageId,
          open,
          policy,
          previews,
          transactor,
          clock,
          pacing,
          quota,
          caller,
          log,
          isIdle: () => delivery.isIdle(turn),
        }),
      };
      live.set(id, shown);
      if (typingFrom === "instant") shown.type();
      acknowledge(turn, open, policy);
    } catch (error) {
      // What is shown beforehand is a courtesy; the answer does not depend on it.
      log.warn("nothing is shown of an answer that is being written", { runId: turn.runId, error });
    }
  }

  function acknowledge(turn: AnsweredTurn, { account }: SendingAccount, policy: ReplyPolicy): void {
    const to = conversationOf(turn.conversation);
    const emoji = policy.ackReaction;
    if (to === null || emoji === null || emoji === "" || account.react === undefined) return;
    const isDirect = to.kind === "direct";
    const wanted =
      policy.ackScope === "all" ||
      (policy.ackScope === "direct" ? isDirect : policy.ackScope !== "off" && !isDirect);
    if (!wanted || account.capabilities(to).reaction.level === "no") return;
    const ref: MessageRef = { conversation: to, id: turn.messageId };
    const react = async (sign: string, instead: string | null = null): Promise<void> => {
      const outcome = await caller.ask(
        (signal) => account.react?.(ref, sign, signal) ?? Promise.reject(new Error("no reactions")),
        callTimeoutMs,
      );
      if (outcome.is === "sent") return;
      log.debug("no reaction", { runId: turn.runId, error: outcome.error.message });
      // The channel knows what comes nearest; where nothing does, any reaction says that the message was seen.
      if (outcome.error.kind === "unsupported" && instead !== null && instead !== sign) await react(instead);
    };
    const given = react(emoji, usualAck);
    if (policy.removeAck) acks.set(idOf(turn, turn.runId), () => void given.then(() => react("")));
  }

  /** The answer is there, or none will come. */
  function unacknowledge(place: Pick<Place, "channel" | "account">, runId: string): void {
    const id = idOf(place, runId);
    acks.get(id)?.();
    acks.delete(id);
  }

  /** Ends what is shown before the answer; resolves when nothing of it is under way. */
  function hide(turn: AnsweredTurn): Promise<void> {
    const id = idOf(turn, turn.runId);
    const shown = live.get(id);
    if (shown === undefined) return Promise.resolve();
    shown.stopTyping();
    return (shown.preview?.end() ?? Promise.resolve()).finally(() => live.delete(id));
  }

  /** Takes back the beginning of an answer that never came. */
  async function retract(turn: AnsweredTurn): Promise<void> {
    await hide(turn);
    const preview = previews.find(turn.channel, turn.account, turn.runId);
    if (preview === null) return;
    const account = accounts.find(turn.channel, turn.account)?.account;
    const { ref } = preview;
    if (ref !== null && account?.remove !== undefined) {
      const outcome = await caller.ask(
        (signal) => account.remove?.(ref, signal) ?? Promise.reject(new Error("no removals")),
        callTimeoutMs,
      );
      if (outcome.is !== "sent")
        log.info("the beginning of an answer stays in the chat", {
          runId: turn.runId,
          error: outcome.error.message,
        });
    }
    await transactor.transact(() => previews.remove(turn, turn.runId));
  }

  function dropped(turn: AnsweredTurn): void {
    unacknowledge(turn, turn.runId);
    retract(turn).catch((error) => log.warn("preview could not be taken back", { runId: turn.runId, error }));
  }

  const door: Replies = {
    begin,
    conclude(turn, reply) {
      const text = reply?.text ?? "";
      const media = reply?.media ?? [];
      if (reply === null || (text.trim() === "" && media.length === 0)) {
        transactor.afterCommit(() => dropped(turn));
        return;
      }
      const { channel, account, conversation, messageId, runId, sessionKey } = turn;
      store.add({
        channel,
        account,
        conversation,
        origin: `reply:${channel}:${account}:${runId}`,
        runId,
        sessionKey,
        content: { is: "markdown", text, media },
        replyTo: messageId,
      });
      transactor.afterCommit(() => {
        void hide(turn);
        delivery.wake(turn);
      });
    },
    dropped,
  };

  return {
    door,
    unacknowledge,
    /** Resolves when nothing is under way any more about the preview of a run. */
    settled: (place: Place, runId: string): Promise<void> =>
      live.get(idOf(place, runId))?.preview?.end() ?? Promise.resolve(),
    stop(): void {
      stopListening();
      for (const { stopTyping, preview } of live.values()) {
        stopTyping();
        void preview?.end();
      }
    },
  };
}
