import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import {
  Count,
  Dollars,
  discriminated,
  IdempotencyKey,
  Json,
  JsonObject,
  Millis,
  model,
  NonEmptyString,
  namedWords,
  nullable,
  SessionKey,
  strict,
  Timestamp,
  words,
} from "../primitives.ts";

export type Usage = Static<typeof Usage>;
export const Usage = model("Usage", {
  input: Count,
  output: Count,
  cacheRead: Type.Optional(Count),
  cacheWrite: Type.Optional(Count),
  totalTokens: Count,
  /** In US dollars; absent where a price is unknown. The kinds are absent where the provider says the whole alone. */
  cost: Type.Optional(
    model("UsageCost", {
      input: Type.Optional(Dollars),
      output: Type.Optional(Dollars),
      cacheRead: Type.Optional(Dollars),
      cacheWrite: Type.Optional(Dollars),
      total: Dollars,
    }),
  ),
});

/** A file that travels inside the frame: base64 or a data URL, at most 5,000,000 bytes decoded. */
export type Attachment = Static<typeof Attachment>;
export const Attachment = Type.Object(
  {
    type: Type.Optional(Type.String()),
    mimeType: Type.Optional(Type.String()),
    fileName: Type.Optional(Type.String()),
    content: Type.Optional(Json),
  },
  { $id: "Attachment", additionalProperties: true },
);

/** A function of the caller's that the model may ask for. The gateway never calls it. */
export type ClientTool = Static<typeof ClientTool>;
export const ClientTool = model("ClientTool", {
  name: NonEmptyString,
  description: Type.Optional(Type.String()),
  /** JSON Schema of the arguments. */
  parameters: JsonObject,
  strict: Type.Optional(Type.Boolean()),
});

/** A call that the caller is asked to make. */
export type PendingToolCall = Static<typeof PendingToolCall>;
export const PendingToolCall = model("PendingToolCall", {
  id: NonEmptyString,
  name: NonEmptyString,
  /** JSON as the model wrote it, which may be broken. */
  arguments: Type.String(),
});

/** What came of a call. */
export type ClientToolResult = Static<typeof ClientToolResult>;
export const ClientToolResult = model("ClientToolResult", {
  toolCallId: NonEmptyString,
  toolName: Type.Optional(NonEmptyString),
  content: Type.String(),
});

export type EarlierTurn = Static<typeof EarlierTurn>;
export const EarlierTurn = model("EarlierTurn", {
  role: words("user", "assistant", "toolResult"),
  content: Type.String(),
  /** The calls that an assistant's turn ended with. */
  toolCalls: Type.Optional(Type.Array(PendingToolCall)),
  /** The call whose result this is. */
  toolCallId: Type.Optional(NonEmptyString),
  toolName: Type.Optional(NonEmptyString),
});

/** How a model is to find its words. What its server does not take is left out, and a number is kept within what it takes. */
export type Sampling = Static<typeof Sampling>;
export const Sampling = model("Sampling", {
  /** Tokens of the answer, with what is thought before it. One that they cut ends with `length`, be it without a word. */
  maxTokens: Type.Optional(Type.Integer({ minimum: 1 })),
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
  topP: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  frequencyPenalty: Type.Optional(Type.Number({ minimum: -2, maximum: 2 })),
  presencePenalty: Type.Optional(Type.Number({ minimum: -2, maximum: 2 })),
  seed: Type.Optional(Type.Integer()),
});

/** The answer is one JSON object; where there is a schema, one that fits it, as far as the model's server sees to it. */
export type AnswerFormat = Static<typeof AnswerFormat>;
export const AnswerFormat = model("AnswerFormat", {
  name: Type.Optional(NonEmptyString),
  description: Type.Optional(Type.String()),
  schema: Type.Optional(JsonObject),
  strict: Type.Optional(Type.Boolean()),
});

const optional = Type.Optional(Type.String());

export type AgentParams = Static<typeof AgentParams>;
export const AgentParams = model("AgentParams", {
  /** May be empty only beside `toolResults`. */
  message: Type.String(),
  idempotencyKey: IdempotencyKey,
  agentId: Type.Optional(NonEmptyString),
  provider: optional,
  model: optional,
  to: optional,
  replyTo: optional,
  sessionId: optional,
  sessionKey: Type.Optional(Type.String({ maxLength: 512 })),
  thinking: optional,
  deliver: Type.Optional(Type.Boolean()),
  bestEffortDeliver: Type.Optional(Type.Boolean()),
  attachments: Type.Optional(Type.Array(Attachment)),
  channel: optional,
  replyChannel: optional,
  accountId: optional,
  replyAccountId: optional,
  threadId: optional,
  groupId: optional,
  groupChannel: optional,
  groupSpace: optional,
  /** Seconds; the run is aborted when they are over. */
  timeout: Type.Optional(Count),
  lane: optional,
  extraSystemPrompt: optional,
  /** What was said before, in place of what the session has kept; for callers that keep the conversation themselves. */
  history: Type.Optional(Type.Array(EarlierTurn)),
  /** Functions of the caller's own; a run that asks for some ends with `pendingToolCalls`. */
  tools: Type.Optional(Type.Array(ClientTool, { maxItems: 128 })),
  /** Default `auto`. */
  toolChoice: Type.Optional(words("auto", "none", "required")),
  /** The one of them that the model must ask for. */
  requiredTool: Type.Optional(NonEmptyString),
  /** False asks for one call at most. */
  parallelToolCalls: Type.Optional(Type.Boolean()),
  /** What came of the calls that the answer before asked for; told before `message`. */
  toolResults: Type.Optional(Type.Array(ClientToolResult)),
  /** For this run alone; what is left out is the model's own affair. */
  sampling: Type.Optional(Sampling),
  /** Left out, the answer is text of any form. */
  answerFormat: Type.Optional(AnswerFormat),
  label: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  spawnedBy: optional,
});

