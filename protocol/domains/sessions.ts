import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import {
  Count,
  JsonObject,
  Millis,
  model,
  NonEmptyString,
  nullable,
  SessionKey,
  strict,
  Timestamp,
  words,
} from "../primitives.ts";

const settings = {
  label: Type.Optional(NonEmptyString),
  thinkingLevel: Type.Optional(NonEmptyString),
  verboseLevel: Type.Optional(NonEmptyString),
  reasoningLevel: Type.Optional(NonEmptyString),
  elevatedLevel: Type.Optional(NonEmptyString),
  responseUsage: Type.Optional(NonEmptyString),
  sendPolicy: Type.Optional(NonEmptyString),
  groupActivation: Type.Optional(NonEmptyString),
  execHost: Type.Optional(NonEmptyString),
  execSecurity: Type.Optional(NonEmptyString),
  execAsk: Type.Optional(NonEmptyString),
  execNode: Type.Optional(NonEmptyString),
  spawnedBy: Type.Optional(NonEmptyString),
};

const counts = {
  inputTokens: Type.Optional(Count),
  outputTokens: Type.Optional(Count),
  contextTokens: Type.Optional(Count),
  modelProvider: Type.Optional(NonEmptyString),
  model: Type.Optional(NonEmptyString),
  abortedLastRun: Type.Optional(Type.Boolean()),
  systemSent: Type.Optional(Type.Boolean()),
  chatType: Type.Optional(NonEmptyString),
  origin: Type.Optional(JsonObject),
  deliveryContext: Type.Optional(JsonObject),
  lastChannel: Type.Optional(NonEmptyString),
  displayName: Type.Optional(NonEmptyString),
};

/** A row of sessions.list. */
export type SessionRow = Static<typeof SessionRow>;
export const SessionRow = model("SessionRow", {
  key: SessionKey,
  kind: words("direct", "group", "global", "unknown"),
  updatedAt: nullable(Timestamp),
  sessionId: Type.Optional(NonEmptyString),
  /** What the last answer had to read and what it wrote; 0 where that is not known yet. */
  totalTokens: Count,
  /** Whether `totalTokens` is of the transcript as it is now: not before the first answer, nor after a compaction. */
  totalTokensFresh: Type.Optional(Type.Boolean()),
  /** What the transcript's answers cost so far, in US dollars; absent where nobody knows it of one of them. */
  estimatedCostUsd: Type.Optional(Type.Number({ minimum: 0 })),
  ...settings,
  ...counts,
  /** Only while a run is under way. */
  status: Type.Optional(words("running")),
  /** When the last run began, and what became of it. */
  startedAt: Type.Optional(Timestamp),
  endedAt: Type.Optional(Timestamp),
  runtimeMs: Type.Optional(Millis),
  derivedTitle: Type.Optional(Type.String()),
  lastMessagePreview: Type.Optional(Type.String()),
});

const { key: _, ...besideKey } = Type.Partial(SessionRow).properties;
/** The row once more, for events that clients read without looking into `session`. */
export const flatRow = besideKey;

/** What is kept about a session. */
export type SessionEntry = Static<typeof SessionEntry>;
export const SessionEntry = model("SessionEntry", {
  sessionId: NonEmptyString,
  updatedAt: Timestamp,
  totalTokens: Type.Optional(Count),
  providerOverride: Type.Optional(NonEmptyString),
  modelOverride: Type.Optional(NonEmptyString),
  ...settings,
  ...counts,
});

const text = (maxLength: number) => Type.Optional(nullable(Type.String({ minLength: 1, maxLength })));
const oneOf = <const T extends readonly string[]>(...options: T) =>
  Type.Optional(nullable(words(...options)));

/** Which sessions a list has, and what of each. */
export const sessionFilters = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: "default 200" })),
  offset: Type.Optional(Count),
  activeMinutes: Type.Optional(Type.Integer({ minimum: 1 })),
  includeGlobal: Type.Optional(Type.Boolean()),
  includeUnknown: Type.Optional(Type.Boolean()),
  includeDerivedTitles: Type.Optional(Type.Boolean()),
  includeLastMessage: Type.Optional(Type.Boolean()),
  label: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  spawnedBy: Type.Optional(NonEmptyString),
  agentId: Type.Optional(NonEmptyString),
  search: Type.Optional(Type.String()),
};

export type SessionsListResult = Static<typeof SessionsListResult>;
export const SessionsListResult = model("SessionsListResult", {
  ts: Timestamp,
  path: NonEmptyString,
  count: Count,
  totalCount: Count,
  hasMore: Type.Boolean(),
  /** Where the rest begins; null where there is none. */
  nextOffset: Type.Optional(nullable(Count)),
  defaults: strict({
    modelProvider: nullable(Type.String()),
    model: nullable(Type.String()),
    contextTokens: nullable(Count),
  }),
  sessions: Type.Array(SessionRow),
});

export type SessionPreview = Static<typeof SessionPreview>;
export const SessionPreview = model("SessionPreview", {
  /** As it was asked for. */
  key: SessionKey,
  status: words("ok", "empty", "missing"),
  items: Type.Array(
    model("SessionPreviewItem", {
      role: words("user", "assistant", "tool", "system", "other"),
      text: Type.String(),
    }),
  ),
});

const agentId = Type.Optional(Type.String());
const thinkingLevels = ["off", "minimal", "low", "medium", "high", "xhigh"] as const;

