import type { SendOutcome } from "#src/channels/channel.ts";
import { channelError } from "#src/channels/error-words.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";

/** Time, so that tests own it. */
export interface OutboxClock {
  now(): number;
  /** Calls once after a while; returns what cancels that. */
  after(ms: number, then: () => void): () => void;
}

export const systemClock: OutboxClock = {
  now: Date.now,
  after(ms, then) {
    const timer = setTimeout(then, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Asks an account, and answers even where it does not: a call that takes too long, or that throws, may have reached
 * the platform.
 */
export function createCaller(clock: OutboxClock) {
  const calls = new Set<AbortController>();
  return {
    async ask(call: (signal: AbortSignal) => Promise<SendOutcome>, timeoutMs: number): Promise<SendOutcome> {
      const controller = new AbortController();
      calls.add(controller);
      const { promise, resolve } = Promise.withResolvers<SendOutcome>();
      const late = () => {
        controller.abort(new DOMException("the platform did not answer in time", "TimeoutError"));
        // Who was told to stop gets a moment to say what it knows.
        stopGrace = clock.after(1_000, () => resolve(unknown(noAnswer(timeoutMs))));
      };
      let stopGrace = () => {};
      const stopTimer = clock.after(timeoutMs, late);
      try {
        return await Promise.race([promise, call(controller.signal)]);
      } catch (error) {
        const message = messageOf(error);
        return unknown({ en: message, zh: message });
      } finally {
        stopTimer();
        stopGrace();
        calls.delete(controller);
      }
    },
    /** Ends every call that is under way. */
    abort(): void {
      for (const controller of calls) controller.abort(new DOMException("the gateway stops", "AbortError"));
    },
  };
}

export type Caller = ReturnType<typeof createCaller>;

function noAnswer(timeoutMs: number): Sentence {
  const seconds = timeoutMs / 1000;
  return { en: `no answer within ${seconds} s`, zh: `${seconds} 秒内没有应答` };
}

function unknown(told: Sentence): SendOutcome {
  return { is: "unknown", error: channelError("network", told) };
}
