import { mayReconnect, RequestError } from "./errors.ts";

/** Decides whether and when to connect again. */
export interface ReconnectPolicy {
  /** How long to wait after this failure, or null when connecting again cannot help. */
  next(cause: unknown): number | null;
  /** Call when a connection stood: the next failure starts from the shortest wait again. */
  succeeded(): void;
}

export interface ReconnectOptions {
  minMs?: number;
  maxMs?: number;
  /** 0 up to 1; spreads clients that lost the gateway in the same instant. */
  random?: () => number;
}

/** Doubles from 1 s to 30 s, each wait somewhere in its upper half, and never less than the gateway asked for. */
export function createReconnectPolicy(options: ReconnectOptions = {}): ReconnectPolicy {
  const { minMs = 1000, maxMs = 30_000, random = Math.random } = options;
  let ceiling = minMs;
  return {
    next(cause) {
      if (!mayReconnect(cause)) return null;
      const wait = Math.round(ceiling / 2 + (ceiling / 2) * random());
      ceiling = Math.min(maxMs, ceiling * 2);
      const asked = cause instanceof RequestError ? (cause.retryAfterMs ?? 0) : 0;
      return Math.max(wait, asked);
    },
    succeeded() {
      ceiling = minMs;
    },
  };
}
