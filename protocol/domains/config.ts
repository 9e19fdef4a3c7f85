import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import {
  Count,
  Json,
  JsonObject,
  map,
  model,
  NonEmptyString,
  nullable,
  SessionKey,
  strict,
  Timestamp,
  words,
} from "../primitives.ts";

export type ConfigIssue = Static<typeof ConfigIssue>;
export const ConfigIssue = model("ConfigIssue", {
  path: Type.String(),
  message: NonEmptyString,
  /** The message in Chinese. */
  zh: Type.Optional(NonEmptyString),
});

/** How a form shows one setting. */
export type ConfigUiHint = Static<typeof ConfigUiHint>;
export const ConfigUiHint = model("ConfigUiHint", {
  label: NonEmptyString,
  help: Type.Optional(NonEmptyString),
  /** Place among the sections, from 0. */
  order: Type.Optional(Count),
  /** Seldom needed. */
  advanced: Type.Optional(Type.Boolean()),
  /** Its value is a secret. */
  sensitive: Type.Optional(Type.Boolean()),
});

/** A restart that somebody has to see to: the gateway schedules none itself, so `ok` is false. */
export type ConfigRestart = Static<typeof ConfigRestart>;
export const ConfigRestart = model("ConfigRestart", {
  ok: Type.Boolean(),
  pid: Count,
  reason: NonEmptyString,
});

/** What was done, in the form that clients of generation 3 keep; nothing of it is stored, so `path` is null. */
export type ConfigSentinel = Static<typeof ConfigSentinel>;
export const ConfigSentinel = model("ConfigSentinel", {
  path: nullable(Type.String()),
  payload: strict({
    kind: words("config-apply"),
    status: words("ok"),
    ts: Timestamp,
    sessionKey: Type.Optional(SessionKey),
    message: nullable(Type.String()),
    doctorHint: NonEmptyString,
    stats: strict({ mode: words("config.patch", "config.apply"), root: NonEmptyString }),
  }),
});

/** A JSON5 text: the whole file, or a JSON merge patch. */
const raw = NonEmptyString;
/** The `hash` of the `config.get` that the change was made on; needed wherever the file exists. */
const baseHash = Type.Optional(NonEmptyString);

const written = {
  ok: Type.Boolean(),
  path: NonEmptyString,
  /** With the defaults filled in and the secrets redacted. */
  config: JsonObject,
  /** The file's hash now: the next write's `baseHash`. */
  hash: NonEmptyString,
  /** False where the file already said so; it was not touched then. */
  changed: Type.Boolean(),
  /** Sections that count from now on; runs in progress end with what they began with. */
  applied: Type.Array(NonEmptyString),
  /** Settings that count after a restart of the gateway, these and earlier ones. */
  needsRestart: Type.Array(NonEmptyString),
  warnings: Type.Array(ConfigIssue),
} satisfies TProperties;

const withRestart = {
  raw,
  baseHash,
  sessionKey: Type.Optional(SessionKey),
  note: Type.Optional(Type.String({ maxLength: 4_000 })),
  /** Taken for the sake of generation 3; no restart is scheduled that it could delay. */
  restartDelayMs: Type.Optional(Count),
} satisfies TProperties;

/** `restart` is null where everything counts already. */
const restarting = { ...written, restart: nullable(ConfigRestart), sentinel: ConfigSentinel };

export const methods = defineMethods({
  "config.get": {
    summary: "The configuration file and what it amounts to, secrets redacted.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: strict({
      path: NonEmptyString,
      exists: Type.Boolean(),
      raw: nullable(Type.String()),
      parsed: Json,
      valid: Type.Boolean(),
      /** With the defaults filled in. */
      config: JsonObject,
      /** SHA-256 of the file's text in hex, of the empty text where there is no file. */
      hash: NonEmptyString,
      issues: Type.Array(ConfigIssue),
      warnings: Type.Array(ConfigIssue),
      legacyIssues: Type.Array(ConfigIssue),
    }),
    repeat: "again",
  },
  "config.schema": {
    summary: "The JSON Schema (draft-07) of the configuration file, with hints for forms.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: strict({
      schema: JsonObject,
      /** By path; list indices are left out, `*` stands for any key. */
      uiHints: map(ConfigUiHint),
      version: NonEmptyString,
      generatedAt: NonEmptyString,
    }),
    repeat: "again",
  },
  "config.set": {
    summary: "Write the whole configuration; redacted secrets stay what they were.",
    access: "operator.admin",
    since: 3,
    params: strict({ raw, baseHash }),
    result: strict(written),
    repeat: "again",
  },
  "config.patch": {
    summary: "Change some settings by a JSON merge patch; null removes one.",
    access: "operator.admin",
    since: 3,
    params: strict(withRestart),
    tolerant: true,
    result: strict(restarting),
    repeat: "again",
  },
  "config.apply": {
    summary: "Write the whole configuration and say whether it takes a restart.",
    access: "operator.admin",
    since: 3,
    params: strict(withRestart),
    tolerant: true,
    result: strict(restarting),
    repeat: "again",
  },
});
