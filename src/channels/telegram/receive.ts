import type { Chat, ChatMemberUpdated, Message, ReactionType, Update, User } from "grammy/types";
import type { ConversationRef } from "../channel.ts";
import type { InboundEvent, InboundMessage, Person } from "../inbound.ts";
import { conversationOfChat, generalTopic } from "./conversations.ts";
import { filesOf } from "./message-files.ts";
import { entitiesOf, textOf } from "./message-text.ts";

/** Every kind of news that is read here. Telegram sends only what it was last asked for. */
export const allowedUpdates = [
  ...(["message", "edited_message", "channel_post", "edited_channel_post", "callback_query"] as const),
  ...(["message_reaction", "poll_answer", "my_chat_member", "chat_member"] as const),
];

/** What has to be known to read an update. */
export interface Reader {
  me: { id: number; username?: string | undefined };
  /** For what Telegram gives no time with. */
  now: number;
  /** What a button of ours stands for; null when that is not known any more. */
  button(data: string): string | null;
  /** The poll that we sent under this id. */
  poll(id: string): SentPoll | null;
}

export interface SentPoll {
  conversation: ConversationRef;
  message: string;
  options: readonly string[];
}

/** These write for others: an admin without a name, a channel in a group, a channel that a group belongs to. */
const standIns: ReadonlySet<number> = new Set([1087968824, 136817688, 777000]);

/** What an update tells. Empty for what nobody here asks for, and for what we did ourselves. */
export function receive(update: Update, reader: Reader): InboundEvent[] {
  const message = update.message ?? update.channel_post;
  if (message) return received(message, reader);
  const edited = update.edited_message ?? update.edited_channel_post;
  if (edited) return edits(edited, reader);
  if (update.callback_query) return presses(update.callback_query, reader);
  if (update.message_reaction) {
    const { chat, message_id, user, actor_chat, date, old_reaction, new_reaction } = update.message_reaction;
    const sender = user ? personOf(user) : actor_chat ? personOfChat(actor_chat) : null;
    if (sender === null || user?.id === reader.me.id) return [];
    const before = old_reaction.map(emojiOf);
    const after = new_reaction.map(emojiOf);
    const at = date * 1000;
    const common = {
      type: "reaction",
      id: String(message_id),
      conversation: titled(chat),
      sender,
      at,
    } as const;
    return [
      ...before
        .filter((emoji) => !after.includes(emoji))
        .map((emoji) => ({ ...common, emoji, added: false })),
      ...after.filter((emoji) => !before.includes(emoji)).map((emoji) => ({ ...common, emoji, added: true })),
    ];
  }
  if (update.poll_answer) {
    const { poll_id, user, voter_chat, option_ids } = update.poll_answer;
    const poll = reader.poll(poll_id);
    const sender = user ? personOf(user) : voter_chat ? personOfChat(voter_chat) : null;
    if (poll === null || sender === null) return [];
    const options = option_ids.flatMap((index) => poll.options[index] ?? []);
    return [
      { type: "vote", id: poll.message, conversation: poll.conversation, sender, at: reader.now, options },
    ];
  }
  const change = update.my_chat_member ?? update.chat_member;
  return change ? [membership(change, update.my_chat_member === undefined ? "other" : "us")] : [];
}

function received(message: Message, reader: Reader): InboundEvent[] {
  if (message.from?.id === reader.me.id) return [];
  const conversation = conversationOf(message);
  const sender = senderOf(message);
  const base = { conversation, sender, at: message.date * 1000 };
  if (message.migrate_to_chat_id !== undefined) {
    const to: ConversationRef = { kind: "group", id: String(message.migrate_to_chat_id) };
    return [{ ...base, type: "moved", id: String(message.message_id), to }];
  }
  const joined = message.new_chat_members ?? [];
  const left = message.left_chat_member ? [message.left_chat_member] : [];
  if (joined.length + left.length > 0) {
    const others = [...joined, ...left].filter(({ id }) => id !== reader.me.id);
    return others.map((user): InboundEvent => {
      const became = joined.includes(user) ? "member" : "gone";
      const id = `${became}:${user.id}:${message.date}`;
      return { ...base, sender: personOf(user), type: "membership", id, who: "other", became };
    });
  }
  const isPlace = message.location !== undefined;
  // A place is told by its own field.
  const text = isPlace && message.venue === undefined ? "" : textOf(message);
  const attachments = filesOf(message);
  if (text === "" && attachments.length === 0 && !isPlace) return [];
  return [{ ...base, ...contentOf(message, reader), type: "message", text, attachments }];
}

type Content = Omit<InboundMessage, "type" | "conversation" | "sender" | "at" | "text" | "attachments">;

function contentOf(message: Message, reader: Reader): Content {
  const reply = replyOf(message, reader);
  const command = commandOf(message, reader);
  const { location, venue } = message;
  const forwardedFrom = forwarderOf(message);
  return {
    id: String(message.message_id),
    mentionsUs: isNamed(message, reader) ? "explicit" : reply?.isOurs ? "reply" : "no",
    ...(reply === null ? {} : { replyTo: reply }),
    ...(message.media_group_id === undefined ? {} : { album: message.media_group_id }),
    ...(forwardedFrom === null ? {} : { forwardedFrom }),
    ...(command === null ? {} : { command }),
    ...(location === undefined
      ? {}
      : {
          location: {
            latitude: location.latitude,
            longitude: location.longitude,
            ...(venue === undefined ? {} : { name: venue.title }),
          },
        }),
  };
}