export const methods = defineMethods({
  "sessions.list": {
    summary: "The sessions, most recently used first.",
    access: "operator.read",
    since: 3,
    params: strict(sessionFilters),
    result: SessionsListResult,
    repeat: "again",
    tolerant: true,
  },
  "sessions.patch": {
    summary: "Change what is kept about a session; null clears. Creates the session where there is none.",
    access: "operator.write",
    since: 3,
    params: strict({
      key: SessionKey,
      agentId,
      label: text(64),
      thinkingLevel: oneOf(...thinkingLevels),
      verboseLevel: oneOf("on", "off", "full"),
      reasoningLevel: oneOf("on", "off", "stream"),
      responseUsage: oneOf("off", "tokens", "full", "on"),
      elevatedLevel: oneOf("on", "off", "ask", "full"),
      execHost: oneOf("sandbox", "gateway", "node"),
      execSecurity: oneOf("deny", "allowlist", "full"),
      execAsk: oneOf("off", "on-miss", "always"),
      execNode: text(256),
      model: text(256),
      spawnedBy: text(512),
      sendPolicy: oneOf("allow", "deny"),
      groupActivation: oneOf("mention", "always"),
    }),
    result: strict({
      ok: Type.Literal(true),
      path: NonEmptyString,
      key: SessionKey,
      entry: SessionEntry,
      resolved: Type.Optional(
        strict({ modelProvider: nullable(Type.String()), model: nullable(Type.String()) }),
      ),
    }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.reset": {
    summary: "Start a fresh transcript under an existing session key.",
    access: "operator.admin",
    since: 3,
    params: strict({
      key: SessionKey,
      agentId,
      reason: Type.Optional(Type.String()),
    }),
    result: strict({ ok: Type.Literal(true), key: SessionKey, entry: SessionEntry }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.create": {
    summary:
      "Open a session, under a key of its own where none is given, and say a first thing in it where one is. One that is there is changed instead.",
    access: "operator.write",
    since: 4,
    params: strict({
      key: Type.Optional(SessionKey),
      agentId: Type.Optional(NonEmptyString),
      label: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      model: Type.Optional(NonEmptyString),
      thinkingLevel: Type.Optional(words(...thinkingLevels)),
      /** A new session starts with the model and the levels of this one. */
      parentSessionKey: Type.Optional(SessionKey),
      /** What to say in it; `task` is the same for those that call it so. */
      message: Type.Optional(Type.String()),
      task: Type.Optional(Type.String()),
    }),
    result: strict({
      ok: Type.Literal(true),
      key: SessionKey,
      sessionId: NonEmptyString,
      entry: SessionEntry,
      runStarted: Type.Boolean(),
      runId: Type.Optional(NonEmptyString),
    }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.describe": {
    summary: "One session as a row of sessions.list; null where there is none under this key.",
    access: "operator.read",
    since: 4,
    params: strict({
      key: SessionKey,
      agentId,
      includeDerivedTitles: Type.Optional(Type.Boolean()),
      includeLastMessage: Type.Optional(Type.Boolean()),
    }),
    result: strict({ session: nullable(SessionRow) }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.resolve": {
    summary: "The key of the session that has this key, id or label; exactly one of them is given.",
    access: "operator.read",
    since: 3,
    params: strict({
      key: Type.Optional(Type.String()),
      sessionId: Type.Optional(Type.String()),
      label: Type.Optional(Type.String()),
      agentId,
      spawnedBy: Type.Optional(Type.String()),
      includeGlobal: Type.Optional(Type.Boolean()),
      includeUnknown: Type.Optional(Type.Boolean()),
      /** Answer `ok: false` instead of an error where there is none. */
      allowMissing: Type.Optional(Type.Boolean()),
    }),
    result: strict({ ok: Type.Boolean(), key: Type.Optional(SessionKey) }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.preview": {
    summary: "The last lines of several sessions at once, the first 64 keys that are given.",
    access: "operator.read",
    since: 3,
    params: strict({
      keys: Type.Array(SessionKey, { minItems: 1 }),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, description: "messages of each; default 12, at most 50" }),
      ),
      maxChars: Type.Optional(
        Type.Integer({ minimum: 20, description: "of each message; default 240, at most 2000" }),
      ),
    }),
    result: strict({ ts: Timestamp, previews: Type.Array(SessionPreview) }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.compact": {
    summary: "Keep the last messages of a session and put the older ones aside; they are told no more.",
    access: "operator.admin",
    since: 3,
    params: strict({
      key: SessionKey,
      agentId,
      maxLines: Type.Optional(Type.Integer({ minimum: 1, description: "messages kept; default 400" })),
    }),
    result: strict({
      ok: Type.Literal(true),
      key: SessionKey,
      compacted: Type.Boolean(),
      kept: Type.Optional(Count),
      /** The name under which the older ones lie. */
      archived: Type.Optional(NonEmptyString),
      reason: Type.Optional(words("no sessionId", "no transcript")),
    }),
    repeat: "again",
    tolerant: true,
  },
  "sessions.delete": {
    summary: "Remove a session; its transcript is kept aside unless deleteTranscript is true.",
    access: "operator.write",
    since: 3,
    params: strict({
      key: SessionKey,
      deleteTranscript: Type.Optional(Type.Boolean()),
      agentId,
    }),
    result: strict({
      ok: Type.Literal(true),
      key: SessionKey,
      deleted: Type.Boolean(),
      archived: Type.Array(Type.String()),
    }),
    repeat: "again",
    tolerant: true,
  },
});
