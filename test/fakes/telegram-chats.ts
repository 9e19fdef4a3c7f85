import type { Chat, Message, ReactionTypeEmoji, User } from "grammy/types";
import { type Entity, Refusal, readHtml, trimmed } from "./telegram-html.ts";

/** A file that was uploaded, by a person or by the bot. */
export interface StoredFile {
  id: string;
  bytes: Uint8Array;
  name: string;
}

/** A message as its chat has it. */
export interface Shown {
  id: number;
  from: number;
  text: string;
  entities: Entity[];
  thread?: number;
  replyTo?: number;
  silent?: true;
  buttons?: { text: string; callback_data?: string }[][];
  media?: { kind: string; file: string; name: string; bytes: number };
  album?: string;
  poll?: { id: string; question: string; options: string[]; multiple: boolean; anonymous: boolean };
  /** By whom with what. */
  reactions: Map<number, string[]>;
  edits: number;
}

/** One chat, with everything in it. */
export interface FakeChat {
  chat: Chat;
  messages: Shown[];
  topics: Set<number>;
  /** Whether the bot may not write here, and what it is told. */
  closed?: string;
  movedTo?: number;
  drafts: Map<number, string>;
  actions: { action: string; thread?: number }[];
}

const allowed = new Set<ReactionTypeEmoji["emoji"]>([
  ...([
    "👍",
    "👎",
    "❤",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
  ] as const),
  ...([
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤‍🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
  ] as const),
  ...([
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨‍💻",
    "👀",
    "🎃",
    "🙈",
  ] as const),
  ...([
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
  ] as const),
  ...(["😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡"] as const),
]);

export function isReaction(emoji: string): boolean {
  return [...allowed].some((each) => each === emoji);
}

export type Params = Record<string, unknown>;

/** Chats, their messages and files: what Telegram keeps. */
export class Chats {
  readonly all = new Map<number, FakeChat>();
  readonly files = new Map<string, StoredFile>();
  private lastMessage = 0;
  private lastFile = 0;

  open(chat: Chat): FakeChat {
    const known = this.all.get(chat.id);
    if (known) return known;
    const made: FakeChat = { chat, messages: [], topics: new Set(), drafts: new Map(), actions: [] };
    this.all.set(chat.id, made);
    return made;
  }

  /** The chat that a bot names, if it may write there. */
  forBot(id: unknown): FakeChat {
    const found =
      typeof id === "string" && id.startsWith("@")
        ? [...this.all.values()].find(
            ({ chat }) => chat.username?.toLowerCase() === id.slice(1).toLowerCase(),
          )
        : this.all.get(Number(id));
    if (found === undefined) throw new Refusal(400, "Bad Request: chat not found");
    if (found.movedTo !== undefined) {
      const description = "Bad Request: group chat was upgraded to a supergroup chat";
      throw new Refusal(400, description, { migrate_to_chat_id: found.movedTo });
    }
    if (found.closed) throw new Refusal(403, found.closed);
    return found;
  }

  add(chat: FakeChat, message: Omit<Shown, "id" | "reactions" | "edits">): Shown {
    const made = { ...message, id: ++this.lastMessage, reactions: new Map(), edits: 0 };
    chat.messages.push(made);
    return made;
  }

  store(bytes: Uint8Array, name: string): StoredFile {
    const file = { id: `file-${++this.lastFile}`, bytes, name };
    this.files.set(file.id, file);
    return file;
  }
}

/** A text with its parse mode, read and measured as Telegram does. */
export function readText(raw: unknown, mode: unknown, max: number, what: string) {
  const text = typeof raw === "string" ? raw : "";
  if (mode !== undefined && mode !== "HTML") throw new Refusal(400, "Bad Request: unsupported parse_mode");
  const read = trimmed(mode === "HTML" ? readHtml(text) : { text, entities: [] });
  if (read.text.length > max) throw new Refusal(400, `Bad Request: ${what} is too long`);
  return read;
}

/** Where a message goes in its chat, and what it answers. */
export function placeOf(chat: FakeChat, params: Params): Pick<Shown, "thread" | "replyTo" | "silent"> {
  const thread = params.message_thread_id;
  if (thread !== undefined && !chat.topics.has(Number(thread))) {
    throw new Refusal(400, "Bad Request: message thread not found");
  }
  const reply = fields(params.reply_parameters);
  const target = chat.messages.find(({ id }) => id === Number(reply.message_id));
  if (reply.message_id !== undefined && !target && reply.allow_sending_without_reply !== true) {
    throw new Refusal(400, "Bad Request: message to be replied not found");
  }
  return {
    ...(thread === undefined ? {} : { thread: Number(thread) }),
    ...(target === undefined ? {} : { replyTo: target.id }),
    ...(params.disable_notification === true ? { silent: true } : {}),
  };
}

export function buttonsOf(params: Params): Pick<Shown, "buttons"> {
  const rows = fields(params.reply_markup).inline_keyboard;
  if (!Array.isArray(rows)) return {};
  const buttons = rows.map((row: Params[]) =>
    row.map((button) => {
      const data = String(button.callback_data ?? "");
      if (data === "" || Buffer.byteLength(data) > 64) {
        throw new Refusal(400, "Bad Request: BUTTON_DATA_INVALID");
      }
      return { text: String(button.text), callback_data: data };
    }),
  );
  return { buttons };
}

/** A message in the form of the Bot API. */
export function toMessage(chat: FakeChat, shown: Shown, from: User | undefined): Message {
  const reply = chat.messages.find(({ id }) => id === shown.replyTo);
  const isTopic = shown.thread !== undefined;
  // In a channel it is the channel that speaks, whoever wrote it.
  const isPost = chat.chat.type === "channel";
  const body = {
    message_id: shown.id,
    date: Math.floor(Date.now() / 1000),
    chat: chat.chat,
    ...(from === undefined || isPost ? { sender_chat: chat.chat } : { from }),
    ...(isTopic ? { message_thread_id: shown.thread, is_topic_message: true } : {}),
    ...(shown.media
      ? mediaOf(shown)
      : shown.poll
        ? pollOf(shown)
        : { text: shown.text, entities: shown.entities }),
    ...(reply
      ? { reply_to_message: { message_id: reply.id, chat: chat.chat, date: 1, text: reply.text } }
      : {}),
    ...(shown.album ? { media_group_id: shown.album } : {}),
  };
  return body as unknown as Message;
}

function mediaOf({ media, text, entities }: Shown) {
  const file = { file_id: media?.file, file_unique_id: media?.file, file_size: media?.bytes };
  const caption = text === "" ? {} : { caption: text, caption_entities: entities };
  if (media?.kind === "photo") return { photo: [{ ...file, width: 1, height: 1 }], ...caption };
  const emoji =
    media?.kind === "sticker" ? { is_animated: false, is_video: false } : { file_name: media?.name };
  return { [media?.kind ?? "document"]: { ...file, ...emoji }, ...caption };
}

function pollOf({ poll }: Shown) {
  const options = poll?.options.map((text) => ({ text, voter_count: 0 }));
  return { poll: { id: poll?.id, question: poll?.question, options, is_closed: false } };
}

export function fields(value: unknown): Params {
  return typeof value === "object" && value !== null ? (value as Params) : {};
}
