import { declarationOf, isMethod } from "#protocol";
import type { ResponseFrame } from "#protocol/frames.ts";
import { InvalidAnswer, RequestError, RequestTimeout } from "./errors.ts";
import type { Timer } from "./timer.ts";

const defaultTimeoutMs = 30_000;

export interface CallOptions<A = unknown> {
  /**
   * How long to wait for the answer; 0 waits for ever. Without it: 30 s, and where a method answers twice,
   * 30 s for the first answer and no limit for the second.
   */
  timeoutMs?: number;
  /** Ends the waiting. The gateway is not told: a run is stopped by `chat.abort`. */
  signal?: AbortSignal;
  /** The first of two answers. */
  onAccepted?: (accepted: A) => void;
}

export interface RequestOptions extends CallOptions {
  /** Wait for the second answer where the first says `accepted`; else the first is the result. */
  expectFinal?: boolean;
}

/** What is checked of an answer; each returns the problem, or null. */
export interface AnswerChecks {
  result(method: string, payload: unknown): string | null;
  accepted(method: string, payload: unknown): string | null;
}

/** Requests on their way, by id. */
export interface Calls {
  start(method: string, options: RequestOptions, send: (id: string) => void): Promise<unknown>;
  /** Settles the request that the frame answers; an answer that nobody waits for any more is ignored. */
  answer(frame: ResponseFrame): void;
  /** Settles the request of this id, if it still waits, with a contract breach. */
  breach(id: string, problem: string): void;
  failAll(cause: Error): void;
}

interface Waiting {
  method: string;
  options: RequestOptions;
  accepted: boolean;
  stopClock(): void;
  settle(): void;
  resolve(value: unknown): void;
  reject(cause: unknown): void;
}

export function createCalls(timer: Timer, checks: AnswerChecks): Calls {
  const waiting = new Map<string, Waiting>();
  let count = 0;

  function start(method: string, options: RequestOptions, send: (id: string) => void): Promise<unknown> {
    const { timeoutMs = defaultTimeoutMs, signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    count += 1;
    const id = String(count);
    return new Promise((resolve, reject) => {
      const aborted = () => fail(signal?.reason);
      const stopClock =
        timeoutMs === 0
          ? () => {}
          : timer.after(timeoutMs, () => fail(new RequestTimeout(method, timeoutMs)));
      const settle = () => {
        waiting.delete(id);
        stopClock();
        signal?.removeEventListener("abort", aborted);
      };
      const fail = (cause: unknown) => {
        settle();
        reject(cause);
      };
      signal?.addEventListener("abort", aborted, { once: true });
      waiting.set(id, { method, options, accepted: false, stopClock, settle, resolve, reject });
      try {
        send(id);
      } catch (cause) {
        fail(cause);
      }
    });
  }

  function answer(frame: ResponseFrame): void {
    const call = waiting.get(frame.id);
    if (call === undefined) return;
    if (!frame.ok) {
      call.settle();
      const error = frame.error ?? { code: "UNAVAILABLE", message: "the gateway gave no reason" };
      call.reject(new RequestError(call.method, error, frame.payload));
      return;
    }
    if (isAcceptance(call, frame.payload)) acceptance(call, frame.payload);
    else conclude(call, checks.result(call.method, frame.payload), frame.payload);
  }

  function acceptance(call: Waiting, payload: unknown): void {
    const problem = checks.accepted(call.method, payload);
    if (call.options.expectFinal !== true || problem !== null) {
      conclude(call, problem, payload);
      return;
    }
    call.accepted = true;
    if (call.options.timeoutMs === undefined) call.stopClock();
    call.options.onAccepted?.(payload);
  }

  function conclude(call: Waiting, problem: string | null, payload: unknown): void {
    call.settle();
    if (problem === null) call.resolve(payload);
    else call.reject(new InvalidAnswer(call.method, problem));
  }

  return {
    start,
    answer,
    breach(id, problem) {
      const call = waiting.get(id);
      if (call !== undefined) conclude(call, problem, undefined);
    },
    failAll(cause) {
      for (const call of [...waiting.values()]) {
        call.settle();
        call.reject(cause);
      }
    },
  };
}

/** Only a method that declares two answers has a first one; a method this build does not know may have. */
function isAcceptance(call: Waiting, payload: unknown): boolean {
  if (call.accepted) return false;
  if (isMethod(call.method) && declarationOf(call.method).accepted === undefined) return false;
  return (
    typeof payload === "object" && payload !== null && "status" in payload && payload.status === "accepted"
  );
}
