import type { UserFromGetMe } from "grammy/types";
import type { AccountState, ChannelError, Host } from "../channel.ts";
import { oneLine } from "../error-words.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { backoffMs } from "./backoff.ts";
import { toChannelError } from "./errors.ts";
import type { Reader } from "./receive.ts";
import type { TelegramSettings } from "./settings.ts";

/** What the parts of a running account share. */
export interface Session {
  host: Host<TelegramSettings>;
  api: TelegramApi;
  me: UserFromGetMe;
  reader(): Reader;
  /** To be called when the webhook has brought something. */
  gotIn?: () => void;
}

const answerMs = 30_000;

/** An account's fate, told once per change and waited out. */
export class Fate {
  private attempt = 0;
  private last = "";
  private readonly host: Host<TelegramSettings>;
  private readonly signal: AbortSignal;

  constructor(host: Host<TelegramSettings>, signal: AbortSignal) {
    this.host = host;
    this.signal = signal;
  }

  say(state: AccountState): void {
    const text = JSON.stringify(state);
    if (text === this.last || this.signal.aborted) return;
    this.last = text;
    this.host.state(state);
  }

  /** It works, just proven. */
  works(as: string): void {
    this.attempt = 0;
    this.say({ is: "connected", as });
    this.host.alive();
  }

  /** It does not: waits as long as Telegram asks for, else longer every time. */
  async wait(error: ChannelError, leastMs = 0): Promise<void> {
    this.attempt++;
    const ms = Math.max(leastMs, error.retryAfterMs ?? backoffMs(this.attempt));
    this.say({ is: "waiting", until: this.host.clock.now() + ms, attempt: this.attempt, error });
    const { message, kind } = error;
    this.host.log.warn("telegram waits", { account: this.host.account, kind, reason: message, ms });
    await this.host.clock.sleep(ms, this.signal);
  }
}

/** Asks who we are until Telegram says it; null when the token is refused or the signal aborts. */
export async function introduce(
  host: Host<TelegramSettings>,
  api: TelegramApi,
  fate: Fate,
  signal: AbortSignal,
): Promise<UserFromGetMe | null> {
  while (!signal.aborted) {
    try {
      using limit = deadline(host, answerMs, signal);
      return await api.call.getMe(limit.signal);
    } catch (cause) {
      if (signal.aborted) return null;
      const error = toChannelError(cause);
      if (error.kind === "auth") {
        const reason = oneLine(error, "en");
        fate.say({ is: "needs login", reason, zh: oneLine(error, "zh") });
        return null;
      }
      await fate.wait(error);
    }
  }
  return null;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
