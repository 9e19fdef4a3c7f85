import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import {
  Count,
  discriminated,
  IdempotencyKey,
  JsonObject,
  Millis,
  model,
  NonEmptyString,
  namedWords,
  SessionKey,
  strict,
  Timestamp,
  words,
} from "../primitives.ts";
import { Attachment, Usage } from "./agents.ts";
import { SessionRow } from "./sessions.ts";

export type ContentPart = Static<typeof ContentPart>;
export const ContentPart = discriminated("ContentPart", "type", [
  model("TextPart", { type: Type.Literal("text"), text: Type.String() }),
  model("ThinkingPart", { type: Type.Literal("thinking"), thinking: Type.String() }),
  model("ToolCallPart", {
    type: Type.Literal("toolCall"),
    id: NonEmptyString,
    name: NonEmptyString,
    arguments: JsonObject,
  }),
  model("ImagePart", { type: Type.Literal("image"), data: Type.String(), mimeType: NonEmptyString }),
]);

export type ChatMessage = Static<typeof ChatMessage>;
export const ChatMessage = model("ChatMessage", {
  role: namedWords("ChatRole", "user", "assistant", "toolResult"),
  content: Type.Array(ContentPart),
  timestamp: Timestamp,
  /** Stable within the session; absent on what is still being written. */
  id: Type.Optional(NonEmptyString),
  /** The key of the chat.send that brought this message: ties a bubble on screen to it. */
  idempotencyKey: Type.Optional(NonEmptyString),
  /** It was a command to the gateway; models are not told of it. */
  command: Type.Optional(Type.Boolean()),
  /** The run that wrote this message. */
  runId: Type.Optional(NonEmptyString),
  /** `concierge` is the built-in helper, which is not an AI; absent means a model. */
  runtime: Type.Optional(NonEmptyString),
  provider: Type.Optional(NonEmptyString),
  model: Type.Optional(NonEmptyString),
  usage: Type.Optional(Usage),
  /** `stop`, `length`, `tool_calls`, `aborted`, `error`, `injected`, `interrupted`. */
  stopReason: Type.Optional(NonEmptyString),
  errorMessage: Type.Optional(Type.String()),
  /** One sentence to the person beside the text, such as that another model answered than the chosen one, and why. */
  notice: Type.Optional(NonEmptyString),
  toolCallId: Type.Optional(NonEmptyString),
  toolName: Type.Optional(NonEmptyString),
  isError: Type.Optional(Type.Boolean()),
});

const optional = Type.Optional(Type.String());

export type ChatSendParams = Static<typeof ChatSendParams>;
export const ChatSendParams = model("ChatSendParams", {
  sessionKey: SessionKey,
  message: Type.String(),
  idempotencyKey: IdempotencyKey,
  thinking: optional,
  deliver: Type.Optional(Type.Boolean()),
  attachments: Type.Optional(Type.Array(Attachment)),
  timeoutMs: Type.Optional(Millis),
  agentId: optional,
  sessionId: optional,
  replyToId: optional,
  queueMode: optional,
});

