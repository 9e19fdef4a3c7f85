import type { Chat } from "grammy/types";
import { GatewayError } from "#src/lib/errors.ts";
import type { ConversationRef, Host } from "../channel.ts";
import { inLanguage } from "../error-words.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { conversationOfChat, readTarget } from "./conversations.ts";
import { toChannelError } from "./errors.ts";

const answerMs = 15_000;

/**
 * A target as people write it, made exact. Only a name, and whether a large group is a broadcast channel, has to be
 * asked of Telegram; a group whose kind cannot be asked now is taken for a group.
 */
export async function resolveTarget(
  host: Host,
  open: () => TelegramApi,
  input: string,
): Promise<ConversationRef> {
  const { chat, thread } = readTarget(input);
  const topic = thread === undefined ? {} : { thread };
  if (typeof chat === "number" && chat > 0) return { kind: "direct", id: String(chat), ...topic };
  const isLarge = typeof chat === "string" || chat <= -1_000_000_000_000;
  if (!isLarge) return { kind: "group", id: String(chat), ...topic };
  const found = await lookUp(host, open, chat);
  if (found !== null) return { ...conversationOfChat(found), ...topic };
  if (typeof chat === "number") return { kind: "group", id: String(chat), ...topic };
  throw new GatewayError("INVALID_REQUEST", {
    en: `Telegram knows no group or channel ${chat}; a person can be reached only by number, after pressing Start`,
    zh: `Telegram 没有群组或频道 ${chat}；个人只能用号码联系，且对方需先点按“开始”`,
  });
}

async function lookUp(host: Host, open: () => TelegramApi, chat: number | string): Promise<Chat | null> {
  try {
    using limit = deadline(host, answerMs, new AbortController().signal);
    return await open().call.getChat(chat, limit.signal);
  } catch (cause) {
    const error = toChannelError(cause);
    if (typeof chat === "number" || error.kind === "gone" || error.kind === "invalid") return null;
    const told = {
      en: `${chat} cannot be looked up: ${error.message}`,
      zh: `无法查询 ${chat}：${inLanguage(error, "zh").message}`,
    };
    throw new GatewayError("UNAVAILABLE", told, { cause });
  }
}
