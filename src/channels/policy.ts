import type { Sentence } from "#src/lib/sentence.ts";
import type { AccountSection, ChannelSections, policyProperties } from "./settings.ts";

/** Settings that are read for each message: a change of one restarts no account. */
export const policyKeys = [
  ...(["dmPolicy", "allowFrom", "dm", "groupPolicy", "groupAllowFrom", "groups", "historyLimit"] as const),
  ...(["textChunkLimit", "streamMode", "replyToMode", "mediaMaxMb", "responsePrefix"] as const),
  ...(["ackReaction", "allowBots", "replyInterval"] as const),
] satisfies (keyof typeof policyProperties)[];

/** What holds for one group; `*` stands for every one that is not named. */
export interface GroupPolicy {
  requireMention?: boolean;
  enabled?: boolean;
  allowFrom?: string[];
  agent?: string;
  systemPrompt?: string;
}

/** Who may write to an account and how it answers: everything said, defaults filled in. */
export interface AccountPolicy {
  dmPolicy: "pairing" | "allowlist" | "open" | "disabled";
  allowFrom: string[];
  groupPolicy: "open" | "allowlist" | "disabled";
  groupAllowFrom: string[];
  groups: Record<string, GroupPolicy>;
  /** Case-insensitive regular expressions that name the account. */
  mentionPatterns: string[];
  historyLimit: number;
  queue: { mode: "collect" | "followup" | "steer" | "interrupt"; debounceMs: number; cap: number };
  /** Null: none is given. */
  ackReaction: string | null;
  ackScope: "all" | "direct" | "group-all" | "group-mentions" | "off";
  textChunkLimit?: number;
  /** Taken back once the answer is there. */
  removeAck: boolean;
  /** When it is shown that somebody writes: at once, with the first sign of the model, or with its first word. */
  typing: { from: "never" | "instant" | "thinking" | "message"; everyMs?: number };
  streaming: "off" | "partial" | "block";
  replyTo: "off" | "first" | "all";
  mediaMaxMb: number;
  textPrefix?: string;
  allowBots: boolean;
  replyInterval?: number;
}

type QueueMode = "steer" | "followup" | "collect" | "steer-backlog" | "steer+backlog" | "queue" | "interrupt";

interface TypingConfig {
  typingMode?: "never" | "instant" | "thinking" | "message";
  typingIntervalSeconds?: number;
}

/** The parts of the config that policies are made of. */
export interface PolicyConfig {
  channels: ChannelSections;
  messages: {
    responsePrefix?: string;
    groupChat?: { mentionPatterns?: string[]; historyLimit?: number };
    queue: {
      mode: QueueMode;
      byChannel?: Record<string, QueueMode>;
      debounceMs: number;
      debounceMsByChannel?: Record<string, number>;
      cap: number;
    };
    ackReaction?: string;
    ackReactionScope: "group-mentions" | "group-all" | "direct" | "all";
    removeAckAfterReply?: boolean;
  };
  agents: { defaults: TypingConfig & { mediaMaxMb?: number } };
  session: TypingConfig;
}

const standard = { historyLimit: 50, mediaMaxMb: 20, ackReaction: "👀" };

/** What the original calls by more names than there are ways. */
const queueModes = {
  steer: "steer",
  "steer-backlog": "steer",
  "steer+backlog": "steer",
  followup: "followup",
  queue: "followup",
  collect: "collect",
  interrupt: "interrupt",
} as const satisfies Record<QueueMode, AccountPolicy["queue"]["mode"]>;

