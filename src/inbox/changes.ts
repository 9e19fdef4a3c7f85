import type { InboundEvent, InboundMessage } from "#src/channels/inbound.ts";
import { contentOf } from "./arrival.ts";
import type { Inbox } from "./inbox.ts";
import type { KeepStore, Kept } from "./keep.ts";
import type { TurnOptions, TurnRow } from "./turns.ts";

export type Change = Extract<InboundEvent, { type: "edit" | "delete" }>;

export interface ChangesOptions {
  keep: KeepStore;
  inbox: Pick<Inbox, "amend">;
}

/** What edits and deletions do: they count as long as the turn of their message has not begun. */
export function createChanges({ keep, inbox }: ChangesOptions) {
  function apply(id: number, event: InboundMessage, change: Change): void {
    if (change.type === "edit") keep.rewrite(id, { ...event, text: change.text });
    else keep.settle(id, "deleted");
  }

  /** What is left for the turn; null where nothing is. */
  function amended({ options }: TurnRow): TurnOptions | null {
    const { origin } = options;
    if (origin === undefined) return null;
    const [first, ...others] = keep.told(origin.parts ?? []);
    if (first === undefined) return null;
    const { content, attachments, messageId } = contentOf([first, ...others]);
    return { ...options, content, origin: { ...origin, attachments, messageId } };
  }

  /** Inside a transaction: false where it is too late. */
  return function take(kept: Kept, change: Change): boolean {
    const waiting = keep.find(kept, change.id);
    const taken = waiting === null ? keep.taken(kept, change.id) : null;
    const { id, event } = waiting ?? taken ?? { id: 0, event: null };
    if (event?.type !== "message" || event.sender.id !== change.sender.id) return false;
    if (taken !== null) {
      return inbox.amend(taken.runId, (row) => {
        apply(id, event, change);
        return amended(row);
      });
    }
    apply(id, event, change);
    return true;
  };
}
