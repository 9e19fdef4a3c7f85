import { GrammyError, HttpError } from "grammy/web";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { ChannelError, SendOutcome } from "../channel.ts";
import { ForeignAnswer } from "./api.ts";
import { type errorTexts, worded } from "./error-texts.ts";

/** The request certainly did not leave, so nothing can have come of it. */
const neverLeft =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ConnectionRefused|FailedToOpenSocket|DNS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/;

/** What went wrong when Telegram was asked for something. */
export function toChannelError(cause: unknown): ChannelError {
  if (cause instanceof GrammyError) return refusal(cause);
  // Such as a token that cannot be one: Telegram was not asked.
  if (cause instanceof GatewayError) {
    const { en, zh } = cause.told;
    return { kind: "invalid", message: en, zh: { message: zh } };
  }
  const inner = cause instanceof HttpError ? cause.error : cause;
  if (inner instanceof ForeignAnswer) {
    return {
      kind: inner.status >= 500 || inner.status === 200 ? "network" : "protocol",
      ...worded((say) => ({
        message: say.unreachable(say.foreign(inner.status)),
        ...(inner.status < 500 ? { hint: say.checkRoot } : {}),
      })),
      code: String(inner.status),
    };
  }
  const code = codeOf(inner);
  return {
    kind: "network",
    ...worded((say) => ({ message: say.unreachable(readable(inner, say)) })),
    ...(code === undefined ? {} : { code }),
  };
}

/** What became of a send that threw. */
export function toOutcome(cause: unknown): Exclude<SendOutcome, { is: "sent" }> {
  const error = toChannelError(cause);
  if (cause instanceof GrammyError) {
    // Somewhere behind the Bot API something broke; what it did before that, nobody says.
    if (cause.error_code >= 500) return { is: "unknown", error };
    return { is: "rejected", error, retry: error.kind === "rate" };
  }
  const inner = cause instanceof HttpError ? cause.error : cause;
  if (inner instanceof ForeignAnswer) {
    if (inner.status === 413) {
      return { is: "rejected", error: { ...error, kind: "too-large" }, retry: false };
    }
    if (inner.status >= 400 && inner.status < 500) return { is: "rejected", error, retry: true };
    return { is: "unknown", error };
  }
  if (neverLeft.test(codeOf(inner) ?? "")) return { is: "rejected", error, retry: true };
  return { is: "unknown", error };
}

/** The description of a refusal, in lower case; empty for everything else. */
export function refusalText(cause: unknown): string {
  return cause instanceof GrammyError ? cause.description.toLowerCase() : "";
}

/** Under which id a group goes on, if that is why Telegram refused. */
export function migratedTo(cause: unknown): number | null {
  return cause instanceof GrammyError ? (cause.parameters.migrate_to_chat_id ?? null) : null;
}

function refusal({ error_code, description, parameters }: GrammyError): ChannelError {
  const code = String(error_code);
  const said = worded((say) => ({ message: say.says(description) }));
  if (error_code === 401 || (error_code === 404 && /^not found/i.test(description))) {
    return {
      kind: "auth",
      ...worded((say) => ({ message: say.badToken, hint: say.newToken })),
      code,
    };
  }
  if (error_code === 409) return conflict(description, code);
  if (error_code === 429) {
    const retryAfterMs = Math.max(1, parameters.retry_after ?? 1) * 1000;
    return { kind: "rate", ...said, code, retryAfterMs };
  }
  if (error_code >= 500) return { kind: "network", ...said, code };
  if (error_code === 413 || /too long|too big|too large/i.test(description)) {
    return { kind: "too-large", ...said, code };
  }
  const gone =
    /not found|blocked by the user|deactivated|was kicked|not a member|PEER_ID_INVALID|chat_write_forbidden|bot can't initiate|upgraded/i;
  if (gone.test(description)) {
    return { kind: "gone", ...hinted(description), code };
  }
  if (error_code === 403) return { kind: "banned", ...hinted(description), code };
  if (
    /can't be (edited|deleted)|REACTION_INVALID|REACTIONS_TOO_MANY|not supported|forbidden/i.test(description)
  ) {
    return { kind: "unsupported", ...said, code };
  }
  return { kind: "invalid", ...said, code };
}

function conflict(description: string, code: string): ChannelError {
  const isWebhook = /webhook/i.test(description);
  return {
    kind: "conflict",
    ...worded((say) =>
      isWebhook
        ? { message: say.webhookElsewhere, hint: say.endWebhook }
        : { message: say.otherReader, hint: say.endReader },
    ),
    code,
  };
}

/** What Telegram said, and what helps where that is known. */
function hinted(description: string) {
  return worded((say) => {
    const message = say.says(description);
    if (/bot can't initiate|chat not found/i.test(description)) return { message, hint: say.mustStart };
    if (/blocked/i.test(description)) return { message, hint: say.blocked };
    if (/rights|kicked|not a member/i.test(description)) return { message, hint: say.addBot };
    return { message };
  });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The failure in a few words; an address would tell the token. */
function readable(error: unknown, say: (typeof errorTexts)["en"]): string {
  if (error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name)) return say.noAnswer;
  const code = codeOf(error);
  if (code === "ECONNRESET" || code === "ConnectionClosed") return say.broke;
  if (code === "ECONNREFUSED" || code === "ConnectionRefused") return say.nothingAnswers;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return say.noName;
  return messageOf(error).replace(/bot\d+:[\w-]+/g, "bot…");
}
