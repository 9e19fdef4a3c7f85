import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { Count, Millis, model, NonEmptyString, nullable, strict, words } from "../primitives.ts";

/** US dollars per million tokens. */
export type ModelCost = Static<typeof ModelCost>;
export const ModelCost = model("ModelCost", {
  input: Type.Number({ minimum: 0 }),
  output: Type.Number({ minimum: 0 }),
  cacheRead: Type.Optional(Type.Number({ minimum: 0 })),
  cacheWrite: Type.Optional(Type.Number({ minimum: 0 })),
});

/** A model; the keys from `maxTokens` on are there only where details were asked for. */
export type ModelEntry = Static<typeof ModelEntry>;
export const ModelEntry = model("ModelEntry", {
  id: NonEmptyString,
  name: NonEmptyString,
  provider: NonEmptyString,
  contextWindow: Type.Optional(Count),
  reasoning: Type.Optional(Type.Boolean()),
  input: Type.Optional(Type.Array(NonEmptyString)),
  maxTokens: Type.Optional(Count),
  /** Absent where nobody knows what it costs. */
  cost: Type.Optional(ModelCost),
  /** It runs on this computer or in its network and costs nothing a token. */
  local: Type.Optional(Type.Boolean()),
  /** Scheme, host and port of the server. */
  endpoint: Type.Optional(NonEmptyString),
  /** The name of the place that holds the key, never the key; null where none is needed. */
  keyFrom: Type.Optional(nullable(NonEmptyString)),
  /** It answers where nobody chose another. */
  isDefault: Type.Optional(Type.Boolean()),
  usable: Type.Optional(Type.Boolean()),
  /** Why not, and what to do about it. */
  unusableBecause: Type.Optional(NonEmptyString),
});

/** A program that serves models on this computer. It is offered, and used only when somebody adds it. */
export type FoundServer = Static<typeof FoundServer>;
export const FoundServer = model("FoundServer", {
  /** What models.add takes as `provider`. */
  id: NonEmptyString,
  name: NonEmptyString,
  baseUrl: NonEmptyString,
  models: Type.Array(NonEmptyString),
});

/** A provider that models.add knows by its id alone. */
export type KnownProvider = Static<typeof KnownProvider>;
export const KnownProvider = model("KnownProvider", {
  id: NonEmptyString,
  name: NonEmptyString,
  needsKey: Type.Boolean(),
  /** Where people get a key. */
  keyPage: Type.Optional(NonEmptyString),
  configured: Type.Boolean(),
});

const optional = Type.Optional(Type.String());

const taken = {
  /** False where the config is not taken up yet: by a restart only, or once `mendFirst` is mended. */
  applied: Type.Boolean(),
  /** What is wrong beside it in the config, each with its place; absent where it is a restart that is missing. */
  mendFirst: Type.Optional(Type.Array(NonEmptyString)),
};

export const methods = defineMethods({
  "models.list": {
    summary: "The models that are configured and have what they need to answer.",
    access: "operator.read",
    since: 3,
    params: strict({
      agentId: optional,
      sessionKey: optional,
      provider: optional,
      /** With prices, limits and where each is asked; and with what else could be added. */
      includeDetails: Type.Optional(Type.Boolean()),
      /** Look for local servers now, instead of taking what was found some seconds ago. */
      refresh: Type.Optional(Type.Boolean()),
    }),
    result: strict({
      models: Type.Array(ModelEntry),
      /** Local servers that are not configured; only with details. */
      found: Type.Optional(Type.Array(FoundServer)),
      /** What is configured and cannot be used, one sentence each; only with details. */
      problems: Type.Optional(Type.Array(NonEmptyString)),
    }),
    repeat: "again",
    tolerant: true,
  },
  "models.discover": {
    summary: "What could be added: model servers found on this computer, and the providers known by name.",
    access: "operator.read",
    since: 4,
    params: strict({ refresh: Type.Optional(Type.Boolean()) }),
    result: strict({
      /** False where MOLTBOT_NO_DISCOVERY is set: then nothing was looked for. */
      enabled: Type.Boolean(),
      found: Type.Array(FoundServer),
      providers: Type.Array(KnownProvider),
    }),
    repeat: "again",
  },
  "models.test": {
    summary: "Ask a model for a few tokens, to know whether its address, its key and its name are right.",
    access: "operator.write",
    since: 4,
    params: strict({
      /** As `provider/model`, an alias or an id; the default one where absent. */
      model: Type.Optional(NonEmptyString),
    }),
    result: strict({
      ok: Type.Boolean(),
      model: NonEmptyString,
      latencyMs: Millis,
      error: Type.Optional(strict({ kind: NonEmptyString, message: NonEmptyString })),
    }),
    repeat: "again",
  },
  "models.add": {
    summary: "Add a model provider, or give one another key: tested first, kept in the config, used at once.",
    access: "operator.admin",
    since: 4,
    params: strict({
      provider: Type.String({ minLength: 1, maxLength: 64 }),
      /** Goes into the OS keychain, else into a file of the gateway's user; never into the config. */
      apiKey: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
      baseUrl: Type.Optional(Type.String({ minLength: 1, maxLength: 2_048 })),
      api: Type.Optional(words("openai-completions", "openai-responses", "anthropic-messages")),
      models: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200 })),
      /** Where absent: yes, if no model answers yet. */
      makeDefault: Type.Optional(Type.Boolean()),
      /** False writes it without asking the model anything first. */
      test: Type.Optional(Type.Boolean()),
    }),
    result: strict({
      /** `provider/model`. */
      model: NonEmptyString,
      isDefault: Type.Boolean(),
      keyIn: nullable(words("keychain", "file")),
      latencyMs: nullable(Millis),
      ...taken,
    }),
    repeat: "again",
  },
  "models.use": {
    summary: "Make a model the one that answers where nobody chose another.",
    access: "operator.admin",
    since: 4,
    params: strict({ model: NonEmptyString }),
    result: strict({ model: NonEmptyString, ...taken }),
    repeat: "again",
  },
});
