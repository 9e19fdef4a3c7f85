import type { SendContext } from "#src/channels/channel.ts";
import { conversationOf } from "#src/channels/conversation.ts";
import type { MessageRef } from "#src/channels/inbound.ts";
import type { Log } from "#src/lib/log.ts";
import type { SendingAccount } from "./accounts.ts";
import type { OutboxClock } from "./calls.ts";
import type { Delivery } from "./rows.ts";

type Sought = Pick<Delivery, "conversation" | "key" | "replyTo">;

/** With what something is looked for. */
export interface Looking {
  clock: OutboxClock;
  log: Log;
  timeoutMs: number;
}

/** The message under a key; null where it provably is not there, undefined where that cannot be said now. */
export async function lookUp(
  sought: Sought,
  { account }: SendingAccount,
  { clock, log, timeoutMs }: Looking,
): Promise<MessageRef | null | undefined> {
  if (account.lookup === undefined) return undefined;
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.after(timeoutMs, () => {
    controller.abort();
    resolve(undefined);
  });
  try {
    return await Promise.race([promise, account.lookup(contextOf(sought, controller.signal))]);
  } catch (error) {
    log.debug("look-up failed", { error });
    return undefined;
  } finally {
    cancel();
  }
}

/** Where and as what a row goes. */
export function contextOf({ conversation, key, replyTo }: Sought, signal: AbortSignal): SendContext {
  const to = conversationOf(conversation);
  if (to === null) throw new Error(`${conversation} is no conversation`);
  return { to, key, signal, ...(replyTo === null ? {} : { replyTo }) };
}
