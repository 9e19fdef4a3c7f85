import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import {
  Count,
  IdempotencyKey,
  JsonObject,
  model,
  NonEmptyString,
  namedWords,
  nullable,
  SessionKey,
  strict,
  Timestamp,
} from "../primitives.ts";

const optional = Type.Optional(Type.String());
const flag = Type.Optional(Type.Boolean());

/** Where a message went, by the names that clients look for. */
const place = {
  channel: NonEmptyString,
  /** The platform's id of the conversation, whatever its kind. */
  conversationId: Type.Optional(NonEmptyString),
  /** The same where it is a chat with one person or a group. */
  chatId: Type.Optional(NonEmptyString),
  /** The same where it is a broadcast channel. */
  channelId: Type.Optional(NonEmptyString),
};

export type SendResult = Static<typeof SendResult>;
export const SendResult = model("SendResult", {
  /** The idempotency key. */
  runId: NonEmptyString,
  /** The platform's id of the message; of its last part where it went out in several. */
  messageId: NonEmptyString,
  /** The ids of all parts, where there are several. */
  messageIds: Type.Optional(Type.Array(NonEmptyString)),
  ...place,
});

export type DeliveryState = Static<typeof DeliveryState>;
export const DeliveryState = namedWords("DeliveryState", "queued", "sending", "sent", "rejected", "unknown");

/** One part of a message on its way out. */
export type OutboxRow = Static<typeof OutboxRow>;
export const OutboxRow = model("OutboxRow", {
  id: Count,
  /** Parts of one message share it. */
  message: Count,
  state: DeliveryState,
  channel: NonEmptyString,
  accountId: NonEmptyString,
  conversationId: NonEmptyString,
  /** The beginning of its text, or what else it is. */
  preview: Type.String(),
  attempts: Count,
  createdAt: Timestamp,
  /** When it is tried, or looked into, again. */
  nextAt: Type.Optional(Timestamp),
  endedAt: Type.Optional(Timestamp),
  messageId: Type.Optional(NonEmptyString),
  sessionKey: Type.Optional(NonEmptyString),
  /** Why it is not sent. */
  error: Type.Optional(Type.String()),
});

const one = strict({ id: Count });

export const methods = defineMethods({
  send: {
    summary:
      "Send a message on a platform, and wait until it is known what became of it. After an error it is never delivered later.",
    access: "operator.write",
    since: 3,
    params: strict({
      /** As people write it on the platform: `4711`, `@name`, `+49…`; with `last`, where sessionKey was last answered. */
      to: NonEmptyString,
      message: optional,
      mediaUrl: optional,
      mediaUrls: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
      /** A file in base64; a larger one is named by mediaUrl. */
      buffer: optional,
      /** What people see as the name of the file in `buffer`. */
      filename: optional,
      /** Of the file in `buffer`; used only where neither its bytes nor its name tell. */
      contentType: optional,
      /** How `message` is written: `Markdown` unless given, or `HTML`. */
      parseMode: optional,
      gifPlayback: flag,
      asVoice: flag,
      forceDocument: flag,
      silent: flag,
      channel: optional,
      accountId: optional,
      replyToId: optional,
      threadId: optional,
      /** To whose transcript the text is added; unless given, the session that the target's messages go to. */
      sessionKey: Type.Optional(SessionKey),
      idempotencyKey: IdempotencyKey,
    }),
    result: SendResult,
    repeat: "stored",
    tolerant: true,
  },
  poll: {
    summary: "Ask people something on a platform, with answers to choose from.",
    access: "operator.write",
    since: 3,
    params: strict({
      to: NonEmptyString,
      question: NonEmptyString,
      options: Type.Array(NonEmptyString, { minItems: 2, maxItems: 12 }),
      maxSelections: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })),
      durationHours: Type.Optional(Type.Integer({ minimum: 1 })),
      silent: flag,
      channel: optional,
      accountId: optional,
      threadId: optional,
      idempotencyKey: IdempotencyKey,
    }),
    result: SendResult,
    repeat: "stored",
    tolerant: true,
  },
  "message.action": {
    summary: "What can be done with messages: send, poll, react, edit, delete.",
    access: "operator.write",
    since: 4,
    params: strict({
      channel: optional,
      action: NonEmptyString,
      /** By action: `to` and `message`; `messageId` and `emoji`; … */
      params: Type.Optional(JsonObject),
      accountId: optional,
      sessionKey: Type.Optional(SessionKey),
      idempotencyKey: IdempotencyKey,
    }),
    result: model("MessageActionResult", {
      ok: Type.Literal(true),
      action: NonEmptyString,
      runId: NonEmptyString,
      messageId: NonEmptyString,
      messageIds: Type.Optional(Type.Array(NonEmptyString)),
      ...place,
    }),
    repeat: "stored",
    tolerant: true,
  },
  "outbox.list": {
    summary:
      "What is on its way out, what was given up, and what may or may not have arrived; the latest first.",
    access: "operator.read",
    since: 4,
    params: strict({
      /** All but what was sent, unless given. */
      states: Type.Optional(Type.Array(DeliveryState, { minItems: 1, maxItems: 5 })),
      channel: optional,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "default 100" })),
      /** As `nextCursor` of the page before. */
      cursor: Type.Optional(Count),
    }),
    result: strict({
      rows: Type.Array(OutboxRow),
      /** How many there are in all, of each state but `sent`. */
      counts: strict({ queued: Count, sending: Count, rejected: Count, unknown: Count }),
      nextCursor: nullable(Count),
    }),
    repeat: "again",
  },
  "outbox.retry": {
    summary:
      "Send again what was given up, or what may not have arrived: its owner takes the risk of a second copy.",
    access: "operator.write",
    since: 4,
    params: one,
    result: strict({ ok: Type.Literal(true), id: Count }),
    repeat: "again",
  },
  "outbox.discard": {
    summary: "Forget a part that waits, was given up, or may not have arrived.",
    access: "operator.write",
    since: 4,
    params: one,
    result: strict({ ok: Type.Literal(true), id: Count }),
    repeat: "again",
  },
});
