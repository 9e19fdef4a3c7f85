import type { UserFromGetMe, WebhookInfo } from "grammy/types";
import type { Host, ProbeReport } from "../channel.ts";
import { oneLine } from "../error-words.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { errorTexts, type Say } from "./error-texts.ts";
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
    const found = [...wrong, ...limitsOf(me)];
    const inWords = (language: "en" | "zh") => found.map((say) => say(errorTexts[language]));
    return report({ ok: wrong.length === 0, as, findings: inWords("en"), zh: inWords("zh") });
  } catch (cause) {
    const error = toChannelError(cause);
    return report({ ok: false, findings: [oneLine(error, "en")], zh: [oneLine(error, "zh")] });
  }
}

function wrongWith(info: WebhookInfo, settings: TelegramSettings): Say[] {
  const found: Say[] = [];
  const wanted = settings.webhookUrl ?? "";
  const { last_error_message: trouble, pending_update_count: waiting } = info;
  if (wanted === "" && info.url) found.push((say) => say.foreignWebhook);
  if (wanted !== "" && info.url !== wanted) found.push((say) => say.webhookNotSet);
  if (wanted !== "" && trouble && waiting > 0) found.push((say) => say.webhookFailed(trouble));
  if (waiting > manyWaiting) found.push((say) => say.manyWait(waiting));
  return found;
}

function limitsOf(me: UserFromGetMe): Say[] {
  const found: Say[] = [];
  if (!me.can_read_all_group_messages) found.push((say) => say.privacy);
  if (!me.can_join_groups) found.push((say) => say.noGroups);
  return found;
}