/** What the account says counts before what its channel says, that before `channels.defaults`. */
export function resolvePolicy(config: PolicyConfig, channel: string, accountId: string): AccountPolicy {
  const { messages, agents, session } = config;
  const section = config.channels[channel] ?? {};
  const levels: AccountSection[] = [
    section.accounts?.[accountId] ?? {},
    section,
    config.channels.defaults ?? {},
  ];
  const said = <K extends keyof AccountSection>(key: K): AccountSection[K] | undefined =>
    levels.find((level) => level[key] !== undefined)?.[key];
  const direct = levels.find(({ dmPolicy, dm }) => dmPolicy !== undefined || dm?.policy !== undefined);
  const listed = levels.find(({ allowFrom, dm }) => allowFrom !== undefined || dm?.allowFrom !== undefined);
  const exact = (ids: readonly (string | number)[] | undefined) => exactIds(ids ?? [], channel);
  const allowFrom = exact(listed?.allowFrom ?? listed?.dm?.allowFrom);
  const groupAllowFrom = said("groupAllowFrom");
  const ack = said("ackReaction") ?? messages.ackReaction ?? standard.ackReaction;
  const textPrefix = said("responsePrefix") ?? messages.responsePrefix;
  const textChunkLimit = said("textChunkLimit");
  const replyInterval = said("replyInterval");
  const everySeconds = session.typingIntervalSeconds ?? agents.defaults.typingIntervalSeconds;
  return {
    dmPolicy: direct?.dmPolicy ?? direct?.dm?.policy ?? "pairing",
    allowFrom,
    groupPolicy: said("groupPolicy") ?? "allowlist",
    groupAllowFrom: groupAllowFrom === undefined ? allowFrom : exact(groupAllowFrom),
    groups: Object.fromEntries(
      Object.entries(said("groups") ?? {}).map(([id, { allowFrom: members, ...group }]) => [
        exactId(id, channel),
        { ...group, ...(members === undefined ? {} : { allowFrom: exact(members) }) },
      ]),
    ),
    mentionPatterns: messages.groupChat?.mentionPatterns ?? [],
    historyLimit: said("historyLimit") ?? messages.groupChat?.historyLimit ?? standard.historyLimit,
    queue: {
      mode: queueModes[messages.queue.byChannel?.[channel] ?? messages.queue.mode],
      debounceMs: messages.queue.debounceMsByChannel?.[channel] ?? messages.queue.debounceMs,
      cap: messages.queue.cap,
    },
    ackReaction: ack === "" ? null : ack,
    ackScope: messages.ackReactionScope,
    removeAck: messages.removeAckAfterReply ?? false,
    typing: {
      from: session.typingMode ?? agents.defaults.typingMode ?? "instant",
      ...(everySeconds === undefined ? {} : { everyMs: everySeconds * 1_000 }),
    },
    streaming: said("streamMode") ?? "partial",
    replyTo: said("replyToMode") ?? "first",
    mediaMaxMb: said("mediaMaxMb") ?? agents.defaults.mediaMaxMb ?? standard.mediaMaxMb,
    allowBots: said("allowBots") ?? false,
    ...(textPrefix === undefined || textPrefix === "" ? {} : { textPrefix }),
    ...(textChunkLimit === undefined ? {} : { textChunkLimit }),
    ...(replyInterval === undefined ? {} : { replyInterval }),
  };
}

/** What is wrong with a policy, and what to do; null where nothing is. To let everybody in must be said twice. */
export function policyProblem({ dmPolicy, allowFrom }: AccountPolicy): Sentence | null {
  if (dmPolicy !== "open" || allowFrom.includes("*")) return null;
  return {
    en: `dmPolicy "open" lets everybody write and needs "*" in allowFrom; add it, or choose pairing`,
    zh: `dmPolicy 为“open”时任何人都能发消息，需要 allowFrom 中有“*”；请加上它，或改用 pairing`,
  };
}

/** Ids as they are compared: texts, without the channel's name before them. */
function exactIds(ids: readonly (string | number)[], channel: string): string[] {
  return ids.map((id) => exactId(String(id), channel));
}

function exactId(id: string, channel: string): string {
  const text = id.trim();
  const prefix = `${channel}:`;
  return text.toLowerCase().startsWith(prefix) ? text.slice(prefix.length) : text;
}
