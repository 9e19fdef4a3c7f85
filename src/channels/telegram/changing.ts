import type { ChannelError, ConversationRef, Host, SendOutcome } from "../channel.ts";
import type { Document } from "../document.ts";
import type { MessageRef } from "../inbound.ts";
import { type ApiSignal, deadline, type TelegramApi } from "./api.ts";
import { addressOf } from "./conversations.ts";
import { worded } from "./error-texts.ts";
import { refusalText, toOutcome } from "./errors.ts";
import { measure, render, textMax } from "./format.ts";
import { reactionFor } from "./reactions.ts";
import { readable } from "./sending.ts";

interface Changer {
  api: TelegramApi;
  host: Host<{ linkPreview?: boolean }>;
}

const answerMs = 30_000;

/** Puts another text in the place of a message's text, or of its caption. */
export function edit({ api, host }: Changer, ref: MessageRef, document: Document, signal: AbortSignal) {
  const length = measure(document);
  if (length > textMax) {
    const words = worded((say) => ({ message: say.textTooLong(length, textMax) }));
    return Promise.resolve(rejected({ kind: "too-large", ...words }));
  }
  const preview = host.settings.linkPreview === false ? { link_preview_options: { is_disabled: true } } : {};
  const { chat } = addressOf(ref.conversation);
  const id = Number(ref.id);
  return outcome(host, ref, signal, async (limited) => {
    try {
      await readable(document, (text, mode) =>
        api.call.editMessageText(chat, id, text, { ...preview, ...mode }, limited),
      );
    } catch (cause) {
      const refusal = refusalText(cause);
      // It says already what it should say.
      if (refusal.includes("message is not modified")) return;
      if (!refusal.includes("no text in the message")) throw cause;
      await readable(document, (caption, mode) =>
        api.call.editMessageCaption(chat, id, { caption, ...mode }, limited),
      );
    }
  });
}

/** Deletes a message for everyone. One that is gone already is deleted. */
export function remove({ api, host }: Changer, ref: MessageRef, signal: AbortSignal) {
  return outcome(host, ref, signal, async (limited) => {
    try {
      await api.call.deleteMessage(addressOf(ref.conversation).chat, Number(ref.id), limited);
    } catch (cause) {
      if (!refusalText(cause).includes("message to delete not found")) throw cause;
    }
  });
}

/** Puts our reaction on a message, in place of the one before. */
export function react({ api, host }: Changer, ref: MessageRef, emoji: string, signal: AbortSignal) {
  const known = emoji === "" ? null : reactionFor(emoji);
  if (emoji !== "" && known === null) {
    const said = worded((say) => ({ message: say.noReaction(emoji), hint: say.ownReaction }));
    return Promise.resolve(rejected({ kind: "unsupported", ...said }));
  }
  const reactions = known === null ? [] : [{ type: "emoji", emoji: known } as const];
  return outcome(host, ref, signal, async (limited) => {
    const { chat } = addressOf(ref.conversation);
    await api.call.setMessageReaction(chat, Number(ref.id), reactions, {}, limited);
  });
}

/** Shows that something is being written; Telegram shows it for five seconds. */
export async function typing({ api, host }: Changer, { id, thread }: ConversationRef, signal: AbortSignal) {
  using limit = deadline(host, answerMs, signal);
  const topic = thread === undefined ? {} : { message_thread_id: Number(thread) };
  await api.call.sendChatAction(Number(id), "typing", topic, limit.signal);
}

/** Shows text that is being written, in a chat with one person. */
export async function draft({ api, host }: Changer, to: ConversationRef, id: number, document: Document) {
  using limit = deadline(host, answerMs, new AbortController().signal);
  const { chat, topic } = addressOf(to);
  await api.call.sendMessageDraft(
    chat,
    id,
    render(document).html,
    { ...topic, parse_mode: "HTML" },
    limit.signal,
  );
}

async function outcome(
  host: Pick<Host, "clock">,
  ref: MessageRef,
  signal: AbortSignal,
  ask: (signal: ApiSignal) => Promise<void>,
): Promise<SendOutcome> {
  if (!/^[1-9]\d{0,15}$/.test(ref.id)) {
    const message = `"${ref.id.slice(0, 64)}" is no message of Telegram`;
    return rejected({
      kind: "invalid",
      message,
      hint: "give the number that stands in the answer to its sending",
    });
  }
  using limit = deadline(host, answerMs, signal);
  try {
    await ask(limit.signal);
    return { is: "sent", ref };
  } catch (cause) {
    return toOutcome(cause);
  }
}

function rejected(error: ChannelError): SendOutcome {
  return { is: "rejected", error, retry: false };
}
