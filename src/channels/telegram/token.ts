import { readFileSync } from "node:fs";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { errorTexts, type Say } from "./error-texts.ts";
import type { TelegramSettings } from "./settings.ts";

const form = /^\d{1,20}:[A-Za-z0-9_-]{1,200}$/;

/** Whether a text can be a bot token at all; what is not would become part of an address. */
export function isToken(text: string): boolean {
  return form.test(text);
}

/** The account's token, from its settings or its file; or what is the matter with it. */
export function readToken(settings: TelegramSettings): { token: string } | { problem: Say; cause?: unknown } {
  let token = settings.botToken;
  try {
    token ??= settings.tokenFile === undefined ? undefined : readFileSync(settings.tokenFile, "utf8");
  } catch (cause) {
    return { problem: (say) => say.noTokenFile(messageOf(cause)), cause };
  }
  token = token?.trim();
  if (token === undefined || token === "") return { problem: (say) => say.noToken };
  return isToken(token) ? { token } : { problem: (say) => say.wrongToken };
}

/** The token. Throws a `GatewayError` that says what is missing. */
export function tokenOf(settings: TelegramSettings): string {
  const read = readToken(settings);
  if ("token" in read) return read.token;
  const told = { en: read.problem(errorTexts.en), zh: read.problem(errorTexts.zh) };
  throw new GatewayError("INVALID_REQUEST", told, { cause: read.cause });
}

/** The bot's own id, which every token of the same bot begins with. */
export function botIdOf(token: string): string {
  return token.slice(0, token.indexOf(":"));
}
