import type { Account, ConversationRef } from "#src/channels/channel.ts";
import type { OutboxClock } from "./calls.ts";

/** After this nobody believes that somebody is typing; a run that lasts longer goes on in silence. */
const mostMs = 10 * 60_000;
const leastRefreshMs = 2_000;
/** An answer that is there as soon needs no sign that it is being written. */
const firstAfterMs = 200;
/** A platform that fails so often in a row is left alone. */
const mostFailures = 3;

/** Shows that an answer is being written, until what it returns is called or the hard stop is reached. */
export function keepTyping(
  account: Account,
  to: ConversationRef,
  clock: OutboxClock,
  everyMs?: number,
): () => void {
  const { level, refreshMs } = account.capabilities(to).typing;
  const { typing } = account;
  if (level === "no" || typing === undefined) return () => {};
  const controller = new AbortController();
  const pauseMs = Math.max(leastRefreshMs, everyMs ?? refreshMs);
  const endsAt = clock.now() + mostMs;
  let failures = 0;
  let cancel: () => void;

  const show = () => {
    let isOver = false;
    const giveUp = clock.after(pauseMs, () => settle(false));
    const settle = (worked: boolean) => {
      if (isOver) return;
      isOver = true;
      giveUp();
      failures = worked ? 0 : failures + 1;
      if (controller.signal.aborted || failures >= mostFailures || clock.now() >= endsAt) return;
      cancel = clock.after(pauseMs, show);
    };
    Promise.resolve()
      .then(() => typing.call(account, to, controller.signal))
      .then(
        () => settle(true),
        () => settle(false),
      );
  };
  cancel = clock.after(firstAfterMs, show);
  return () => {
    controller.abort();
    cancel();
  };
}
