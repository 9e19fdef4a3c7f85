import type { User } from "grammy/types";
import {
  buttonsOf,
  type Chats,
  type FakeChat,
  fields,
  isReaction,
  type Params,
  placeOf,
  readText,
  type Shown,
  toMessage,
} from "./telegram-chats.ts";
import { Refusal } from "./telegram-html.ts";

/** Everything that a method may touch. */
export interface Desk {
  chats: Chats;
  bot: User & Record<string, unknown>;
  files: Map<string, { bytes: Uint8Array; name: string }>;
  presses: Map<string, { answered: string | null }>;
  commands: unknown[];
}

const photoBytes = 10_000_000;
const uploadBytes = 50 * 1024 * 1024;
const downloadBytes = 20 * 1024 * 1024;

type Method = (desk: Desk, params: Params) => unknown;

function sendMedia(kind: string): Method {
  return (desk, params) => {
    const chat = desk.chats.forBot(params.chat_id);
    const read = readText(params.caption ?? "", params.parse_mode, 1024, "message caption");
    const media = mediaOf(desk, kind, params[kind]);
    const shown = { from: desk.bot.id, ...read, media, ...placeOf(chat, params) };
    return toMessage(chat, desk.chats.add(chat, shown), desk.bot);
  };
}

function mediaOf(desk: Desk, kind: string, given: unknown): NonNullable<Shown["media"]> {
  const reference = typeof given === "string" ? given : "";
  const file = desk.files.get(reference.replace("attach://", ""));
  if (file === undefined) throw new Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified");
  const max = kind === "photo" ? photoBytes : uploadBytes;
  if (file.bytes.byteLength > max) throw new Refusal(413, "Request Entity Too Large");
  if (file.bytes.byteLength === 0) throw new Refusal(400, "Bad Request: file must be non-empty");
  const { id } = desk.chats.store(file.bytes, file.name);
  return { kind, file: id, name: file.name, bytes: file.bytes.byteLength };
}

function ours(desk: Desk, params: Params, what: string): { chat: FakeChat; shown: Shown } {
  const chat = desk.chats.forBot(params.chat_id);
  const shown = chat.messages.find(({ id }) => id === Number(params.message_id));
  if (shown === undefined) throw new Refusal(400, `Bad Request: message to ${what} not found`);
  return { chat, shown };
}

