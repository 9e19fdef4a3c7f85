import type { Message } from "grammy/types";
import type { ConversationRef, Host, OutboundPart, SendContext, SendOutcome } from "../channel.ts";
import type { Document } from "../document.ts";
import { type ApiSignal, deadline, type TelegramApi } from "./api.ts";
import { addressOf } from "./conversations.ts";
import { worded } from "./error-texts.ts";
import { migratedTo, refusalText, toOutcome } from "./errors.ts";
import { captionMax, measure, render, textMax } from "./format.ts";
import { kindFor, sendAlbum, sendOne } from "./media.ts";
import type { SentPoll } from "./receive.ts";
import type { TelegramSettings } from "./settings.ts";
import type { Shelf } from "./shelf.ts";

/** What sending needs of the account. */
export interface Sender {
  api: TelegramApi;
  host: Host<TelegramSettings>;
  buttons: Shelf;
  polls: Shelf;
  /** Until when Telegram wants nothing for a chat. */
  pauses: Map<string, number>;
}

/** One attempt: the place, and until when. */
type Attempt = Omit<SendContext, "signal"> & { signal: ApiSignal };
type Part<Is extends OutboundPart["is"]> = Extract<OutboundPart, { is: Is }>;

const answerMs = 30_000;
const uploadMs = 300_000;
const buttonMark = "=";
const dataBytes = 64;
const pausesKept = 1000;
const leastPollSeconds = 5;
const mostPollHours = 730;

/** Sends one part, and says what became of it. Nothing that may have arrived is sent again here. */
export async function send(sender: Sender, part: OutboundPart, context: SendContext): Promise<SendOutcome> {
  const { host, pauses } = sender;
  if (context.signal.aborted) {
    const error = { kind: "network", ...worded((say) => ({ message: say.givenUp })) } as const;
    return { is: "rejected", error, retry: true };
  }
  const refused = refusalOf(part);
  if (refused !== null) return refused;
  const chat = context.to.id;
  const wait = (pauses.get(chat) ?? 0) - host.clock.now();
  if (wait > 0) {
    const error = {
      kind: "rate",
      ...worded((say) => ({ message: say.pause })),
      retryAfterMs: wait,
    } as const;
    return { is: "rejected", error, retry: true };
  }
  const outcome = await attempt(sender, part, context);
  if (outcome.is === "rejected" && outcome.error.kind === "rate") {
    pauses.delete(chat);
    for (const first of pauses.keys()) if (pauses.size >= pausesKept) pauses.delete(first);
    pauses.set(chat, host.clock.now() + (outcome.error.retryAfterMs ?? 1000));
  }
  return outcome;
}

/** What Telegram would refuse for sure, said without asking it. */
function refusalOf(part: OutboundPart): SendOutcome | null {
  const tooLong = (
    what: "textTooLong" | "captionTooLong",
    length: number,
    max: number,
  ): SendOutcome | null =>
    length <= max
      ? null
      : {
          is: "rejected",
          error: {
            kind: "too-large",
            ...worded((say) => ({ message: say[what](length, max) })),
          },
          retry: false,
        };
  if (part.is === "text") return tooLong("textTooLong", measure(part.document), textMax);
  if (part.is === "media" && part.caption)
    return tooLong("captionTooLong", measure(part.caption), captionMax);
  if (part.is === "poll" && (part.durationMs ?? 0) > mostPollHours * 3_600_000) {
    const words = worded((say) => ({ message: say.pollTooLong(mostPollHours) }));
    return { is: "rejected", error: { kind: "invalid", ...words }, retry: false };
  }
  return null;
}

async function attempt(
  sender: Sender,
  part: OutboundPart,
  context: SendContext,
  mayMove = true,
): Promise<SendOutcome> {
  using limit = deadline(sender.host, part.is === "media" ? uploadMs : answerMs, context.signal);
  try {
    const message = await carry(sender, part, { ...context, signal: limit.signal });
    return { is: "sent", ref: { conversation: context.to, id: String(message.message_id) } };
  } catch (cause) {
    const moved = migratedTo(cause);
    if (moved === null || !mayMove) return toOutcome(cause);
    const to: ConversationRef = { kind: "group", id: String(moved) };
    return attempt(sender, part, { ...context, to }, false);
  }
}

function carry(sender: Sender, part: OutboundPart, context: Attempt): Promise<Message> {
  switch (part.is) {
    case "text":
      return sendText(sender, part, context);
    case "media":
      return sendMedia(sender, part, context);
    case "poll":
      return sendPoll(sender, part, context);
  }
}

