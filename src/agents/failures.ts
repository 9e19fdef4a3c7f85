import { messageOf } from "#src/lib/errors.ts";
import type { ResolvedModel } from "./catalog.ts";
import type { PlainError } from "./runtime.ts";
import { plainError, sentences } from "./sentences.ts";

/** What of a thrown value says how a request to a model server failed. The libraries' classes are never imported. */
interface Failure {
  name: string;
  /** The first message alone: what a person may see of it. */
  message: string;
  /** Everything said along the chain of causes, to be searched. */
  text: string;
  status: number | null;
  code: string | null;
  headers: Record<string, string>;
}

const refused = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "FailedToOpenSocket",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
const broken = new Set(["ECONNRESET", "ConnectionClosed", "EPIPE", "UND_ERR_SOCKET", "ETIMEDOUT"]);
const tooLong =
  /context[ _](length|window|size)|maximum context|prompt is too long|too many (input )?tokens|input (is )?too long|reduce the length|exceeds? the (model|maximum|available) .*(token|context)/i;
const noSuchModel = /model.{0,80}(not found|does not exist|not exist|unknown)|unknown model|no such model/i;
const noCredit = /insufficient[_ ](quota|credit|balance)|credit balance|billing|payment required/i;
const cut =
  /without a finish reason|terminated|socket connection was closed|stream (was )?(cut|interrupted)/i;
const malformed = new Set([
  "SyntaxError",
  "AI_JSONParseError",
  "AI_TypeValidationError",
  "AI_InvalidResponseDataError",
  "AI_InvalidStreamPartError",
  "AI_EmptyResponseBodyError",
  "AI_NoOutputGeneratedError",
]);

/** Turns whatever a request to a model threw or streamed as an error into the sentence that a person reads. */
export function toPlainError(error: unknown, model: ResolvedModel, spoke: boolean): PlainError {
  const failure = read(error);
  const detail = redact(`${failure.status ?? failure.code ?? failure.name}: ${failure.text}`, model);
  return { ...classify(failure, model, spoke), detail };
}

function classify(failure: Failure, model: ResolvedModel, spoke: boolean): PlainError {
  const { status, text, code } = failure;
  if (
    status === 402 ||
    (noCredit.test(text) && (status === null || status === 400 || status === 429 || status === 403))
  ) {
    return plainError("rate_limit", sentences.noCredit(model));
  }
  if (status === 401 || status === 403) return plainError("auth", sentences.auth(model, status));
  if (status === 429) {
    const retryAfterMs = retryAfter(failure.headers);
    const more = retryAfterMs === null ? {} : { retryAfterMs };
    return plainError("rate_limit", sentences.rateLimit(model, retryAfterMs), more);
  }
  if (status === 413 || tooLong.test(text)) return plainError("context_length", sentences.tooLong(model));
  if (status === 404 || (status === 400 && noSuchModel.test(text))) {
    return plainError("not_found", sentences.notFound(model));
  }
  if (status === 408 || status === 504) return plainError("timeout", sentences.timeout(model));
  if (status !== null && status >= 500) {
    return plainError("unreachable", sentences.serverTrouble(model, status));
  }
  if (status !== null && status >= 300) {
    const said = redact(failure.message, model);
    return plainError("unknown", sentences.refusedRequest(model, status, said));
  }
  if (code !== null && refused.has(code)) return plainError("unreachable", sentences.unreachable(model));
  if (code !== null && broken.has(code)) {
    return plainError("unreachable", spoke ? sentences.cut(model) : sentences.cutEarly(model));
  }
  if (cut.test(text) && spoke) return plainError("unreachable", sentences.cut(model));
  if (malformed.has(failure.name) || /normalized .{0,40}stream error/.test(text))
    return plainError("bad_answer", sentences.malformed(model));
  if (/overloaded/i.test(text)) return plainError("unreachable", sentences.serverTrouble(model, 529));
  return plainError("unknown", sentences.unknown(model));
}

export function emptyAnswer(model: ResolvedModel): PlainError {
  return plainError("bad_answer", sentences.empty(model), { detail: "no text" });
}