export type AgentResult = Static<typeof AgentResult>;
export const AgentResult = model("AgentResult", {
  runId: NonEmptyString,
  status: words("ok", "error"),
  summary: Type.Optional(Type.String()),
  result: Type.Optional(
    strict({
      payloads: Type.Array(
        model("ReplyPayload", {
          text: Type.Optional(Type.String()),
          mediaUrl: Type.Optional(nullable(Type.String())),
        }),
      ),
      meta: strict({
        durationMs: Millis,
        /** Which runtime answered: `concierge` is not an AI. */
        runtime: NonEmptyString,
        agentMeta: strict({
          sessionId: NonEmptyString,
          provider: NonEmptyString,
          model: NonEmptyString,
          usage: Type.Optional(Usage),
        }),
        aborted: Type.Optional(Type.Boolean()),
        /** `tool_calls` where the run ends with calls that the caller is to make. */
        stopReason: Type.Optional(NonEmptyString),
        pendingToolCalls: Type.Optional(Type.Array(PendingToolCall)),
        /** What the person should know beside the answer, such as that another model gave it, and why. */
        notice: Type.Optional(NonEmptyString),
        error: Type.Optional(strict({ kind: NonEmptyString, message: NonEmptyString })),
      }),
    }),
  ),
});

export type AgentEntry = Static<typeof AgentEntry>;
export const AgentEntry = model("AgentEntry", {
  id: NonEmptyString,
  name: Type.Optional(NonEmptyString),
  identity: Type.Optional(
    model("AgentIdentity", {
      name: Type.Optional(NonEmptyString),
      theme: Type.Optional(NonEmptyString),
      emoji: Type.Optional(NonEmptyString),
      avatar: Type.Optional(NonEmptyString),
      avatarUrl: Type.Optional(NonEmptyString),
    }),
  ),
});

export const methods = defineMethods({
  agent: {
    summary: "Run the agent on a message: answers accepted at once, then the final result.",
    access: "operator.write",
    since: 3,
    params: AgentParams,
    accepted: model("AgentAccepted", {
      runId: NonEmptyString,
      status: Type.Literal("accepted"),
      acceptedAt: Timestamp,
    }),
    result: AgentResult,
    repeat: "accepted",
    tolerant: true,
  },
  "agent.wait": {
    summary: "Wait for a run to end, at most timeoutMs (30 s).",
    access: "operator.write",
    since: 3,
    params: strict({ runId: NonEmptyString, timeoutMs: Type.Optional(Millis) }),
    result: strict({
      runId: NonEmptyString,
      status: words("ok", "error", "timeout"),
      startedAt: Type.Optional(Timestamp),
      endedAt: Type.Optional(Timestamp),
      error: Type.Optional(Type.String()),
    }),
    repeat: "again",
  },
  "agent.identity.get": {
    summary: "The name and face of an agent, found by its id or by a session.",
    access: "operator.read",
    since: 3,
    params: strict({ agentId: Type.Optional(NonEmptyString), sessionKey: Type.Optional(Type.String()) }),
    result: strict({ agentId: NonEmptyString, name: NonEmptyString, avatar: NonEmptyString }),
    repeat: "again",
  },
  "agents.list": {
    summary: "The configured agents.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: strict({
      defaultId: NonEmptyString,
      mainKey: NonEmptyString,
      scope: words("per-sender", "global"),
      agents: Type.Array(AgentEntry),
    }),
    repeat: "again",
  },
});

const common = { runId: NonEmptyString, seq: Count, ts: Timestamp, sessionKey: Type.Optional(SessionKey) };

export type LifecycleData = Static<typeof LifecycleData>;
export const LifecycleData = model("LifecycleData", {
  phase: namedWords("LifecyclePhase", "start", "end", "error"),
  startedAt: Type.Optional(Timestamp),
  endedAt: Type.Optional(Timestamp),
  aborted: Type.Optional(Type.Boolean()),
  error: Type.Optional(Type.String()),
});

export type AssistantData = Static<typeof AssistantData>;
export const AssistantData = model("AssistantData", {
  /** The whole text so far. */
  text: Type.String(),
  /** What is new in it. */
  delta: Type.String(),
});

export type ToolData = Static<typeof ToolData>;
export const ToolData = model("ToolData", {
  phase: namedWords("ToolPhase", "start", "update", "result"),
  name: NonEmptyString,
  toolCallId: NonEmptyString,
  args: Type.Optional(JsonObject),
  partialResult: Type.Optional(Json),
  meta: Type.Optional(Type.String()),
  isError: Type.Optional(Type.Boolean()),
  result: Type.Optional(Json),
});

const LifecycleEvent = model("AgentLifecycleEvent", {
  ...common,
  stream: Type.Literal("lifecycle"),
  data: LifecycleData,
});
const AssistantEvent = model("AgentAssistantEvent", {
  ...common,
  stream: Type.Literal("assistant"),
  data: AssistantData,
});
export type AgentToolEvent = Static<typeof AgentToolEvent>;
export const AgentToolEvent = model("AgentToolEvent", {
  ...common,
  stream: Type.Literal("tool"),
  data: ToolData,
});

/** One thing that a run did, told apart by `stream`. */
export type AgentEvent = Static<typeof AgentEvent>;
export const AgentEvent = discriminated("AgentEvent", "stream", [
  LifecycleEvent,
  AssistantEvent,
  AgentToolEvent,
]);

export const events = defineEvents({
  agent: {
    summary: "What a run does as it does it: one start, text and tools, exactly one end or error.",
    audience: "operator.read",
    whenSlow: "drop-deltas",
    since: 3,
    payload: AgentEvent,
  },
});
