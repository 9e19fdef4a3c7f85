import { type ErrorCode, errorCodes } from "#protocol/errors.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { Serialized } from "#src/lib/serialized.ts";
import type { Caller } from "#src/methods/handler.ts";

/** The largest answer in bytes; larger ones are refused, and history trims itself to fit. */
export const maxAnswerBytes = 1024 * 1024;

/** An answer without its id: what is stored for repeats, and what `frameOf` completes. */
export type Body = string & { readonly __body: true };

export function success(result: unknown, reader: Reader): Body {
  const payload = result instanceof Serialized ? result.text : JSON.stringify(result);
  if (isTooLarge(payload)) {
    return failure(
      new GatewayError("INVALID_REQUEST", {
        en: "the answer would exceed 1 MiB; ask for less, for example with a limit",
        zh: "应答会超过 1 MiB；请少取一些，例如加上 limit",
      }),
      reader,
    );
  }
  return `"ok":true,"payload":${payload}}` as Body;
}

/** Whom an error speaks to. */
export type Reader = Pick<Caller, "generation" | "language">;

/** The error in the client's language, and as its generation knows it: generation 3 has no FORBIDDEN. */
export function failure(error: GatewayError, { generation, language }: Reader): Body {
  const code: ErrorCode = error.code === "FORBIDDEN" && generation === 3 ? "INVALID_REQUEST" : error.code;
  const shape = {
    code,
    message: error.told[language],
    ...(error.details === undefined ? {} : { details: error.details }),
    retryable: errorCodes[error.code].retryable,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
  const payload = error.payload === undefined ? "" : `"payload":${JSON.stringify(error.payload)},`;
  return `"ok":false,${payload}"error":${JSON.stringify(shape)}}` as Body;
}

/** The whole response frame. */
export function frameOf(id: string, body: Body): string {
  return `{"type":"res","id":${JSON.stringify(id)},${body}`;
}

function isTooLarge(text: string): boolean {
  // A UTF-16 unit takes at most three bytes, so short texts need no count.
  return text.length * 3 > maxAnswerBytes && Buffer.byteLength(text) > maxAnswerBytes;
}
