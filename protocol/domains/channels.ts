import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import {
  Count,
  discriminated,
  JsonObject,
  Millis,
  map,
  model,
  NonEmptyString,
  namedWords,
  nullable,
  strict,
  Timestamp,
  words,
} from "../primitives.ts";

/** What a look at an account found. */
export type ChannelProbe = Static<typeof ChannelProbe>;
export const ChannelProbe = model("ChannelProbe", {
  ok: Type.Boolean(),
  elapsedMs: Millis,
  /** The first of the findings, where it is not well. */
  error: nullable(Type.String()),
  /** What is wrong or will go wrong, each in a sentence with what to do. */
  findings: Type.Array(Type.String()),
  /** Whom the platform takes the account for; without the sign that its people put before such names. */
  bot: Type.Optional(strict({ username: NonEmptyString })),
});

/** One login on a platform, as it is known to be: by its last proof, not by what was meant. */
export type ChannelAccount = Static<typeof ChannelAccount>;
export const ChannelAccount = model("ChannelAccount", {
  accountId: NonEmptyString,
  name: Type.Optional(NonEmptyString),
  enabled: Type.Boolean(),
  configured: Type.Boolean(),
  /** Only where people log in by a code or a QR code. */
  linked: Type.Optional(Type.Boolean()),
  running: Type.Boolean(),
  /** The platform has proven so not long ago. */
  connected: Type.Boolean(),
  /** `silent`: it was connected, and nothing has come through for longer than it may take. */
  state: namedWords(
    "ChannelAccountState",
    ...([
      "off",
      "stopped",
      "connecting",
      "connected",
      "silent",
      "waiting",
      "needs login",
      "blocked",
    ] as const),
  ),
  stateSince: Timestamp,
  /** How messages come in, where there are several ways. */
  mode: Type.Optional(words("polling", "webhook")),
  /** The name under which people see the account. */
  as: Type.Optional(NonEmptyString),
  /** When a waiting account tries again. */
  waitingUntil: nullable(Timestamp),
  reconnectAttempts: Count,
  /** How often its code failed and was started again. */
  failures: Count,
  lastError: nullable(NonEmptyString),
  lastErrorAt: nullable(Timestamp),
  /** What the owner can do about it. */
  hint: Type.Optional(NonEmptyString),
  lastConnectedAt: nullable(Timestamp),
  /** When the platform last proved to work. */
  lastAliveAt: nullable(Timestamp),
  lastStartAt: nullable(Timestamp),
  lastStopAt: nullable(Timestamp),
  lastInboundAt: nullable(Timestamp),
  lastOutboundAt: nullable(Timestamp),
  lastProbeAt: nullable(Timestamp),
  probe: Type.Optional(ChannelProbe),
  dmPolicy: Type.Optional(NonEmptyString),
  allowFrom: Type.Optional(Type.Array(Type.String())),
  /** Where its credentials come from. */
  tokenSource: Type.Optional(words("config", "env", "none")),
});

/** A way to log in. */
export type ChannelLoginFlow = Static<typeof ChannelLoginFlow>;
export const ChannelLoginFlow = model("ChannelLoginFlow", { id: NonEmptyString, label: NonEmptyString });

/** What the person who logs in sees or is asked; only after `ask` an answer is expected. */
export type ChannelLoginStep = Static<typeof ChannelLoginStep>;
export const ChannelLoginStep = discriminated("ChannelLoginStep", "kind", [
  model("ChannelLoginQr", {
    kind: Type.Literal("qr"),
    /** What the QR code says. */
    payload: NonEmptyString,
    text: Type.String(),
    expiresAt: Timestamp,
  }),
  model("ChannelLoginCode", {
    kind: Type.Literal("code"),
    code: NonEmptyString,
    text: Type.String(),
    expiresAt: Timestamp,
  }),
  model("ChannelLoginAsk", {
    kind: Type.Literal("ask"),
    ask: NonEmptyString,
    label: NonEmptyString,
    secret: Type.Boolean(),
    hint: Type.Optional(Type.String()),
  }),
  /** Something is wrong with the last answer. */
  model("ChannelLoginTell", { kind: Type.Literal("tell"), text: NonEmptyString }),
  model("ChannelLoginWait", { kind: Type.Literal("wait"), text: NonEmptyString }),
  model("ChannelLoginDone", {
    kind: Type.Literal("done"),
    as: NonEmptyString,
    /** What the owner does next. */
    next: Type.Optional(NonEmptyString),
    keyIn: nullable(words("keychain", "file")),
    /** False where the gateway takes the account up by a restart only. */
    applied: Type.Boolean(),
  }),
]);

const ChannelId = Type.String({ minLength: 1, maxLength: 64 });
/** Names an account in the config and on the command line. */
const AccountId = Type.String({ minLength: 1, maxLength: 64 });

