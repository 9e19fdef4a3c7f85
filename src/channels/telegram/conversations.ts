import type { Chat } from "grammy/types";
import { GatewayError } from "#src/lib/errors.ts";
import type { ConversationRef } from "../channel.ts";

/** The topic that every forum begins with. It is shown as one, but a message into it names none. */
export const generalTopic = "1";

/** The conversation that a chat is; without its topic. */
export function conversationOfChat(chat: Pick<Chat, "id" | "type">): ConversationRef {
  const kind = chat.type === "private" ? "direct" : chat.type === "channel" ? "channel" : "group";
  return { kind, id: String(chat.id) };
}

/** How a message is addressed: the chat, and the topic where it is not the general one. */
export function addressOf({ id, thread }: ConversationRef): {
  chat: number;
  topic: { message_thread_id?: number };
} {
  const chat = Number(id);
  if (thread === undefined || thread === generalTopic) return { chat, topic: {} };
  return { chat, topic: { message_thread_id: Number(thread) } };
}

/** A target as people write it, as far as it can be read without asking Telegram. */
export type Target = { chat: number | `@${string}`; thread?: string };

const idForm = /^-?\d{1,16}$/;
const nameForm = /^[A-Za-z]\w{3,31}$/;
const wanted = {
  en: "a Telegram target is a chat id (123456, -1001234567890), @name, a t.me link, or one of these with :topic:ID",
  zh: "Telegram 的目标是聊天号（123456、-1001234567890）、@名称、t.me 链接，或在这些之后加上 :topic:ID",
};

/** Reads `123`, `-100…:topic:5`, `@name`, `https://t.me/…`; throws a `GatewayError` that says what is right. */
export function readTarget(input: string): Target {
  const text = input.trim().replace(/^(telegram|tg):/i, "");
  const link = /^(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me)\/(.+)$/i.exec(text)?.[1];
  const target = link === undefined ? fromText(text) : fromLink(link);
  if (target === null)
    throw new GatewayError("INVALID_REQUEST", {
      en: `"${input}" is no target; ${wanted.en}`,
      zh: `“${input}”不是目标；${wanted.zh}`,
    });
  return target;
}

function fromText(text: string): Target | null {
  const [chat = "", topic, ...rest] = text.split(/:topic:|:/i);
  if (rest.length > 0 || (topic !== undefined && !/^[1-9]\d{0,9}$/.test(topic))) return null;
  return withTopic(chat, topic);
}

/** `name`, `name/5`, and for closed groups `c/1234567890/5`. */
function fromLink(path: string): Target | null {
  const [first = "", ...rest] = path
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "")
    .split("/");
  if (first === "c") {
    const [group = "", ...numbers] = rest;
    if (!/^\d{1,13}$/.test(group)) return null;
    return withTopic(`-100${group}`, numbers.length > 1 ? numbers[0] : undefined);
  }
  if (!nameForm.test(first)) return null;
  return withTopic(`@${first}`, rest.length > 1 ? rest[0] : undefined);
}

function withTopic(chat: string, topic: string | undefined): Target | null {
  const thread = topic === undefined ? {} : { thread: topic };
  if (topic !== undefined && !/^[1-9]\d{0,9}$/.test(topic)) return null;
  if (idForm.test(chat) && Number(chat) !== 0) return { chat: Number(chat), ...thread };
  if (chat.startsWith("@") && nameForm.test(chat.slice(1))) return { chat: `@${chat.slice(1)}`, ...thread };
  return null;
}
