import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import {
  Count,
  Json,
  JsonObject,
  Millis,
  map,
  model,
  NonEmptyString,
  namedWords,
  nullable,
  strict,
  Timestamp,
} from "../primitives.ts";

export type SessionGlance = Static<typeof SessionGlance>;
export const SessionGlance = model("SessionGlance", {
  key: NonEmptyString,
  updatedAt: nullable(Timestamp),
  age: nullable(Count),
});

export type SessionsGlance = Static<typeof SessionsGlance>;
export const SessionsGlance = model("SessionsGlance", {
  path: NonEmptyString,
  count: Count,
  recent: Type.Array(SessionGlance),
});

export type HeartbeatSettings = Static<typeof HeartbeatSettings>;
export const HeartbeatSettings = model("HeartbeatSettings", {
  enabled: Type.Boolean(),
  every: NonEmptyString,
  everyMs: nullable(Count),
  prompt: Type.Optional(Type.String()),
  target: Type.Optional(NonEmptyString),
  model: Type.Optional(NonEmptyString),
  ackMaxChars: Type.Optional(Count),
});

/** Something that is wrong and what to do about it, in one sentence. */
export type Problem = Static<typeof Problem>;
export const Problem = model("Problem", {
  /** A stable word per cause, such as `config`, `clock`, `disk`. */
  id: NonEmptyString,
  message: NonEmptyString,
  /** The same in Chinese, where there are words for it. */
  zh: Type.Optional(NonEmptyString),
});

/** What the day's answers of models have cost so far. */
export type Spend = Static<typeof Spend>;
export const Spend = model("Spend", {
  /** The calendar day where the gateway is, as `2026-11-21`. */
  day: NonEmptyString,
  usd: Type.Number({ minimum: 0 }),
  /** `agents.defaults.dailyCapUsd`; null where there is none. */
  capUsd: nullable(Type.Number({ minimum: 0 })),
  /** Answers whose cost nobody knows. */
  unpriced: Count,
});

/** How much waits in the gateway, and where. */
export type QueueDepths = Static<typeof QueueDepths>;
export const QueueDepths = model("QueueDepths", {
  /** Messages that are being answered, and those that wait for it. */
  turns: model("TurnDepths", { running: Count, waiting: Count }),
  /** Works that wait for the next commit. */
  commitsWaiting: Count,
  /** Parts of messages that wait or are under way, and those of which nobody knows: they wait for the owner. */
  outbox: model("OutboxDepths", { queued: Count, unknown: Count }),
  /** What came in and is still to be decided, and what is held until its sender is let in. */
  inbound: model("InboundDepths", { open: Count, held: Count }),
});

export type HealthSummary = Static<typeof HealthSummary>;
export const HealthSummary = model("HealthSummary", {
  ok: Type.Literal(true),
  ts: Timestamp,
  durationMs: Millis,
  channels: map(JsonObject),
  channelOrder: Type.Array(NonEmptyString),
  channelLabels: map(Type.String()),
  /** 0: heartbeats are off. */
  heartbeatSeconds: Count,
  defaultAgentId: NonEmptyString,
  agents: Type.Array(
    model("AgentHealth", {
      agentId: NonEmptyString,
      name: Type.Optional(NonEmptyString),
      isDefault: Type.Boolean(),
      heartbeat: HeartbeatSettings,
      sessions: SessionsGlance,
    }),
  ),
  sessions: SessionsGlance,
  /** The model that answers, as `provider/model`, or `none`. */
  model: NonEmptyString,
  problems: Type.Array(Problem),
  spend: Type.Optional(Spend),
  queues: Type.Optional(QueueDepths),
  /** How the process fares: sockets, event-loop delay, sheds by cause. */
  process: model("ProcessHealth", {
    pid: Count,
    rssBytes: Count,
    uptimeMs: Millis,
    connections: Count,
    /** The longest that the event loop was late in the last minute. */
    loopDelayMaxMs: Type.Number({ minimum: 0 }),
    /** Errors that were contained instead of ending the process. */
    containedErrors: Count,
    /** What was refused or dropped to protect the others, by cause. */
    sheds: map(Count),
  }),
});

export type StatusSession = Static<typeof StatusSession>;
export const StatusSession = model("StatusSession", {
  agentId: Type.Optional(NonEmptyString),
  key: NonEmptyString,
  kind: namedWords("SessionKind", "direct", "group", "global", "unknown"),
  sessionId: Type.Optional(NonEmptyString),
  updatedAt: nullable(Timestamp),
  age: nullable(Count),
  thinkingLevel: Type.Optional(NonEmptyString),
  verboseLevel: Type.Optional(NonEmptyString),
  reasoningLevel: Type.Optional(NonEmptyString),
  elevatedLevel: Type.Optional(NonEmptyString),
  systemSent: Type.Optional(Type.Boolean()),
  abortedLastRun: Type.Optional(Type.Boolean()),
  inputTokens: Type.Optional(Count),
  outputTokens: Type.Optional(Count),
  totalTokens: nullable(Count),
  remainingTokens: nullable(Count),
  percentUsed: nullable(Count),
  model: nullable(Type.String()),
  contextTokens: nullable(Count),
  flags: Type.Array(NonEmptyString),
});

export type StatusSummary = Static<typeof StatusSummary>;
export const StatusSummary = model("StatusSummary", {
  linkChannel: Type.Optional(Json),
  heartbeat: strict({
    defaultAgentId: NonEmptyString,
    agents: Type.Array(
      model("AgentHeartbeat", {
        agentId: NonEmptyString,
        enabled: Type.Boolean(),
        every: NonEmptyString,
        everyMs: nullable(Count),
      }),
    ),
  }),
  channelSummary: Type.Array(Type.String()),
  queuedSystemEvents: Type.Array(Type.String()),
  spend: Type.Optional(Spend),
  /** Where the gateway is published in its tailnet. */
  tailnetUrl: Type.Optional(NonEmptyString),
  sessions: strict({
    paths: Type.Array(NonEmptyString),
    count: Count,
    defaults: strict({ model: nullable(Type.String()), contextTokens: nullable(Count) }),
    recent: Type.Array(StatusSession),
    byAgent: Type.Array(
      model("AgentSessions", {
        agentId: NonEmptyString,
        path: NonEmptyString,
        count: Count,
        recent: Type.Array(StatusSession),
      }),
    ),
  }),
});

export const methods = defineMethods({
  health: {
    summary:
      "How the gateway is: channels, agents, sessions, the process. A summary up to a minute old, or fresh with probe.",
    access: "connected",
    since: 3,
    params: strict({ probe: Type.Optional(Type.Boolean()) }),
    result: HealthSummary,
    repeat: "again",
  },
  status: {
    summary: "Sessions and heartbeats at a glance, for a person's status line.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: StatusSummary,
    repeat: "again",
  },
});

export const events = defineEvents({
  health: {
    summary: "The health summary changed; a new client gets one unasked after hello-ok.",
    audience: "everyone",
    whenSlow: "drop",
    since: 3,
    payload: HealthSummary,
    versioned: true,
  },
  tick: {
    summary: "A sign of life every policy.tickIntervalMs.",
    audience: "everyone",
    whenSlow: "drop",
    since: 3,
    payload: model("TickEvent", { ts: Timestamp }),
  },
  shutdown: {
    summary: "The gateway is about to close every socket with 1012.",
    audience: "everyone",
    whenSlow: "disconnect",
    since: 3,
    payload: model("ShutdownEvent", {
      reason: NonEmptyString,
      restartExpectedMs: nullable(Count),
    }),
  },
});
