import { readFileSync } from "node:fs";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import type { TelegramSettings } from "./settings.ts";

const form = /^\d{1,20}:[A-Za-z0-9_-]{1,200}$/;

/** Whether a text can be a bot token at all; what is not would become part of an address. */
export function isToken(text: string): boolean {
  return form.test(text);
}

/** The account's token, from its settings or its file. Throws a `GatewayError` that says what is missing. */
export function tokenOf(settings: TelegramSettings): string {
  const token = (settings.botToken ?? fromFile(settings.tokenFile))?.trim();
  if (token === undefined || token === "") {
    throw new GatewayError(
      "INVALID_REQUEST",
      "no bot token; run: moltbot channels add telegram, or set channels.telegram.botToken",
    );
  }
  if (isToken(token)) return token;
  throw new GatewayError(
    "INVALID_REQUEST",
    "the bot token is not in the form 123456:ABC…; copy it again from @BotFather",
  );
}

/** The bot's own id, which every token of the same bot begins with. */
export function botIdOf(token: string): string {
  return token.slice(0, token.indexOf(":"));
}

function fromFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new GatewayError("INVALID_REQUEST", `the token file cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
