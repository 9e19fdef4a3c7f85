import type { ChannelClock } from "./channel.ts";

/** The computer's own time. */
export function systemClock(): ChannelClock {
  return { now: Date.now, sleep };
}

/** The longest that a timer can be set for. */
const longestMs = 2 ** 31 - 1;

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(Math.max(ms, 0), longestMs));
    signal?.addEventListener("abort", done, { once: true });
  });
}