export const methods = defineMethods({
  "chat.history": {
    summary: "The last messages of a session, oldest first, trimmed from the front to fit one answer.",
    access: "operator.read",
    since: 3,
    params: strict({
      sessionKey: Type.Optional(SessionKey),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "default 200" })),
      agentId: optional,
      sessionId: optional,
      /** The id of a message: the page that ends just before it. */
      cursor: optional,
      maxChars: Type.Optional(Count),
    }),
    result: strict({
      /** As it was asked for. */
      sessionKey: SessionKey,
      sessionId: Type.Optional(NonEmptyString),
      messages: Type.Array(ChatMessage),
      thinkingLevel: Type.Optional(NonEmptyString),
      /** The session's row; absent where nothing has been said under this key. */
      sessionInfo: Type.Optional(SessionRow),
      /** There are older messages than these; ask with `cursor` = `nextCursor`. */
      hasMore: Type.Boolean(),
      nextCursor: Type.Optional(NonEmptyString),
      totalMessages: Count,
      /** A run that is writing now, with its text so far. */
      inFlightRun: Type.Optional(strict({ runId: NonEmptyString, text: Type.String() })),
    }),
    repeat: "again",
    tolerant: true,
  },
  "chat.send": {
    summary: "Say something in a session. The answer streams as chat events under the run's id.",
    access: "operator.write",
    since: 3,
    params: ChatSendParams,
    result: model("ChatSendResult", {
      runId: Type.Optional(NonEmptyString),
      status: Type.Optional(words("started", "in_flight", "ok")),
      /** Only where the message was a word that stops runs, such as /stop. */
      ok: Type.Optional(Type.Boolean()),
      aborted: Type.Optional(Type.Boolean()),
      runIds: Type.Optional(Type.Array(NonEmptyString)),
    }),
    repeat: "state",
    tolerant: true,
  },
  "chat.abort": {
    summary: "Stop one run of a session, or all of them. Never waits behind other requests.",
    access: "operator.write",
    since: 3,
    params: strict({
      sessionKey: SessionKey,
      runId: Type.Optional(NonEmptyString),
      agentId: optional,
      preserveSideRuns: Type.Optional(Type.Boolean()),
    }),
    result: strict({ ok: Type.Boolean(), aborted: Type.Boolean(), runIds: Type.Array(NonEmptyString) }),
    repeat: "again",
    tolerant: true,
  },
  "chat.inject": {
    summary: "Append an assistant message to a session without running anything.",
    access: "operator.admin",
    since: 3,
    params: strict({
      sessionKey: SessionKey,
      message: NonEmptyString,
      label: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    result: strict({ ok: Type.Boolean(), messageId: NonEmptyString }),
    repeat: "again",
  },
  "chat.subscribe": {
    summary: "Answers ok: chat events reach every operator who may read, without subscribing.",
    access: "operator.read",
    since: 3,
    params: strict({ sessionKey: SessionKey }),
    result: strict({ ok: Type.Boolean(), sessionKey: SessionKey }),
    repeat: "again",
  },
});

const common = {
  /** The idempotency key of the chat.send or agent request that started the run. */
  runId: NonEmptyString,
  /** As the caller sent it. */
  sessionKey: SessionKey,
  seq: Count,
};

/** Progress of a reply, told apart by `state`. */
export type ChatEvent = Static<typeof ChatEvent>;
export const ChatEvent = discriminated("ChatEvent", "state", [
  model("ChatDeltaEvent", {
    ...common,
    state: Type.Literal("delta"),
    /** The whole text so far. */
    message: ChatMessage,
    /** What is new in it since the last delta. */
    deltaText: Type.String(),
    /** The text does not continue the one before. */
    replace: Type.Optional(Type.Boolean()),
  }),
  model("ChatFinalEvent", {
    ...common,
    state: Type.Literal("final"),
    /** Absent where there was no text. */
    message: Type.Optional(ChatMessage),
  }),
  model("ChatAbortedEvent", {
    ...common,
    state: Type.Literal("aborted"),
    /** `rpc`, `stop`, `timeout` or `shutdown`. */
    stopReason: NonEmptyString,
    message: Type.Optional(ChatMessage),
  }),
  model("ChatErrorEvent", {
    ...common,
    state: Type.Literal("error"),
    /** One plain sentence with the way out. */
    errorMessage: NonEmptyString,
    errorKind: Type.Optional(words("refusal", "timeout", "rate_limit", "context_length", "unknown")),
    message: Type.Optional(ChatMessage),
  }),
]);

export const events = defineEvents({
  chat: {
    summary: "Progress of a reply: deltas with the text so far, then exactly one final, aborted or error.",
    audience: "operator.read",
    whenSlow: "drop-deltas",
    since: 3,
    payload: ChatEvent,
  },
});
