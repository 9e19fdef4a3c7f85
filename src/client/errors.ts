import { closes, errorCodes } from "#protocol/errors.ts";
import type { ErrorShape } from "#protocol/frames.ts";

/** The gateway answered a request with an error; `code` and `message` are its own. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly method: string;
  readonly code: string;
  readonly details: unknown;
  /** Whether the same request may work later without a change. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** What came beside the error: a run that failed still says how far it got. */
  readonly payload: unknown;

  constructor(method: string, error: ErrorShape, payload?: unknown) {
    super(error.message);
    this.method = method;
    this.code = error.code;
    this.details = error.details;
    this.retryable = error.retryable ?? isRetryableCode(error.code);
    this.retryAfterMs = error.retryAfterMs;
    this.payload = payload;
  }
}

/** The socket ended: who waits for an answer hears this. */
export class ConnectionClosed extends Error {
  override readonly name = "ConnectionClosed";
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string) {
    super(`the connection was closed (${reason === "" ? code : `${code} ${reason}`})`);
    this.code = code;
    this.reason = reason;
  }
}

/** No socket came to be: nothing listens there, the name is unknown, or what answered is no gateway. */
export class ConnectFailed extends Error {
  override readonly name = "ConnectFailed";
  readonly url: string;
  readonly why: string;

  constructor(url: string, why: string) {
    super(`cannot connect to ${url}: ${why}`);
    this.url = url;
    this.why = why;
  }
}

/** A socket came to be, or seemed to, and nothing more: the time ran out before the greeting. */
export class NotGreeted extends ConnectFailed {}

/** The endpoint shows another certificate than the one that was pinned; nothing was sent to it. */
export class WrongCertificate extends Error {
  override readonly name = "WrongCertificate";
  readonly url: string;
  /** SHA-256 fingerprints. */
  readonly expected: string;
  readonly shown: string;

  constructor(url: string, expected: string, shown: string) {
    super(`${url} shows another certificate than the pinned one: expected ${expected}, shown ${shown}`);
    this.url = url;
    this.expected = expected;
    this.shown = shown;
  }
}

/** No answer within the time that the caller gave; the gateway may still carry the request out. */
export class RequestTimeout extends Error {
  override readonly name = "RequestTimeout";
  readonly method: string;

  constructor(method: string, timeoutMs: number) {
    super(`no answer to ${method} within ${timeoutMs} ms`);
    this.method = method;
  }
}

/** An answer that breaks the contract: the two sides are probably of different versions. */
export class InvalidAnswer extends Error {
  override readonly name = "InvalidAnswer";
  readonly method: string;

  constructor(method: string, problem: string) {
    super(`the answer to ${method} breaks the contract: ${problem}`);
    this.method = method;
  }
}

/** The request is larger than the gateway takes; it was not sent, since it would cost the connection. */
export class RequestTooLarge extends Error {
  override readonly name = "RequestTooLarge";

  constructor(method: string, bytes: number, limit: number) {
    super(`${method} would send ${bytes} bytes, the gateway takes at most ${limit}`);
  }
}

function isRetryableCode(code: string): boolean {
  return Object.hasOwn(errorCodes, code) && errorCodes[code as keyof typeof errorCodes].retryable;
}

/** Whether connecting again may work. Closes that the contract does not know count as accidents. */
export function mayReconnect(cause: unknown): boolean {
  if (cause instanceof ConnectFailed || cause instanceof RequestTimeout) return true;
  if (cause instanceof RequestError) return cause.retryable;
  if (cause instanceof ConnectionClosed) return mayReopen(cause);
  return cause instanceof Error && cause.cause !== undefined && mayReconnect(cause.cause);
}

function mayReopen({ code, reason }: ConnectionClosed): boolean {
  const sameCode = Object.values(closes).filter((close) => close.code === code);
  const exact = sameCode.find((close) => close.reason === reason);
  return (exact ?? sameCode.find((close) => close.reason === "…"))?.reconnect ?? true;
}
