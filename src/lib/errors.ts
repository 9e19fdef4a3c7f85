import type { ErrorCode } from "#protocol/errors.ts";
import type { Sentence } from "./sentence.ts";

export interface GatewayErrorOptions {
  cause?: unknown;
  /** Machine-readable particulars; they travel to the client. */
  details?: Record<string, unknown>;
  retryAfterMs?: number;
  /** What the answer carries beside the error: the failure had an effect, so a repeat gets it again. */
  payload?: unknown;
}

/**
 * A failure that the caller should read: its message says what is wrong and what to do. What programs match on is one
 * text for all; what only people read is a sentence, which a Chinese client gets in Chinese.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfterMs: number | undefined;
  readonly payload: unknown;
  /** What the caller reads, by language. */
  readonly told: Sentence;

  constructor(code: ErrorCode, message: string | Sentence, options: GatewayErrorOptions = {}) {
    const told = typeof message === "string" ? { en: message, zh: message } : message;
    super(told.en, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.told = told;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.payload = options.payload;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
