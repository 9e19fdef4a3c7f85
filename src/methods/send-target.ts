import type { ConversationRef } from "#src/channels/channel.ts";
import { conversationOf } from "#src/channels/conversation.ts";
import { ownChannel } from "#src/channels/index.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { SendingAccount, SendingAccounts } from "#src/outbox/accounts.ts";
import type { Outbox } from "#src/outbox/outbox.ts";

/** Where something is to go. */
export interface Aim {
  open: SendingAccount;
  to: ConversationRef;
}

export interface TargetParams {
  to: string;
  channel?: string | undefined;
  accountId?: string | undefined;
  threadId?: string | undefined;
  sessionKey?: string | undefined;
}

export interface TargetRooms {
  outbox: Outbox;
  accounts: SendingAccounts;
  channels: readonly string[];
  canonicalKey: (asked: string) => string;
}

/** The channel where neither the caller nor what is open says which. */
const usualChannel = "whatsapp";

/** Finds the account and the conversation that a caller means. Throws what is wrong with them; nothing is sent. */
export async function aimAt(rooms: TargetRooms, params: TargetParams, what = ""): Promise<Aim> {
  const asked = params.channel?.trim().toLowerCase() ?? "";
  if (params.to.trim().toLowerCase() === "last") return lastPlace(rooms, params, asked);
  const { channel, target } = channelOf(rooms, asked, params.to.trim());
  const open = accountOf(rooms, channel, params.accountId, what);
  const to = await open.account.resolve(target);
  const thread = params.threadId?.trim();
  if (!thread) return { open, to };
  if (open.account.capabilities(to).thread === "no")
    throw new GatewayError("INVALID_REQUEST", {
      en: `there are no threads there; leave threadId out for ${to.id}`,
      zh: `那里没有话题；向 ${to.id} 发送时请去掉 threadId`,
    });
  return { open, to: { ...to, thread } };
}

function channelOf({ accounts, channels }: TargetRooms, asked: string, to: string) {
  const [, prefix = "", rest = ""] = /^([a-z][a-z0-9-]*):(.+)$/is.exec(to) ?? [];
  const named = prefix.toLowerCase();
  if (asked !== "" && asked !== "last") return { channel: asked, target: named === asked ? rest : to };
  if (channels.includes(named)) return { channel: named, target: rest };
  const open = [...new Set(accounts.all().map(({ channel }) => channel))];
  const [only] = open;
  return { channel: open.length === 1 && only !== undefined ? only : usualChannel, target: to };
}

/** The open account of a channel. */
export function accountOf(
  { accounts, channels }: Pick<TargetRooms, "accounts" | "channels">,
  channel: string,
  accountId: string | undefined,
  what = "",
): SendingAccount {
  const id = accountId?.trim();
  const open = accounts.find(channel, ...(id ? [id] : []));
  if (open !== null) return open;
  if (channel === ownChannel.id) {
    throw new GatewayError(
      "INVALID_REQUEST",
      `unsupported ${what}channel: ${ownChannel.id}; the page shows sessions, so use chat.send or chat.inject`,
    );
  }
  const known = accounts.all().some((each) => each.channel === channel);
  if (!known && !channels.includes(channel)) {
    throw new GatewayError("INVALID_REQUEST", `unsupported ${what}channel: ${channel.slice(0, 64)}`);
  }
  const account = id?.slice(0, 64);
  const told = {
    en: `${account ? `account ${account} of ${channel}` : channel} is not open; see: moltbot channels status`,
    zh: `${account ? `${channel} 的账号 ${account}` : channel} 未连接；请查看：moltbot channels status`,
  };
  throw new GatewayError("UNAVAILABLE", told, { retryAfterMs: 5_000 });
}

function lastPlace(rooms: TargetRooms, { sessionKey }: TargetParams, asked: string): Aim {
  if (sessionKey === undefined)
    throw new GatewayError("INVALID_REQUEST", {
      en: 'to "last" needs the sessionKey whose last conversation is meant',
      zh: "to 为“last”时，需要用 sessionKey 指明是哪个会话",
    });
  const place = rooms.outbox.lastPlace(rooms.canonicalKey(sessionKey));
  const to = place === null ? null : conversationOf(place.conversation);
  if (place === null || to === null || (asked !== "" && asked !== "last" && asked !== place.channel))
    throw new GatewayError("INVALID_REQUEST", {
      en: "nothing has been said for this session on a platform lately; name a target",
      zh: "此会话近期没有在任何平台上收发消息；请指定目标",
    });
  return { open: accountOf(rooms, place.channel, place.account), to };
}