async function sendText(sender: Sender, part: Part<"text">, context: Attempt): Promise<Message> {
  const { api, host } = sender;
  const { chat, ...options } = optionsFor(part, context);
  const keyboard = await keyboardOf(sender, part);
  const preview = host.settings.linkPreview === false ? { link_preview_options: { is_disabled: true } } : {};
  const other = { ...options, ...preview, ...keyboard };
  return readable(part.document, (text, mode) =>
    api.call.sendMessage(chat, text, { ...other, ...mode }, context.signal),
  );
}

async function sendMedia({ api }: Sender, part: Part<"media">, context: Attempt): Promise<Message> {
  const { chat, ...other } = optionsFor(part, context);
  const { caption = { blocks: [] }, media } = part;
  return readable(caption, async (text, mode) => {
    const options = {
      chat,
      other,
      caption: text === "" ? {} : { caption: text, ...mode },
      signal: context.signal,
    };
    const [file] = media;
    if (file === undefined) throw new RangeError("a media part has no file");
    if (media.length > 1) {
      const [first] = await sendAlbum(api.call, media, options);
      if (first === undefined) throw new RangeError("an album came back empty");
      return first;
    }
    const kind = kindFor(file);
    try {
      return await sendOne(api.call, file, kind, options);
    } catch (cause) {
      // It certainly was not taken as what it is; as a plain file it may be.
      const isOwnKind =
        /photo_invalid|image_process|voice_messages_forbidden|wrong file type|sticker_|webpage_/;
      if (kind === "document" || !isOwnKind.test(refusalText(cause))) throw cause;
      return sendOne(api.call, file, kind === "voice" ? "audio" : "document", options);
    }
  });
}

/** When Telegram closes a poll by itself. */
function openFor({ durationMs }: Part<"poll">): { open_period?: number } {
  if (durationMs === undefined) return {};
  return { open_period: Math.max(Math.round(durationMs / 1000), leastPollSeconds) };
}

async function sendPoll(sender: Sender, part: Part<"poll">, context: Attempt): Promise<Message> {
  const { chat, ...other } = optionsFor(part, context);
  const message = await sender.api.call.sendPoll(
    chat,
    part.question,
    part.options.map((text) => ({ text })),
    // Only who votes openly is told to us; a broadcast channel allows no open votes.
    {
      ...other,
      ...openFor(part),
      allows_multiple_answers: part.multiple,
      is_anonymous: context.to.kind === "channel",
    },
    context.signal,
  );
  const kept: SentPoll = {
    conversation: context.to,
    message: String(message.message_id),
    options: part.options,
  };
  await sender.polls.put(JSON.stringify(kept), message.poll.id);
  return message;
}

/** Tries with formatting; where Telegram cannot read that, the same document goes as plain text. */
export async function readable<T>(
  document: Document,
  ask: (text: string, mode: { parse_mode?: "HTML" }) => Promise<T>,
): Promise<T> {
  const { html, plain } = render(document);
  try {
    return await ask(html, { parse_mode: "HTML" });
  } catch (cause) {
    if (!/can't parse entities|can't parse caption|entity_/.test(refusalText(cause))) throw cause;
    return ask(plain, {});
  }
}

function optionsFor({ silent }: OutboundPart, { to, replyTo }: Attempt) {
  const { chat, topic } = addressOf(to);
  const reply = Number(replyTo);
  return {
    chat,
    ...topic,
    ...(silent ? { disable_notification: true } : {}),
    ...(Number.isSafeInteger(reply) && reply > 0
      ? { reply_parameters: { message_id: reply, allow_sending_without_reply: true } }
      : {}),
  };
}

async function keyboardOf({ buttons }: Sender, part: Part<"text">) {
  if (part.buttons === undefined || part.buttons.length === 0) return {};
  const rows = [];
  for (const row of part.buttons) {
    const keys = [];
    for (const { label, value } of row)
      keys.push({ text: label, callback_data: await dataFor(buttons, value) });
    rows.push(keys);
  }
  return { reply_markup: { inline_keyboard: rows } };
}

/** A short value travels as it is; a longer one stays here, and its key travels. */
async function dataFor(buttons: Shelf, value: string): Promise<string> {
  const own = `${buttonMark}${value}`;
  return Buffer.byteLength(own) <= dataBytes ? own : `#${await buttons.put(value)}`;
}

/** What a pressed button stands for; null when its value is not kept any more. */
export function buttonValue(buttons: Shelf, data: string): string | null {
  if (data.startsWith(buttonMark)) return data.slice(1);
  return data.startsWith("#") ? buttons.get(data.slice(1)) : null;
}
