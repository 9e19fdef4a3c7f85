import type { ChannelError, ConversationRef, SendOutcome } from "#src/channels/channel.ts";
import { conversationText } from "#src/channels/conversation.ts";
import type { SendingAccount } from "./accounts.ts";
import type { Caller, OutboxClock } from "./calls.ts";
import { outboxErrors } from "./outbox-errors.ts";
import type { Pacing } from "./pacing.ts";
import type { Quota } from "./quota.ts";

export interface ChangesOptions {
  clock: OutboxClock;
  pacing: Pacing;
  quota: Quota;
  caller: Caller;
}

/** A change of a message that is there, such as an edit; made twice it has the effect of one. */
export interface Change {
  open: SendingAccount;
  to: ConversationRef;
  call: (signal: AbortSignal) => Promise<SendOutcome>;
  /** How long whoever wants it waits for its turn. */
  waitMs: number;
}

const callTimeoutMs = 30_000;
const firstPauseMs = 1_000;

/** Makes changes in the order in which they were asked for, and no faster than the platform takes them. */
export function createChanges({ clock, pacing, quota, caller }: ChangesOptions) {
  /** The last change of each conversation. */
  const lanes = new Map<string, Promise<unknown>>();
  const sleeping = new Set<() => void>();
  let stopping = false;

  function sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(ms, resolve);
    const wake = () => {
      cancel();
      resolve();
    };
    sleeping.add(wake);
    return promise.finally(() => sleeping.delete(wake));
  }

  async function carryOut({ open, to, call }: Change, until: number): Promise<SendOutcome> {
    const place = { channel: open.channel, account: open.accountId, conversation: conversationText(to) };
    const { rates } = open.account.capabilities(to);
    let doubts = 0;
    while (!stopping) {
      const shutMs = pacing.freeAt(place) - clock.now();
      const waitMs = shutMs > 0 ? shutMs : quota.take(place, rates, "message");
      if (waitMs > 0) {
        if (clock.now() + waitMs > until) return refused(outboxErrors.tooMany(waitMs));
        await sleep(waitMs);
        continue;
      }
      pacing.used(place);
      const outcome = await caller.ask(call, callTimeoutMs);
      if (outcome.is === "unknown" && doubts === 0) doubts += 1;
      else if (outcome.is === "rejected" && outcome.error.kind === "rate" && outcome.retry)
        pacing.tooMany(place, outcome.error.retryAfterMs ?? firstPauseMs);
      else return outcome;
    }
    return refused(outboxErrors.stopping);
  }

  return {
    /** Resolves with what became of it; it is refused where its turn would come too late. */
    make(change: Change): Promise<SendOutcome> {
      const { open, to, waitMs } = change;
      const lane = JSON.stringify([open.channel, open.accountId, conversationText(to)]);
      const until = clock.now() + waitMs;
      const made = (lanes.get(lane) ?? Promise.resolve()).then(() => carryOut(change, until));
      const over = made.then(
        () => {},
        () => {},
      );
      lanes.set(lane, over);
      void over.then(() => {
        if (lanes.get(lane) === over) lanes.delete(lane);
      });
      return made;
    },
    /** Begins nothing more; what waits for its turn is refused. */
    stop(): void {
      stopping = true;
      for (const wake of sleeping) wake();
    },
  };
}

function refused(error: ChannelError): SendOutcome {
  return { is: "rejected", error, retry: true };
}
