import type { Update } from "grammy/types";
import { messageOf } from "#src/lib/errors.ts";
import type { InboundEvent } from "../inbound.ts";
import { deadline } from "./api.ts";
import { type Cursor, cursorKey, cursorText } from "./cursor.ts";
import { toChannelError } from "./errors.ts";
import { receive } from "./receive.ts";
import type { Session } from "./session.ts";

const answerMs = 10_000;

/**
 * Keeps what a batch of updates tells, and with it how far they have been read; presses of buttons are confirmed once
 * they are kept. An update that cannot be read is named in the log and skipped: it would stop everything behind it.
 */
export async function keep(
  session: Session,
  updates: readonly Update[],
  cursor: Cursor | null,
): Promise<void> {
  const { host, me } = session;
  const reader = session.reader();
  const events = updates.flatMap((update): InboundEvent[] => {
    try {
      return receive(update, reader);
    } catch (cause) {
      const kind = Object.keys(update).find((key) => key !== "update_id") ?? "nothing";
      host.log.error("update not understood", { update: update.update_id, kind, reason: messageOf(cause) });
      return [];
    }
  });
  const row = cursor === null ? undefined : { key: cursorKey, value: cursorText(me.id, cursor) };
  if (events.length > 0 || row !== undefined) await host.receive(events, row);
  for (const { callback_query } of updates) {
    if (callback_query !== undefined) void confirm(session, callback_query.id, callback_query.data);
  }
}

/** Ends the waiting sign on the button; says so where the button means nothing any more. */
async function confirm({ host, api, reader }: Session, id: string, data: string | undefined): Promise<void> {
  const isKnown = data !== undefined && reader().button(data) !== null;
  const other = isKnown ? {} : { text: "This button is too old." };
  try {
    using limit = deadline(host, answerMs, new AbortController().signal);
    await api.call.answerCallbackQuery(id, other, limit.signal);
  } catch (cause) {
    host.log.debug("press not confirmed", { reason: toChannelError(cause).message });
  }
}
