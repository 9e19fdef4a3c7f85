import type { Channel, Host } from "../channel.ts";
import { openAccount } from "./account.ts";
import { deadline, openApi } from "./api.ts";
import { login, tokenFlow } from "./login.ts";
import type { TelegramSettings } from "./settings.ts";
import { botIdOf, tokenOf } from "./token.ts";

const answerMs = 15_000;

/** Telegram, by its Bot API. */
export const telegram: Channel<TelegramSettings> = {
  id: "telegram",
  label: "Telegram",
  open: openAccount,
  // Two tokens of one bot are one stream of messages all the same.
  identity: (settings) => botIdOf(tokenOf(settings)),
  logins: [tokenFlow],
  login: (_flow, host, signal, language) => login(host, signal, language),
  logout,
};

/** A bot has no session to end; only a webhook would go on. */
async function logout(host: Host<TelegramSettings>): Promise<void> {
  if (host.settings.webhookUrl === undefined) return;
  using limit = deadline(host, answerMs, new AbortController().signal);
  await openApi(host, tokenOf(host.settings)).call.deleteWebhook({}, limit.signal);
}
