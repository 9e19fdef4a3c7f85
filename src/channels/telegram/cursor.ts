import type { AccountStore } from "../channel.ts";

/** How far a bot's news have been read, and when the newest of them came. */
export interface Cursor {
  offset: number;
  at: number;
}

export const cursorKey = "offset";

/** After a week of silence Telegram counts on from another number, which may be a smaller one. */
const forgottenMs = 6 * 24 * 3_600_000;

/** The cursor as kept, if it is this bot's: the numbers of another bot would hide this one's news for good. */
export function readCursor(store: AccountStore, bot: number): Cursor | null {
  const [id, offset, at] = (store.get(cursorKey) ?? "").split(":");
  if (id !== String(bot) || offset === undefined || at === undefined) return null;
  return { offset: Number(offset), at: Number(at) };
}

/** The cursor as one value to keep. */
export function cursorText(bot: number, { offset, at }: Cursor): string {
  return `${bot}:${offset}:${at}`;
}

/** The number to ask with; none after so long that it means nothing any more. What is known is dropped later anyway. */
export function offsetAt(cursor: Cursor | null, now: number): { offset?: number } {
  return cursor === null || now - cursor.at > forgottenMs ? {} : { offset: cursor.offset };
}