/** What came was no answer in the wire format that is spoken here. */
export function unreadable(model: ResolvedModel): PlainError {
  return plainError("bad_answer", sentences.malformed(model), { detail: "nothing that could be read" });
}

export function refusal(model: ResolvedModel): PlainError {
  return plainError("refusal", sentences.refusal(model), { detail: "content filter" });
}

export function timedOut(model: ResolvedModel): PlainError {
  return plainError("timeout", sentences.timeout(model), { detail: "our time limit" });
}

export function cutOff(model: ResolvedModel): PlainError {
  return plainError("unreachable", sentences.cut(model), { detail: "no finish reason" });
}

/** No model of that name is set up; null where none was asked for and there is none at all. */
export function noModel(ref: string | null): PlainError {
  const detail = `unresolved model ${ref ?? "(none)"}`;
  return plainError("not_found", sentences.noModel(ref), { detail });
}

/** The key is kept somewhere and can't be read there. */
export function noSecret(model: ResolvedModel): PlainError {
  return plainError("auth", sentences.noSecret(model), { detail: "the secret cannot be read" });
}

/** The day's spending has reached its cap. */
export function overBudget(
  model: ResolvedModel,
  { usd, capUsd }: { usd: number; capUsd: number },
): PlainError {
  const detail = `${usd} of ${capUsd} US dollars`;
  return plainError("budget", sentences.overBudget(model, usd, capUsd), { detail });
}

/** Something of ours broke before a server was asked. */
export function unexpected(error: unknown, ref: string): PlainError {
  return plainError("unknown", sentences.unknown({ ref }), { detail: messageOf(error) });
}

function read(error: unknown): Failure {
  const failure: Failure = { name: "", message: "", text: "", status: null, code: null, headers: {} };
  const texts: string[] = [];
  const seen = new Set<unknown>();
  let current: unknown = error;
  while (current !== undefined && current !== null && !seen.has(current)) {
    seen.add(current);
    if (typeof current !== "object") {
      texts.push(String(current));
      break;
    }
    const each = current as Record<string, unknown>;
    if (failure.name === "" && typeof each.name === "string") failure.name = each.name;
    failure.status ??= statusOf(each);
    if (failure.code === null && typeof each.code === "string") failure.code = each.code;
    if (typeof each.responseHeaders === "object" && each.responseHeaders !== null) {
      failure.headers = each.responseHeaders as Record<string, string>;
    }
    texts.push(typeof each.message === "string" ? each.message : messageOf(current));
    if (typeof each.type === "string") texts.push(each.type);
    if (typeof each.code === "string") texts.push(each.code);
    if (typeof each.responseBody === "string") texts.push(each.responseBody.slice(0, 2000));
    current = each.cause ?? each.lastError;
  }
  failure.message = texts[0] ?? "";
  failure.text = texts.join(" · ");
  return failure;
}

function statusOf(error: Record<string, unknown>): number | null {
  for (const each of [error.statusCode, error.status, error.code]) {
    if (typeof each === "number" && each >= 300 && each < 600) return each;
  }
  return null;
}

function retryAfter(headers: Record<string, string>): number | null {
  const ms = Number(headers["retry-after-ms"]);
  if (headers["retry-after-ms"] !== undefined && ms >= 0) return Math.round(ms);
  const value = headers["retry-after"];
  if (value === undefined) return null;
  const seconds = Number(value);
  if (seconds >= 0) return Math.round(seconds * 1000);
  const until = Date.parse(value) - Date.now();
  return Number.isFinite(until) ? Math.max(0, until) : null;
}

/** One bounded line without keys. Servers echo parts of a wrong key back, so what looks like one goes, too. */
function redact(text: string, model: ResolvedModel): string {
  let line = text;
  for (const secret of [model.apiKey, ...Object.values(model.headers)]) {
    if (secret !== undefined && secret.length > 3) line = line.replaceAll(secret, "…");
  }
  return line
    .replace(/\b(sk|pk|key|gsk|xai)[-_][\w*.-]{4,}/gi, "…")
    .replace(/(bearer\s+)\S+/gi, "$1…")
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 400);
}
