import type { ConversationRef } from "#src/channels/channel.ts";
import type { Person } from "#src/channels/inbound.ts";
import type { AccountPolicy, GroupPolicy } from "#src/channels/policy.ts";

/** What of a message decides whether it is let in. */
export interface Asking {
  conversation: Pick<ConversationRef, "kind" | "id">;
  /** Earlier ids of the same group. */
  formerIds?: readonly string[];
  sender: Pick<Person, "id" | "otherIds" | "isBot">;
  text: string;
  mentionsUs: "explicit" | "reply" | "no";
  /** It reads as a command, such as `/status`. */
  isCommand: boolean;
  /** It is a command that names another bot. */
  isForAnother?: boolean;
}

/** What is known of the sender beside the config. */
export interface Standing {
  /** Was let into direct chats with this account. */
  approved: boolean;
  /** Was let in as the account's owner. */
  owner: boolean;
  /** What the session of a group says about mentions, where it says something. */
  activation?: string | undefined;
}

export type Refusal =
  | "no sender"
  | "bot"
  | "direct messages are off"
  | "sender not listed"
  | "groups are off"
  | "group not listed"
  | "group switched off";

export type Admission =
  | { is: "admitted"; owner: boolean }
  /** A stranger, who gets a code. */
  | { is: "pairing" }
  /** Said in a group that we listen to, by somebody who may speak, but not to us. */
  | { is: "beside" }
  | { is: "refused"; reason: Refusal };

/** Whether a message is answered. People are told apart by exact ids alone; what is not said is not allowed. */
export function admit(asking: Asking, policy: AccountPolicy, standing: Standing): Admission {
  const { conversation, sender } = asking;
  const ids = idsOf(sender);
  if (ids.length === 0) return refused("no sender");
  if (sender.isBot && !policy.allowBots) return refused("bot");
  const owner = standing.owner || isNamed(ids, policy.allowFrom);
  return conversation.kind === "direct"
    ? admitDirect(ids, owner, policy, standing)
    : admitGroup(asking, ids, owner, policy, standing);
}

function admitDirect(
  ids: readonly string[],
  owner: boolean,
  { dmPolicy, allowFrom }: AccountPolicy,
  { approved }: Standing,
): Admission {
  if (dmPolicy === "disabled") return refused("direct messages are off");
  const admitted = { is: "admitted", owner } as const;
  if (dmPolicy === "open" || approved || owner || isListed(ids, allowFrom)) return admitted;
  return dmPolicy === "pairing" ? { is: "pairing" } : refused("sender not listed");
}

function admitGroup(
  asking: Asking,
  ids: readonly string[],
  owner: boolean,
  policy: AccountPolicy,
  { activation }: Standing,
): Admission {
  if (policy.groupPolicy === "disabled") return refused("groups are off");
  const { named, any } = groupOf(policy, asking.conversation.id, asking.formerIds);
  if (named === null && any === null && Object.keys(policy.groups).length > 0)
    return refused("group not listed");
  if ((named?.enabled ?? any?.enabled) === false) return refused("group switched off");
  const members = named?.allowFrom ?? any?.allowFrom;
  if (members !== undefined) {
    if (!isListed(ids, members)) return refused("sender not listed");
  } else if (policy.groupPolicy === "allowlist") {
    // Without a list of senders, a group that is listed by its own id is the list.
    const open = named !== null && (policy.groupAllowFrom.length === 0 || isChannelItself(asking, ids));
    if (!open && !isListed(ids, policy.groupAllowFrom)) return refused("sender not listed");
  }
  const asConfigured = named?.requireMention ?? any?.requireMention ?? true;
  const needsMention = activation === "mention" || (activation !== "always" && asConfigured);
  const addressed =
    !needsMention ||
    asking.mentionsUs !== "no" ||
    (owner && asking.isCommand) ||
    names(asking.text, policy.mentionPatterns);
  return addressed && asking.isForAnother !== true ? { is: "admitted", owner } : { is: "beside" };
}

/** A broadcast channel speaks by its own id, whoever of its admins wrote: listing it lists them. */
function isChannelItself({ conversation, formerIds = [] }: Asking, ids: readonly string[]): boolean {
  return conversation.kind === "channel" && [conversation.id, ...formerIds].some((id) => ids.includes(id));
}

/** What the config says of a group: under its id, and for every group. */
export function groupOf(
  { groups }: Pick<AccountPolicy, "groups">,
  id: string,
  formerIds: readonly string[] = [],
): { named: GroupPolicy | null; any: GroupPolicy | null } {
  const own = [id, ...formerIds].find((each) => each !== "*" && Object.hasOwn(groups, each));
  return {
    named: own === undefined ? null : (groups[own] ?? null),
    any: Object.hasOwn(groups, "*") ? (groups["*"] ?? null) : null,
  };
}

/** The ids of a person that can be compared; an empty one is none. */
export function idsOf({ id, otherIds = [] }: Pick<Person, "id" | "otherIds">): string[] {
  return [id, ...otherIds].map((each) => each.trim()).filter((each) => each !== "");
}

/** Whether one of the ids stands on the list itself, not only under `*`. */
export function isNamed(ids: readonly string[], list: readonly string[]): boolean {
  const wanted = new Set(ids.map(entryOf));
  return list.some((entry) => {
    const exact = wanted.has(entry) ? entry : entryOf(entry);
    return exact !== "" && exact !== "*" && wanted.has(exact);
  });
}

function isListed(ids: readonly string[], list: readonly string[]): boolean {
  return list.some((entry) => entry.trim() === "*") || isNamed(ids, list);
}

/** A phone number is the same with and without its spaces; anything else is as it stands. */
function entryOf(text: string): string {
  const entry = text.trim();
  return /^\+[\d\s().-]+$/.test(entry) ? entry.replace(/[\s().-]/g, "") : entry;
}

/** How much of a message is searched for names. */
const searched = 4_000;

function names(text: string, patterns: readonly string[]): boolean {
  const part = text.slice(0, searched);
  return patterns.some((pattern) => {
    try {
      return new RegExp(pattern, "i").test(part);
    } catch {
      // The config check names it; here it matches nothing.
      return false;
    }
  });
}

function refused(reason: Refusal): Admission {
  return { is: "refused", reason };
}
