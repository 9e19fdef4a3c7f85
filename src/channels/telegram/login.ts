import { randomInt } from "node:crypto";
import type { Update, UserFromGetMe } from "grammy/types";
import type { Host } from "../channel.ts";
import { inLanguage, type Language } from "../error-words.ts";
import type { LoginFlow, LoginResult, LoginStep } from "../login.ts";
import { deadline, openApi, type TelegramApi } from "./api.ts";
import { readCursor } from "./cursor.ts";
import { refusalText, toChannelError } from "./errors.ts";
import { keep } from "./intake.ts";
import { loginTexts } from "./login-texts.ts";
import { allowedUpdates } from "./receive.ts";
import type { TelegramSettings } from "./settings.ts";
import { isToken } from "./token.ts";

export const tokenFlow: LoginFlow = { id: "token", label: "Bot token from @BotFather" };

const answerMs = 30_000;
const pollSeconds = 10;
const startMs = 10 * 60_000;
const pauseMs = 1000;
const batch = 100;
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Asks for a token until Telegram knows it; then whoever presses Start with the code becomes the owner. */
export async function* login(
  host: Host<TelegramSettings>,
  signal: AbortSignal,
  language: Language = "en",
): AsyncGenerator<LoginStep, LoginResult, string> {
  const say = loginTexts[language];
  const { token, api, me } = yield* askToken(host, signal, language);
  const as = `@${me.username}`;
  const code = newCode();
  const expiresAt = host.clock.now() + startMs;
  const link = `https://t.me/${me.username}?start=${code}`;
  yield { show: "code", code, expiresAt, text: say.start(link, as, code) };
  yield { wait: say.waiting(as) };
  const owner = yield* waitForStart(host, api, me, code, expiresAt, signal, language);
  if (owner === null) {
    return { settings: { botToken: token }, as, next: say.late(as) };
  }
  return { settings: { botToken: token, allowFrom: [owner] }, as, next: say.write(as) };
}

interface Known {
  token: string;
  api: TelegramApi;
  me: UserFromGetMe;
}

async function* askToken(
  host: Host<TelegramSettings>,
  signal: AbortSignal,
  language: Language,
): AsyncGenerator<LoginStep, Known, string> {
  const say = loginTexts[language];
  for (;;) {
    const answer: string = yield { ask: "token", label: say.token, secret: true, hint: say.hint };
    signal.throwIfAborted();
    // People paste the whole of BotFather's message.
    const token = /\d{1,20}:[A-Za-z0-9_-]+/.exec(answer)?.[0] ?? "";
    if (!isToken(token)) {
      yield { tell: say.noToken };
      continue;
    }
    yield { wait: say.asking };
    const api = openApi(host, token);
    try {
      using limit = deadline(host, answerMs, signal);
      return { token, api, me: await api.call.getMe(limit.signal) };
    } catch (cause) {
      signal.throwIfAborted();
      const error = toChannelError(cause);
      const { kind } = error;
      const { message } = inLanguage(error, language);
      yield {
        tell: kind === "auth" ? say.unknown : message,
      };
    }
  }
}

/**
 * Looks for the code among what waits at Telegram, and leaves everything there for the account to fetch. Only where so
 * much waits that the code could be behind it, it is kept here and now.
 */
async function* waitForStart(
  host: Host<TelegramSettings>,
  api: TelegramApi,
  me: UserFromGetMe,
  code: string,
  expiresAt: number,
  signal: AbortSignal,
  language: Language,
): AsyncGenerator<LoginStep, string | null, string> {
  let offset = readCursor(host.store, me.id)?.offset;
  let lastTrouble = "";
  while (host.clock.now() < expiresAt) {
    signal.throwIfAborted();
    try {
      using limit = deadline(host, pollSeconds * 1000 + 10_000, signal);
      const asked = { timeout: pollSeconds, limit: batch, ...(offset === undefined ? {} : { offset }) };
      const updates = await api.call.getUpdates({ ...asked, allowed_updates: allowedUpdates }, limit.signal);
      const owner = updates.map((update) => starter(update, code)).find((id) => id !== null);
      if (owner !== undefined) return owner;
      const last = updates.at(-1);
      if (updates.length === batch && last !== undefined) {
        offset = last.update_id + 1;
        await keep(readerOnly(host, api, me), updates, { offset, at: host.clock.now() });
      } else if (updates.length > 0) {
        await host.clock.sleep(pauseMs, signal);
      }
    } catch (cause) {
      signal.throwIfAborted();
      const error = toChannelError(cause);
      const { kind, retryAfterMs } = error;
      const { message, hint } = inLanguage(error, language);
      if (kind === "auth") throw cause;
      if (message !== lastTrouble) yield { wait: hint === undefined ? message : `${message}; ${hint}` };
      lastTrouble = message;
      if (refusalText(cause).includes("webhook")) await dropWebhook(host, api, signal);
      else await host.clock.sleep(retryAfterMs ?? 3 * pauseMs, signal);
    }
  }
  return null;
}

/** Who pressed Start with the code, in a chat with the bot alone. */
function starter({ message }: Update, code: string): string | null {
  if (message?.chat.type !== "private" || message.from === undefined || message.from.is_bot) return null;
  return message.text?.trim() === `/start ${code}` ? String(message.from.id) : null;
}

async function dropWebhook(host: Host, api: TelegramApi, signal: AbortSignal): Promise<void> {
  using limit = deadline(host, answerMs, signal);
  await api.call.deleteWebhook({ drop_pending_updates: false }, limit.signal).catch((cause: unknown) => {
    host.log.warn("webhook not removed", { reason: toChannelError(cause).message });
  });
}

function readerOnly(host: Host<TelegramSettings>, api: TelegramApi, me: UserFromGetMe) {
  const reader = () => ({ me, now: host.clock.now(), button: () => null, poll: () => null });
  return { host, api, me, reader };
}

function newCode(): string {
  return Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
