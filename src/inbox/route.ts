import type { InboundEvent } from "#src/channels/inbound.ts";
import { agentIdOf, type KeyDefaults, mainKeyOf } from "#src/sessions/key.ts";

/** Which agent answers where, as the config says it. */
export interface Binding {
  agentId: string;
  match: {
    channel: string;
    /** Absent: the account `default`; `*`: any. */
    accountId?: string | undefined;
    peer?: { kind: "dm" | "group" | "channel"; id: string } | undefined;
    guildId?: string | undefined;
    teamId?: string | undefined;
  };
}

/** What of a message decides who answers it, and in which session. */
export interface Arriving {
  channel: string;
  account: string;
  conversation: InboundEvent["conversation"];
  sender: { id: string; otherIds?: readonly string[] };
  /** Whether the sender is this gateway's owner. */
  owner: boolean;
  /** The conversation's first id, where it goes on under another one: its session is named by it. */
  firstId?: string;
  /** The agent that the account's settings name for the group. */
  groupAgent?: string | undefined;
}

export interface RouteRules {
  bindings: readonly Binding[];
  hasAgent: (id: string) => boolean;
  keys: KeyDefaults;
  dmScope: "main" | "per-peer" | "per-channel-peer" | "per-account-channel-peer";
  identityLinks: Readonly<Record<string, readonly string[]>>;
}

export interface Route {
  agentId: string;
  /** The session's one key. */
  key: string;
  matchedBy:
    | "binding.peer"
    | "group.agent"
    | "binding.guild"
    | "binding.team"
    | "binding.account"
    | "binding.channel"
    | "default";
}

/** The agent that a binding names, and the session that the conversation belongs to. */
export function route(arriving: Arriving, rules: RouteRules): Route {
  const { agent, matchedBy } = find(arriving, rules.bindings);
  const wanted = agent === null ? null : agentIdOf(agent);
  const agentId = wanted !== null && rules.hasAgent(wanted) ? wanted : rules.keys.defaultAgentId;
  return { agentId, key: keyFor(arriving, agentId, rules), matchedBy };
}

function find(
  arriving: Arriving,
  bindings: readonly Binding[],
): { agent: string | null; matchedBy: Route["matchedBy"] } {
  const { channel, account, conversation, groupAgent } = arriving;
  const near = bindings.filter(({ match }) => {
    const wanted = match.accountId ?? "default";
    return match.channel.toLowerCase() === channel && (wanted === "*" || wanted === account);
  });
  const kind = conversation.kind === "direct" ? "dm" : conversation.kind;
  const peers = peersOf(arriving);
  const peer = near.find(({ match }) => match.peer?.kind === kind && peers.has(match.peer.id));
  if (peer !== undefined) return { agent: peer.agentId, matchedBy: "binding.peer" };
  if (groupAgent !== undefined) return { agent: groupAgent, matchedBy: "group.agent" };
  const { space } = conversation;
  const within = near.filter(({ match }) => match.peer === undefined);
  if (space !== undefined) {
    const guild = within.find(({ match }) => match.guildId === space);
    if (guild !== undefined) return { agent: guild.agentId, matchedBy: "binding.guild" };
    const team = within.find(({ match }) => match.teamId === space);
    if (team !== undefined) return { agent: team.agentId, matchedBy: "binding.team" };
  }
  const general = within.filter(({ match }) => match.guildId === undefined && match.teamId === undefined);
  const own = general.find(({ match }) => match.accountId !== "*");
  if (own !== undefined) return { agent: own.agentId, matchedBy: "binding.account" };
  const any = general[0];
  if (any !== undefined) return { agent: any.agentId, matchedBy: "binding.channel" };
  return { agent: null, matchedBy: "default" };
}

/** The names under which a binding may mean the conversation. */
function peersOf({ conversation: { kind, id, thread }, firstId, sender }: Arriving): Set<string> {
  const peers = new Set([id, firstId ?? id]);
  if (kind === "direct") for (const each of [sender.id, ...(sender.otherIds ?? [])]) peers.add(each);
  if (thread !== undefined) peers.add(`${id}:topic:${thread}`);
  return peers;
}

function keyFor(arriving: Arriving, agentId: string, rules: RouteRules): string {
  if (rules.keys.scope === "global") return "global";
  const { channel, conversation } = arriving;
  const { kind, id, thread, threadKind } = conversation;
  if (kind === "direct") {
    const base = directKey(arriving, agentId, rules);
    return thread === undefined ? base : `${base}:thread:${part(thread)}`;
  }
  const base = `agent:${agentId}:${part(channel)}:${kind}:${part(arriving.firstId ?? id)}`;
  return thread === undefined ? base : `${base}:${threadKind ?? "thread"}:${part(thread)}`;
}

function directKey(
  { channel, account, sender, owner }: Arriving,
  agentId: string,
  rules: RouteRules,
): string {
  // The main session is its owner's: somebody else who was let in must not hear what was said in it.
  const scope = rules.dmScope === "main" && !owner ? "per-channel-peer" : rules.dmScope;
  if (scope === "main") return mainKeyOf(agentId, rules.keys);
  const peer = part(linked(channel, sender, rules.identityLinks) ?? sender.id);
  if (scope === "per-peer") return `agent:${agentId}:dm:${peer}`;
  if (scope === "per-channel-peer") return `agent:${agentId}:${part(channel)}:dm:${peer}`;
  return `agent:${agentId}:${part(channel)}:${part(account)}:direct:${peer}`;
}

/** The one name of a person who is known by several addresses. */
function linked(
  channel: string,
  sender: Arriving["sender"],
  links: RouteRules["identityLinks"],
): string | null {
  const addresses = new Set(
    [sender.id, ...(sender.otherIds ?? [])]
      .flatMap((id) => [`${channel}:${id}`, id])
      .map((address) => address.toLowerCase()),
  );
  const found = Object.entries(links).find(([, known]) =>
    known.some((address) => addresses.has(address.trim().toLowerCase())),
  );
  return found?.[0] ?? null;
}

/** So long that a client can still name the key. */
const longestPart = 120;

/** An id as part of a key: in lower case, and a longer one by its fingerprint. */
function part(id: string): string {
  const text = id.trim().toLowerCase();
  if (text.length <= longestPart) return text;
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
