import type { ErrorShape } from "#protocol/frames.ts";

/** A failure as programs know it from OpenAI: a status and one error object. */
export interface Failure {
  status: number;
  type: string;
  message: string;
  /** The part of the request that is to blame. */
  param?: string;
  code?: string;
  retryAfterMs?: number;
}

/** Thrown where a request cannot be carried out as it was asked. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  readonly failure: Failure;
  constructor(message: string, more: { param?: string; code?: string; status?: number } = {}) {
    super(message);
    this.failure = { status: 400, type: "invalid_request_error", message, ...more };
  }
}

/** What stands in the body of a failed answer, and in a stream that breaks off. */
export function errorBody({ type, message, param, code }: Failure) {
  return { error: { message, type, param: param ?? null, code: code ?? null } };
}

/** A refusal of the dispatcher, or a run that failed; `kind` is what the chat event calls it. */
export function failureOf(error: ErrorShape, kind: string | null): Failure {
  const { message } = error;
  switch (error.code) {
    case "INVALID_REQUEST":
      return { status: 400, type: "invalid_request_error", message };
    case "FORBIDDEN":
      return { status: 403, type: "permission_error", message };
    case "NOT_PAIRED":
      return { status: 401, type: "unauthorized", message };
  }
  if (kind === "context_length") {
    return { status: 400, type: "invalid_request_error", code: "context_length_exceeded", message };
  }
  if (kind === "rate_limit" || error.retryAfterMs !== undefined) {
    const { retryAfterMs } = error;
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    return { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded", message, ...wait };
  }
  return { status: 500, type: "api_error", message };
}
