import { GrammyError, HttpError } from "grammy/web";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { ChannelError, SendOutcome } from "../channel.ts";
import { ForeignAnswer } from "./api.ts";

/** The request certainly did not leave, so nothing can have come of it. */
const neverLeft =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ConnectionRefused|FailedToOpenSocket|DNS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/;

/** What went wrong when Telegram was asked for something. */
export function toChannelError(cause: unknown): ChannelError {
  if (cause instanceof GrammyError) return refusal(cause);
  // Such as a token that cannot be one: Telegram was not asked.
  if (cause instanceof GatewayError) return { kind: "invalid", message: cause.message };
  const inner = cause instanceof HttpError ? cause.error : cause;
  if (inner instanceof ForeignAnswer) {
    return {
      kind: inner.status >= 500 || inner.status === 200 ? "network" : "protocol",
      message: `Telegram is not reachable: ${inner.message}`,
      code: String(inner.status),
      ...(inner.status < 500 ? { hint: "check channels.telegram.apiRoot and the proxy" } : {}),
    };
  }
  const code = codeOf(inner);
  return {
    kind: "network",
    message: `Telegram is not reachable: ${readable(inner)}`,
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
  const message = `Telegram says: ${description}`;
  if (error_code === 401 || (error_code === 404 && /^not found/i.test(description))) {
    return {
      kind: "auth",
      message: "Telegram does not know this bot token",
      hint: "get the token from @BotFather again and run: moltbot channels login telegram",
      code,
    };
  }
  if (error_code === 409) return conflict(description, code);
  if (error_code === 429) {
    const retryAfterMs = Math.max(1, parameters.retry_after ?? 1) * 1000;
    return { kind: "rate", message, code, retryAfterMs };
  }
  if (error_code >= 500) return { kind: "network", message, code };
  if (error_code === 413 || /too long|too big|too large/i.test(description)) {
    return { kind: "too-large", message, code };
  }
  const gone =
    /not found|blocked by the user|deactivated|was kicked|not a member|PEER_ID_INVALID|chat_write_forbidden|bot can't initiate|upgraded/i;
  if (gone.test(description)) {
    return { kind: "gone", message, code, ...hintOf(description) };
  }
  if (error_code === 403) return { kind: "banned", message, code, ...hintOf(description) };
  if (
    /can't be (edited|deleted)|REACTION_INVALID|REACTIONS_TOO_MANY|not supported|forbidden/i.test(description)
  ) {
    return { kind: "unsupported", message, code };
  }
  return { kind: "invalid", message, code };
}

function conflict(description: string, code: string): ChannelError {
  const isWebhook = /webhook/i.test(description);
  return {
    kind: "conflict",
    message: isWebhook
      ? "a webhook is set for this bot, so its messages go elsewhere"
      : "another program reads this bot's messages",
    hint: isWebhook
      ? "end the program that sets it, or set channels.telegram.webhookUrl"
      : "end the other program, or make a bot of its own for this gateway with @BotFather",
    code,
  };
}

function hintOf(description: string): { hint: string } | Record<never, never> {
  if (/bot can't initiate|chat not found/i.test(description)) {
    return { hint: "a bot can only write to people who pressed Start, and to groups that it is a member of" };
  }
  if (/blocked/i.test(description)) return { hint: "the person blocked the bot" };
  if (/rights|kicked|not a member/i.test(description))
    return { hint: "add the bot to the chat, with the right to write" };
  return {};
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The failure in a few words; an address would tell the token. */
function readable(error: unknown): string {
  if (error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name)) return "no answer in time";
  const code = codeOf(error);
  if (code === "ECONNRESET" || code === "ConnectionClosed") return "the connection broke before the answer";
  if (code === "ECONNREFUSED" || code === "ConnectionRefused") return "nothing answers there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name cannot be resolved";
  return messageOf(error).replace(/bot\d+:[\w-]+/g, "bot…");
}
