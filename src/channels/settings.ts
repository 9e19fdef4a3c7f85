import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { map, words } from "#protocol/primitives.ts";
import { telegramKeys } from "./telegram/settings.ts";

const text = Type.String({ minLength: 1 });
/** Ids are written as texts or, by habit of some platforms, as numbers. */
const ids = Type.Array(Type.Union([text, Type.Integer()]));
const object = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });

function maybe<T extends Parameters<typeof Type.Optional>[0]>(schema: T, description: string) {
  return Type.Optional({ ...schema, description });
}

const Group = Type.Object(
  {
    enabled: maybe(Type.Boolean(), "false is silent there"),
    requireMention: maybe(Type.Boolean(), "answer only where it is named (true)"),
    allowFrom: maybe(ids, "who may use it there; otherwise groupAllowFrom"),
    agent: maybe(text, "which agent answers there"),
    systemPrompt: maybe(text, "what the model is told there besides"),
  },
  { additionalProperties: false },
);

const dmPolicy = words("pairing", "allowlist", "open", "disabled");

/** Who may write, and how it is answered: read anew for every message, so that a change restarts nothing. */
export const policyProperties = {
  dmPolicy: maybe(
    dmPolicy,
    "who may write directly: pairing (asks for a code first), allowlist, open, disabled",
  ),
  allowFrom: maybe(ids, "exact ids of those who may; * is everybody"),
  dm: maybe(
    Type.Object(
      { policy: maybe(dmPolicy, "as dmPolicy"), allowFrom: maybe(ids, "as allowFrom") },
      { additionalProperties: false },
    ),
    "another spelling of dmPolicy and allowFrom",
  ),
  groupPolicy: maybe(words("open", "allowlist", "disabled"), "who is answered in groups (allowlist)"),
  groupAllowFrom: maybe(ids, "who may in groups; otherwise allowFrom"),
  groups: maybe(map(Group), "groups by id, * is any; where any is named, no other is served"),
  historyLimit: maybe(Type.Integer({ minimum: 0 }), "messages of a group for context (50)"),
  textChunkLimit: maybe(Type.Integer({ minimum: 1 }), "the longest message"),
  streamMode: maybe(
    words("off", "partial", "block"),
    "whether a reply is shown while it is written (partial); block shows whole paragraphs only",
  ),
  replyToMode: maybe(
    words("off", "first", "all"),
    "which messages of a reply quote what they answer (first)",
  ),
  mediaMaxMb: maybe(Type.Number({ minimum: 0 }), "largest media (20)"),
  responsePrefix: maybe(Type.String(), "before what goes out"),
  ackReaction: maybe(Type.String(), "the reaction that says seen; empty is none"),
  allowBots: maybe(Type.Boolean(), "answer other bots (false)"),
  replyInterval: maybe(
    Type.Integer({ minimum: 0 }),
    "least pause between two replies in a conversation, in ms",
  ),
} satisfies TProperties;

const accountProperties = {
  enabled: maybe(Type.Boolean(), "connect it (true)"),
  name: maybe(text, "what people call it"),
  linkPreview: maybe(Type.Boolean(), "let the platform show what links lead to (true)"),
  proxy: maybe(text, "through which its connections go, such as http://127.0.0.1:8080"),
  ...policyProperties,
} satisfies TProperties;

/** Settings of each channel's own, by the channel's id; the keys that all channels share are added to them. */
export const channelSettings: Readonly<Record<string, TProperties>> = { telegram: telegramKeys };

function channelSchema(own: TProperties) {
  return Type.Object(
    {
      ...accountProperties,
      ...own,
      defaultAccount: maybe(text, "the account that is meant where none is named"),
      accounts: maybe(
        map(Type.Object({ ...accountProperties, ...own }, { additionalProperties: false })),
        "several logins by a name of one's own; what one does not say, the channel says",
      ),
    },
    { additionalProperties: false },
  );
}

const Defaults = Type.Object(
  {
    ...policyProperties,
    silentMs: maybe(
      Type.Integer({ minimum: 1 }),
      "without a sign of life for so long, a connected account counts as silent (90000)",
    ),
    heartbeat: Type.Optional(object),
  },
  { additionalProperties: false },
);

/** The keys that every account may have. */
export type CommonSettings = Static<ReturnType<typeof commonSchema>>;
function commonSchema() {
  return Type.Object(accountProperties);
}

/** One account's part of the config, as it is written there. */
export type AccountSection = CommonSettings & Readonly<Record<string, unknown>>;

/** One channel's part of the config. */
export type ChannelSection = AccountSection & {
  defaultAccount?: string;
  accounts?: Readonly<Record<string, AccountSection>>;
};

/** What stands there: a section for each channel, and `defaults` for all of them. */
export type ChannelSections = Readonly<Record<string, ChannelSection>>;

/** A channel that this build does not have is any object, and kept as it is. */
export function channelsSchema(known: Readonly<Record<string, TProperties>>) {
  return Type.Unsafe<ChannelSections>({
    type: "object",
    description: "messaging platforms by id",
    default: {},
    properties: {
      defaults: maybe(Defaults, "for every channel that does not say otherwise"),
      ...Object.fromEntries(
        Object.entries(known).map(([id, own]) => [id, Type.Optional(channelSchema(own))]),
      ),
    },
    additionalProperties: object,
  });
}

/** `channels` in the config. */
export const Channels = channelsSchema(channelSettings);
