import type { UserFromGetMe, WebhookInfo } from "grammy/types";
import type { Host, ProbeReport } from "../channel.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { toChannelError } from "./errors.ts";
import type { TelegramSettings } from "./settings.ts";

const answerMs = 15_000;
const manyWaiting = 100;

/** Looks at an account from the outside: whom Telegram takes it for, and what will not work. */
export async function probe(
  host: Host<TelegramSettings>,
  open: () => TelegramApi,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const began = host.clock.now();
  const report = (rest: Omit<ProbeReport, "elapsedMs">): ProbeReport => ({
    ...rest,
    elapsedMs: host.clock.now() - began,
  });
  try {
    using limit = deadline(host, answerMs, signal);
    const { call } = open();
    const me = await call.getMe(limit.signal);
    const webhook = await call.getWebhookInfo(limit.signal);
    const as = { id: String(me.id), name: me.username ? `@${me.username}` : me.first_name };
    const wrong = wrongWith(webhook, host.settings);
    return report({ ok: wrong.length === 0, as, findings: [...wrong, ...limitsOf(me)] });
  } catch (cause) {
    const { message, hint } = toChannelError(cause);
    return report({ ok: false, findings: [hint === undefined ? message : `${message}; ${hint}`] });
  }
}

function wrongWith(info: WebhookInfo, settings: TelegramSettings): string[] {
  const found: string[] = [];
  const wanted = settings.webhookUrl ?? "";
  if (wanted === "" && info.url) {
    found.push(
      "a webhook is set for this bot by another program; end that program (the gateway removes the webhook when it connects)",
    );
  }
  if (wanted !== "" && info.url !== wanted) {
    found.push("Telegram does not have this account's webhook; start the gateway, which sets it");
  }
  if (wanted !== "" && info.last_error_message) {
    found.push(
      `Telegram could not call the webhook: ${info.last_error_message}; it has to be reachable from outside`,
    );
  }
  if (info.pending_update_count > manyWaiting) {
    found.push(
      `${info.pending_update_count} messages wait at Telegram; they are fetched while the gateway runs`,
    );
  }
  return found;
}

function limitsOf(me: UserFromGetMe): string[] {
  const found: string[] = [];
  if (!me.can_read_all_group_messages) {
    found.push(
      "privacy mode is on: in groups the bot sees only commands, mentions and replies to it; to change it, tell @BotFather /setprivacy, Disable, and add the bot to the group again",
    );
  }
  if (!me.can_join_groups) {
    found.push("the bot cannot be added to groups; to change it, tell @BotFather /setjoingroups");
  }
  return found;
}
