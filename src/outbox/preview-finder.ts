import { conversationOf } from "#src/channels/conversation.ts";
import type { SendingAccount } from "./accounts.ts";
import type { Limits } from "./limits.ts";
import { type Looking, lookUp } from "./look-up.ts";
import type { Preview, PreviewStore } from "./preview-rows.ts";
import type { Delivery, Place } from "./rows.ts";

export interface PreviewFinderOptions {
  previews: PreviewStore;
  limits: Limits;
  looking: Looking;
  /** How often each part was looked for. */
  looks: Map<number, number>;
  /** Resolves when nothing is under way any more about the preview of a run. */
  previewSettled: (place: Place, runId: string) => Promise<void>;
  write: (work: () => unknown) => Promise<void>;
}

/** Finds what people see already of a reply that is to be sent. */
export function createPreviewFinder(options: PreviewFinderOptions) {
  const { previews, limits, looking, looks, previewSettled, write } = options;
  /** The message in which the reply is shown already, found out where the last word on it is missing. */
  return async function previewOf(
    row: Delivery,
    runId: string,
    open: SendingAccount,
  ): Promise<Preview | "wait" | null> {
    await previewSettled(row, runId);
    const preview = previews.find(row.channel, row.account, runId);
    if (preview === null || preview.state === "shown") return preview;
    const to = conversationOf(preview.conversation);
    if (to !== null && open.account.capabilities(to).idempotentSend === "by-lookup") {
      const ref = await lookUp({ ...preview, replyTo: row.replyTo }, open, looking);
      const seen = (looks.get(row.id) ?? 0) + 1;
      looks.set(row.id, seen);
      if (ref === undefined && seen <= limits.looks) return "wait";
      if (ref) {
        await write(() => previews.shown(preview, runId, ref));
        return { ...preview, state: "shown", ref };
      }
    }
    // Whether people see the beginning cannot be found out; the answer is not withheld for it.
    await write(() => previews.remove(preview, runId));
    return null;
  };
}