function change(desk: Desk, params: Params, text: unknown, max: number) {
  const { chat, shown } = ours(desk, params, "edit");
  if (shown.from !== desk.bot.id) throw new Refusal(400, "Bad Request: message can't be edited");
  const read = readText(text, params.parse_mode, max, max === 1024 ? "message caption" : "message");
  if (read.text === "" && max !== 1024) throw new Refusal(400, "Bad Request: message text is empty");
  const buttons = buttonsOf(params);
  const isSame =
    read.text === shown.text &&
    Bun.deepEquals(read.entities, shown.entities) &&
    Bun.deepEquals(buttons.buttons ?? [], shown.buttons ?? []);
  if (isSame) {
    throw new Refusal(
      400,
      "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  delete shown.buttons;
  Object.assign(shown, read, buttons);
  shown.edits++;
  return toMessage(chat, shown, desk.bot);
}

/** What the Bot API can be asked, as far as it is no question for news. */
export const methods: Record<string, Method> = {
  getMe: ({ bot }) => bot,
  sendMessage(desk, params) {
    const chat = desk.chats.forBot(params.chat_id);
    const read = readText(params.text, params.parse_mode, 4096, "message");
    if (read.text === "") throw new Refusal(400, "Bad Request: message text is empty");
    const shown = { from: desk.bot.id, ...read, ...placeOf(chat, params), ...buttonsOf(params) };
    chat.drafts.clear();
    return toMessage(chat, desk.chats.add(chat, shown), desk.bot);
  },
  sendMessageDraft({ chats }, params) {
    const chat = chats.forBot(params.chat_id);
    if (chat.chat.type !== "private") throw new Refusal(400, "Bad Request: chat type is not supported");
    if (Number(params.draft_id) === 0) throw new Refusal(400, "Bad Request: draft_id is invalid");
    const { text } = readText(params.text, params.parse_mode, 4096, "message");
    chat.drafts.set(Number(params.draft_id), text);
    return true;
  },
  editMessageText(desk, params) {
    const { shown } = ours(desk, params, "edit");
    if (shown.media) throw new Refusal(400, "Bad Request: there is no text in the message to edit");
    return change(desk, params, params.text, 4096);
  },
  editMessageCaption: (desk, params) => change(desk, params, params.caption ?? "", 1024),
  deleteMessage(desk, params) {
    const { chat, shown } = ours(desk, params, "delete");
    chat.messages.splice(chat.messages.indexOf(shown), 1);
    return true;
  },
  sendChatAction({ chats }, params) {
    const chat = chats.forBot(params.chat_id);
    const thread = params.message_thread_id;
    chat.actions.push({
      action: String(params.action),
      ...(thread === undefined ? {} : { thread: Number(thread) }),
    });
    return true;
  },
  setMessageReaction(desk, params) {
    const { shown } = ours(desk, params, "react");
    const emoji = (Array.isArray(params.reaction) ? params.reaction : []).map((each) =>
      String(fields(each).emoji),
    );
    if (emoji.length > 1) throw new Refusal(400, "Bad Request: REACTIONS_TOO_MANY");
    if (!emoji.every(isReaction)) throw new Refusal(400, "Bad Request: REACTION_INVALID");
    shown.reactions.set(desk.bot.id, emoji);
    return true;
  },
  sendPoll(desk, params) {
    const chat = desk.chats.forBot(params.chat_id);
    const options = (Array.isArray(params.options) ? params.options : []).map((option) =>
      String(fields(option).text),
    );
    const question = String(params.question ?? "");
    if (options.length < 2) throw new Refusal(400, "Bad Request: poll must have at least 2 option");
    if (options.length > 12) throw new Refusal(400, "Bad Request: poll can't have more than 12 options");
    if (question === "" || question.length > 300) throw new Refusal(400, "Bad Request: poll question length");
    if (options.some((text) => text === "" || text.length > 100)) {
      throw new Refusal(400, "Bad Request: poll options length must not exceed 100");
    }
    const anonymous = params.is_anonymous !== false;
    if (chat.chat.type === "channel" && !anonymous) {
      throw new Refusal(400, "Bad Request: non-anonymous polls can't be sent to channel chats");
    }
    const multiple = params.allows_multiple_answers === true;
    const poll = { id: `poll-${crypto.randomUUID()}`, question, options, multiple, anonymous };
    const shown = { from: desk.bot.id, text: "", entities: [], poll, ...placeOf(chat, params) };
    return toMessage(chat, desk.chats.add(chat, shown), desk.bot);
  },
  sendPhoto: sendMedia("photo"),
  sendVideo: sendMedia("video"),
  sendAnimation: sendMedia("animation"),
  sendAudio: sendMedia("audio"),
  sendVoice: sendMedia("voice"),
  sendDocument: sendMedia("document"),
  sendSticker: sendMedia("sticker"),
  sendMediaGroup(desk, params) {
    const chat = desk.chats.forBot(params.chat_id);
    const items = Array.isArray(params.media) ? params.media.map(fields) : [];
    if (items.length < 2 || items.length > 10) {
      throw new Refusal(400, "Bad Request: group send failed: it must include 2-10 items");
    }
    const kinds = new Set(items.map(({ type }) => (type === "video" ? "photo" : type)));
    if (kinds.size > 1)
      throw new Refusal(400, "Bad Request: media of these types can't be mixed in an album");
    const place = placeOf(chat, params);
    const album = `album-${crypto.randomUUID()}`;
    const read = items.map((item) => ({
      ...readText(item.caption ?? "", item.parse_mode, 1024, "message caption"),
      media: mediaOf(desk, String(item.type), item.media),
    }));
    return read.map((item) =>
      toMessage(chat, desk.chats.add(chat, { from: desk.bot.id, ...item, ...place, album }), desk.bot),
    );
  },
  getFile({ chats }, params) {
    const file = chats.files.get(String(params.file_id));
    if (file === undefined)
      throw new Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
    if (file.bytes.byteLength > downloadBytes) throw new Refusal(400, "Bad Request: file is too big");
    return {
      file_id: file.id,
      file_unique_id: file.id,
      file_size: file.bytes.byteLength,
      file_path: `files/${file.id}`,
    };
  },
  getChat: ({ chats }, params) => chats.forBot(params.chat_id).chat,
  answerCallbackQuery({ presses }, params) {
    const press = presses.get(String(params.callback_query_id));
    if (press === undefined || press.answered !== null) {
      throw new Refusal(
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
      );
    }
    press.answered = String(params.text ?? "");
    return true;
  },
  setMyCommands(desk, params) {
    const list = Array.isArray(params.commands) ? params.commands.map(fields) : [];
    if (list.length > 100 || !list.every(({ command }) => /^[a-z0-9_]{1,32}$/.test(String(command)))) {
      throw new Refusal(400, "Bad Request: BOT_COMMAND_INVALID");
    }
    desk.commands.splice(0, desk.commands.length, ...list);
    return true;
  },
};
