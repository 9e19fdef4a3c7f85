import type { Update } from "grammy/types";
import { messageOf } from "#src/lib/errors.ts";
import type { ChannelError } from "../channel.ts";
import { deadline } from "./api.ts";
import { type Cursor, offsetAt, readCursor } from "./cursor.ts";
import { worded } from "./error-texts.ts";
import { refusalText, toChannelError } from "./errors.ts";
import { keep } from "./intake.ts";
import { allowedUpdates } from "./receive.ts";
import { aborted, type Fate, introduce, type Session } from "./session.ts";

const longPollSeconds = 30;
const longestGraceMs = 10_000;
const leastGraceMs = 2_000;
const batch = 100;
/** Two programs that ask in turn cut each other off each time, so the one that gives way waits. */
const conflictMs = 5_000;
/** Between two questions where the server does not keep them open, as it should. */
const hurriedMs = 500;

/** Asks for news until the signal aborts. Each batch is kept before the next is asked for, which tells Telegram so. */
export async function poll(session: Session, fate: Fate, signal: AbortSignal): Promise<void> {
  const { host, api, me } = session;
  const seconds = host.settings.timeoutSeconds ?? longPollSeconds;
  // Whoever asks for short questions wants to know soon that nobody answers them.
  const graceMs = Math.min(longestGraceMs, Math.max(leastGraceMs, (seconds * 1_000) / 3));
  const as = me.username ? `@${me.username}` : me.first_name;
  let cursor = readCursor(host.store, me.id);
  let isProven = false;
  let mayDropWebhook = true;
  while (!signal.aborted) {
    let updates: Update[];
    const asked = host.clock.now();
    const isLong = isProven;
    try {
      // The first question after any trouble is answered at once, so that what is said of the account is true soon.
      const timeout = isProven ? seconds : 0;
      using limit = deadline(host, timeout * 1000 + graceMs, signal);
      const offset = offsetAt(cursor, host.clock.now());
      updates = await api.call.getUpdates(
        { ...offset, timeout, limit: batch, allowed_updates: allowedUpdates },
        limit.signal,
      );
    } catch (cause) {
      if (signal.aborted) break;
      isProven = false;
      const error = toChannelError(cause);
      if (error.kind === "auth") {
        // Telegram has said this of good tokens: who we are is asked again before anybody is bothered.
        await fate.wait(error);
        if ((await introduce(host, api, fate, signal)) === null) return aborted(signal);
      } else if (error.kind === "conflict" && mayDropWebhook && refusalText(cause).includes("webhook")) {
        mayDropWebhook = false;
        await dropWebhook(session, fate, signal);
      } else {
        await fate.wait(error, error.kind === "conflict" ? conflictMs : 0);
      }
      continue;
    }
    const next = after(updates, cursor, host.clock.now());
    try {
      if (updates.length > 0) await keep(session, updates, next);
    } catch (cause) {
      // Nothing is lost: Telegram is asked for the same again.
      isProven = false;
      await fate.wait(notKept(cause));
      continue;
    }
    cursor = next;
    isProven = true;
    mayDropWebhook = true;
    fate.works(as);
    const isHurried = isLong && updates.length === 0 && host.clock.now() - asked < hurriedMs;
    if (isHurried) await host.clock.sleep(hurriedMs, signal);
  }
}

function after(updates: readonly Update[], cursor: Cursor | null, now: number): Cursor | null {
  const last = updates.at(-1);
  return last === undefined ? cursor : { offset: last.update_id + 1, at: now };
}

async function dropWebhook({ host, api }: Session, fate: Fate, signal: AbortSignal): Promise<void> {
  host.log.warn("webhook removed, since this account asks for its messages itself", {
    account: host.account,
  });
  try {
    using limit = deadline(host, longestGraceMs, signal);
    await api.call.deleteWebhook({ drop_pending_updates: false }, limit.signal);
  } catch (cause) {
    if (!signal.aborted) await fate.wait(toChannelError(cause));
  }
}

function notKept(cause: unknown): ChannelError {
  return {
    kind: "protocol",
    ...worded((say) => ({ message: say.notKept(messageOf(cause)), hint: say.staysThere })),
  };
}
