import type { ConversationRef, SendOutcome } from "#src/channels/channel.ts";
import type { Document } from "#src/channels/document.ts";
import type { MessageRef } from "#src/channels/inbound.ts";
import type { Log } from "#src/lib/log.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { ReplyPolicy, SendingAccount } from "./accounts.ts";
import type { Caller, OutboxClock } from "./calls.ts";
import type { Pacing } from "./pacing.ts";
import type { PreviewStore } from "./preview-rows.ts";
import type { Quota } from "./quota.ts";
import type { Place } from "./rows.ts";

export interface PreviewOptions {
  place: Place;
  runId: string;
  to: ConversationRef;
  replyTo: string | null;
  open: SendingAccount;
  policy: ReplyPolicy;
  previews: PreviewStore;
  transactor: Transactor;
  clock: OutboxClock;
  pacing: Pacing;
  quota: Quota;
  caller: Caller;
  log: Log;
  /** Whether nothing else waits to be said in the conversation. */
  isIdle: () => boolean;
}

const leastIntervalMs = 500;
const firstAfterMs = 700;
const callTimeoutMs = 30_000;
/** A silent answer is not shown while it is being written, either. */
const silence = "NO_REPLY";

/** Shows an answer while it is being written, in one message that is edited, or as a draft. */
export interface LivePreview {
  /** The whole text so far. */
  show(text: string): void;
  /** Shows nothing more; resolves when nothing is under way. */
  end(): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

/** Null where the platform cannot do that, or its owner does not want it. */
export function openPreview(options: PreviewOptions): LivePreview | null {
  const { place, runId, to, open, policy, previews, transactor, clock, pacing, quota, caller, log } = options;
  const { account } = open;
  const capabilities = account.capabilities(to);
  const { edit, draft } = account;
  const way = capabilities.stream;
  if (policy.streaming === "off" || way === "none") return null;
  if (way === "edit" ? edit === undefined || capabilities.edit.level === "no" : draft === undefined)
    return null;
  const intervalMs = Math.max(leastIntervalMs, capabilities.edit.minIntervalMs);
  const draftId = draftIdOf(runId);

  let wanted = "";
  let shown = "";
  let ref: MessageRef | null = null;
  let work: Promise<void> | null = null;
  let isOver = false;
  let nextAt = clock.now() + firstAfterMs;
  let cancel: (() => void) | null = null;

  const known = way === "edit" ? previews.find(place.channel, place.account, runId) : null;
  // An earlier process began to show this run.
  if (known !== null && known.state === "shown") ref = known.ref;
  else if (known !== null) isOver = true;

  function schedule(): void {
    if (isOver || work !== null || cancel !== null) return;
    const restUntil = ref === null ? pacing.restUntil(place, policy.replyInterval) : 0;
    const waitMs = Math.max(0, Math.max(nextAt, pacing.freeAt(place), restUntil) - clock.now());
    cancel = clock.after(waitMs, () => {
      cancel = null;
      if (isOver) return;
      work = step()
        .catch((error) => {
          log.warn("preview failed", { runId, error });
          isOver = true;
        })
        .finally(() => {
          work = null;
          nextAt = Math.max(nextAt, clock.now() + intervalMs);
          if (wanted !== shown) schedule();
        });
    });
  }

  async function step(): Promise<void> {
    const text = wanted;
    if (text === shown) return;
    const document = await documentOf(text, options);
    if (document === null || isOver) {
      shown = text;
      return;
    }
    if (way === "edit" && ref === null && !options.isIdle()) return;
    const waitMs = quota.take(place, capabilities.rates, "glimpse");
    if (waitMs > 0) {
      nextAt = clock.now() + waitMs;
      return;
    }
    if (way === "draft") {
      await draft?.call(account, to, draftId, document);
      shown = text;
      return;
    }
    if (ref === null) await begin(document, text);
    else await change(ref, document, text);
  }

  async function begin(document: Document, text: string): Promise<void> {
    const key = await transactor.transact(() => previews.sending(place, runId));
    pacing.used(place);
    const outcome = await caller.ask(
      (signal) =>
        account.send(
          { is: "text", document, silent: true },
          { to, key, signal, ...(options.replyTo === null ? {} : { replyTo: options.replyTo }) },
        ),
      callTimeoutMs,
    );
    if (outcome.is === "sent") {
      ref = outcome.ref;
      shown = text;
      await transactor.transact(() => previews.shown(place, runId, outcome.ref));
      return;
    }
    isOver = true;
    noteTooMany(outcome);
    await transactor.transact(() =>
      outcome.is === "unknown" ? previews.doubt(place, runId) : previews.remove(place, runId),
    );
  }

  async function change(at: MessageRef, document: Document, text: string): Promise<void> {
    pacing.used(place);
    const outcome = await caller.ask(
      (signal) => edit?.call(account, at, document, signal) ?? Promise.reject(new Error("no edits")),
      callTimeoutMs,
    );
    if (outcome.is === "sent") {
      shown = text;
      return;
    }
    noteTooMany(outcome);
    // What is shown now is finished by the reply itself.
    if (outcome.is === "rejected" && outcome.error.kind !== "rate" && !outcome.retry) isOver = true;
    else nextAt = clock.now() + (outcome.error.retryAfterMs ?? 2 * intervalMs);
  }

  function noteTooMany(outcome: SendOutcome): void {
    if (outcome.is === "sent" || outcome.error.kind !== "rate") return;
    pacing.tooMany(place, outcome.error.retryAfterMs ?? intervalMs);
  }

  const settled = () => work ?? Promise.resolve();
  return {
    show(text) {
      wanted = policy.streaming === "block" ? text.slice(0, Math.max(0, text.lastIndexOf("\n\n"))) : text;
      if (wanted !== shown) schedule();
    },
    settled,
    end() {
      isOver = true;
      cancel?.();
      cancel = null;
      return settled();
    },
  };
}

/** The beginning of the answer with a mark that it goes on; null where there is nothing to show yet. */
async function documentOf(text: string, { open, policy, to }: PreviewOptions): Promise<Document | null> {
  const start = text.trim();
  if (start === "" || start.startsWith(silence) || silence.startsWith(start)) return null;
  const [{ parseMarkdown }, { splitDocument }, { textMax }, { mediaLinesOf }] = await Promise.all([
    import("./markdown.ts"),
    import("./split.ts"),
    import("./plan.ts"),
    import("./media/take.ts"),
  ]);
  const prefix = policy.textPrefix === undefined ? "" : `${policy.textPrefix} `;
  const { account } = open;
  const measure = account.measure.bind(account);
  const going = { is: "paragraph", children: [{ is: "text", text: "…" }] } as const;
  const withMark = (document: Document): Document => ({ blocks: [...document.blocks, going] });
  const [first] = splitDocument(parseMarkdown(prefix + mediaLinesOf(text).text), {
    measure: (document) => measure(withMark(document)),
    max: textMax(account.capabilities(to), policy),
  });
  return first === undefined ? null : withMark(first);
}

/** A positive number of 31 bits that stays the same for a run. */
function draftIdOf(runId: string): number {
  return Number(BigInt.asUintN(31, BigInt(Bun.hash(runId)))) || 1;
}