const LoginProgress = model("ChannelLoginProgress", {
  loginId: NonEmptyString,
  channel: NonEmptyString,
  accountId: NonEmptyString,
  flow: NonEmptyString,
  flows: Type.Array(ChannelLoginFlow),
  step: ChannelLoginStep,
  /** Nothing new within the time: the step is the one before, and the next one is still to come. */
  pending: Type.Boolean(),
});

export const methods = defineMethods({
  "channels.list": {
    summary: "The channels that this gateway has, and which accounts of each the config names.",
    access: "operator.read",
    since: 4,
    params: strict({}),
    result: strict({
      channels: Type.Array(
        model("ChannelEntry", {
          id: NonEmptyString,
          label: NonEmptyString,
          /** The setting that `token` of channels.add stands for; null where people log in by steps only. */
          credential: nullable(NonEmptyString),
          accounts: Type.Array(NonEmptyString),
        }),
      ),
    }),
    repeat: "again",
  },
  "channels.status": {
    summary: "How every account is, from its last proof; with probe, its platform is asked now.",
    access: "operator.read",
    since: 3,
    params: strict({
      probe: Type.Optional(Type.Boolean()),
      /** At least 1000; 10000 where absent. */
      timeoutMs: Type.Optional(Count),
    }),
    result: strict({
      ts: Timestamp,
      channelOrder: Type.Array(NonEmptyString),
      channelLabels: map(Type.String()),
      channelDetailLabels: map(Type.String()),
      channelSystemImages: map(Type.String()),
      channelMeta: Type.Array(
        model("ChannelMeta", {
          id: NonEmptyString,
          label: NonEmptyString,
          detailLabel: NonEmptyString,
          systemImage: Type.Optional(NonEmptyString),
        }),
      ),
      /** A channel's summary is its default account's. */
      channels: map(JsonObject),
      channelAccounts: map(Type.Array(ChannelAccount)),
      channelDefaultAccountId: map(Type.String()),
    }),
    repeat: "again",
    tolerant: true,
  },
  "channels.add": {
    summary: "Add an account, or give one other settings: looked at first, kept in the config, used at once.",
    access: "operator.admin",
    since: 4,
    params: strict({
      channel: ChannelId,
      accountId: Type.Optional(AccountId),
      /** The credential of a channel that has one; kept in the OS keychain, else in a file of the gateway's user. */
      token: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192 })),
      /** Further settings, by their names in the config. */
      settings: Type.Optional(JsonObject),
      /** False writes it without asking the platform first. */
      test: Type.Optional(Type.Boolean()),
    }),
    result: strict({
      channel: NonEmptyString,
      accountId: NonEmptyString,
      as: nullable(NonEmptyString),
      /** What the look found, though it went well. */
      findings: Type.Array(Type.String()),
      keyIn: nullable(words("keychain", "file")),
      applied: Type.Boolean(),
    }),
    repeat: "again",
  },
  "channels.remove": {
    summary: "Take an account out of the config, with its secrets and all that it kept.",
    access: "operator.admin",
    since: 4,
    params: strict({ channel: ChannelId, accountId: Type.Optional(AccountId) }),
    result: strict({ channel: NonEmptyString, accountId: NonEmptyString, removed: Type.Boolean() }),
    repeat: "again",
  },
  "channels.logout": {
    summary: "End an account's login at the platform as far as possible, and forget its credentials.",
    access: "operator.admin",
    since: 3,
    params: strict({ channel: NonEmptyString, accountId: Type.Optional(NonEmptyString) }),
    result: strict({
      channel: NonEmptyString,
      accountId: NonEmptyString,
      cleared: Type.Boolean(),
      loggedOut: Type.Boolean(),
      /** The environment still has its token: the account logs in again with that. */
      envToken: Type.Boolean(),
    }),
    repeat: "again",
    tolerant: true,
  },
  "channels.login.start": {
    summary:
      "Begin to log an account in, step by step; ends with the connection, by cancel or after 15 minutes.",
    access: "operator.admin",
    since: 4,
    params: strict({
      channel: ChannelId,
      accountId: Type.Optional(AccountId),
      /** One of the ways that the answer lists; the usual one where absent. */
      flow: Type.Optional(NonEmptyString),
      /** Settings that hold while logging in and are kept with the account. */
      settings: Type.Optional(JsonObject),
    }),
    result: LoginProgress,
    repeat: "again",
  },
  "channels.login.continue": {
    summary:
      "The next step of a login, with the answer where the last one asked; waits for it, at most timeoutMs.",
    access: "operator.admin",
    since: 4,
    params: strict({
      loginId: NonEmptyString,
      answer: Type.Optional(Type.String({ maxLength: 8_192 })),
      /** 25000 where absent. */
      timeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 120_000 })),
    }),
    result: LoginProgress,
    repeat: "again",
  },
  "channels.login.cancel": {
    summary: "End a login; nothing is changed by it.",
    access: "operator.admin",
    since: 4,
    params: strict({ loginId: NonEmptyString }),
    result: strict({ cancelled: Type.Boolean() }),
    repeat: "again",
  },
});
