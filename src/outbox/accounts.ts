import type { Account, AccountState, ChannelErrorKind } from "#src/channels/channel.ts";
import type { AccountPolicy } from "#src/channels/policy.ts";

/** An account that is open, as far as sending is concerned. */
export interface SendingAccount {
  channel: string;
  accountId: string;
  account: Account;
  state: AccountState;
}

/** What an account's owner wants of replies. */
export type ReplyPolicy = Pick<
  AccountPolicy,
  "ackReaction" | "ackScope" | "removeAck" | "typing" | "streaming" | "replyTo" | "mediaMaxMb"
> &
  Pick<AccountPolicy, "textChunkLimit" | "textPrefix" | "replyInterval">;

/** The accounts, as the outbox needs them. */
export interface SendingAccounts {
  /** Null where it is not open; the default account where none is named. */
  find(channel: string, accountId?: string): SendingAccount | null;
  all(): readonly SendingAccount[];
  policy(channel: string, accountId: string): ReplyPolicy;
}

/** Trouble with what comes in alone. */
const onlyInbound: ReadonlySet<ChannelErrorKind> = new Set(["conflict", "rate", "inbound"]);

/**
 * Whether it makes sense to ask the platform now. An account that is asked to poll less, that somebody else polls, or
 * that the platform cannot call, can still send.
 */
export function canSend({ state }: SendingAccount): boolean {
  if (state.is === "connected") return true;
  return state.is === "waiting" && onlyInbound.has(state.error.kind);
}