function edits(message: Message, reader: Reader): InboundEvent[] {
  // A live location moves all the time, and a poll counts; nobody edited anything.
  if (message.from?.id === reader.me.id || message.edit_date === undefined) return [];
  if (message.location !== undefined || message.poll !== undefined) return [];
  const base = { conversation: conversationOf(message), sender: senderOf(message) };
  const at = message.edit_date * 1000;
  return [{ ...base, at, type: "edit", id: String(message.message_id), text: textOf(message) }];
}

function presses(query: NonNullable<Update["callback_query"]>, reader: Reader): InboundEvent[] {
  const { id, from, message, data } = query;
  const value = data === undefined ? null : reader.button(data);
  if (message === undefined || value === null) return [];
  const conversation =
    "date" in message && message.date !== 0 ? conversationOf(message) : titled(message.chat);
  const messageId = String(message.message_id);
  return [{ type: "action", id, conversation, sender: personOf(from), at: reader.now, messageId, value }];
}

function membership(change: ChatMemberUpdated, who: "us" | "other"): InboundEvent {
  const { chat, from, date, new_chat_member } = change;
  const { status, user } = new_chat_member;
  const isGone = status === "left" || status === "kicked";
  const isOut = status === "restricted" && !new_chat_member.is_member;
  const became =
    isGone || isOut ? "gone" : status === "administrator" || status === "creator" ? "admin" : "member";
  const sender = personOf(who === "us" ? from : user);
  const id = `${became}:${user.id}:${date}`;
  return { type: "membership", id, conversation: titled(chat), sender, at: date * 1000, who, became };
}

/** Only a forum's topic is a thread; a chain of replies carries a thread's number too, and is none. */
function conversationOf(message: Message): InboundMessage["conversation"] {
  const { chat, is_topic_message, message_thread_id } = message;
  const inForum = chat.type === "supergroup" && chat.is_forum === true;
  const thread = is_topic_message ? message_thread_id : inForum ? generalTopic : undefined;
  if (thread === undefined) return titled(chat);
  return { ...titled(chat), thread: String(thread), threadKind: "topic" };
}

function titled(chat: Chat): ConversationRef & { title?: string } {
  const { title } = chat;
  return { ...conversationOfChat(chat), ...(title === undefined ? {} : { title }) };
}

function senderOf({ from, sender_chat, chat }: Message): Person {
  if (from !== undefined && !standIns.has(from.id)) return personOf(from);
  return personOfChat(sender_chat ?? chat);
}

function personOf({ id, first_name, last_name, username, is_bot, language_code }: User): Person {
  const name = [first_name, last_name].filter(Boolean).join(" ");
  return {
    id: String(id),
    ...(name === "" ? {} : { name }),
    ...(username === undefined ? {} : { username }),
    ...(language_code === undefined ? {} : { language: language_code }),
    isBot: is_bot,
  };
}

function personOfChat({ id, title, username }: Chat): Person {
  return {
    id: String(id),
    ...(title === undefined ? {} : { name: title }),
    ...(username === undefined ? {} : { username }),
    isBot: false,
  };
}

function replyOf(message: Message, { me }: Reader): NonNullable<InboundMessage["replyTo"]> | null {
  const { reply_to_message: to, quote } = message;
  // In a topic, what answers nothing answers the message that opened the topic.
  if (to === undefined || to.forum_topic_created !== undefined) return null;
  const text = quote?.text ?? textOf(to);
  return {
    id: String(to.message_id),
    ...(text === "" ? {} : { text }),
    sender: senderOf(to).id,
    isOurs: to.from?.id === me.id,
  };
}

function isNamed(message: Message, { me }: Reader): boolean {
  const ours = me.username?.toLowerCase();
  return entitiesOf(message).some(({ entity, text }) => {
    if (entity.type === "text_mention") return entity.user.id === me.id;
    if (ours === undefined) return false;
    if (entity.type === "mention") return text.toLowerCase() === `@${ours}`;
    return entity.type === "bot_command" && text.toLowerCase().endsWith(`@${ours}`);
  });
}

function commandOf(message: Message, { me }: Reader): NonNullable<InboundMessage["command"]> | null {
  const first = entitiesOf(message).find(
    ({ entity }) => entity.type === "bot_command" && entity.offset === 0,
  );
  if (first === undefined) return null;
  const [name = "", addressee] = first.text.slice(1).split("@");
  if (addressee !== undefined && addressee.toLowerCase() !== me.username?.toLowerCase()) return null;
  const text = message.text ?? message.caption ?? "";
  return { name: name.toLowerCase(), args: text.slice(first.entity.length).trim() };
}

function forwarderOf({ forward_origin: origin }: Message): string | null {
  switch (origin?.type) {
    case undefined:
      return null;
    case "user":
      return personOf(origin.sender_user).name ?? String(origin.sender_user.id);
    case "hidden_user":
      return origin.sender_user_name;
    case "chat":
      return personOfChat(origin.sender_chat).name ?? String(origin.sender_chat.id);
    case "channel":
      return personOfChat(origin.chat).name ?? String(origin.chat.id);
  }
}

function emojiOf(reaction: ReactionType): string {
  return reaction.type === "emoji"
    ? reaction.emoji
    : reaction.type === "paid"
      ? "⭐"
      : reaction.custom_emoji_id;
}
