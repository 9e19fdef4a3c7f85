import type { Params } from "./telegram-chats.ts";
import { Refusal } from "./telegram-html.ts";

export type FakeUpdate = { update_id: number } & Record<string, unknown>;

const always = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "my_chat_member",
];

const terminated =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const webhookActive =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/** What waits for the bot: asked for with offsets, or sent to a webhook. */
export class Updates {
  readonly pending: FakeUpdate[] = [];
  webhook: { url: string; secret: string } | null = null;
  /** The last call that failed, and when, in seconds; a later one that goes well does not take it back. */
  webhookError: { message: string; date: number } | null = null;
  /** The bot's time. */
  now: () => number = Date.now;
  /** Called when a call failed. */
  failed: () => void = () => {};
  /** Kept by Telegram from one question to the next. */
  private wanted: readonly string[] = always;
  private nextId: number;
  private wake: (() => void) | null = null;
  private evict: ((why: Refusal) => void) | null = null;
  private delivering = false;
  private closed = false;

  constructor(firstId: number) {
    this.nextId = firstId;
  }

  add(kind: string, body: unknown): FakeUpdate | null {
    if (!this.wanted.includes(kind)) return null;
    const update = { update_id: this.nextId++, [kind]: body };
    this.pending.push(update);
    this.wake?.();
    void this.deliver();
    return update;
  }

  /** The same update once more, as after an answer that Telegram did not get. */
  again(update: FakeUpdate): void {
    this.pending.unshift(update);
    this.wake?.();
    void this.deliver();
  }

  want(list: unknown): void {
    if (Array.isArray(list)) this.wanted = list.length === 0 ? always : list.map(String);
  }

  /** Answers a question for news: confirms what lies before the offset, and waits while there is nothing. */
  async ask(params: Params, gone: AbortSignal): Promise<FakeUpdate[]> {
    if (this.webhook !== null) throw new Refusal(409, webhookActive);
    this.evict?.(new Refusal(409, terminated));
    this.want(params.allowed_updates);
    const offset = Number(params.offset ?? 0);
    if (offset < 0) this.pending.splice(0, Math.max(0, this.pending.length + offset));
    else while ((this.pending[0]?.update_id ?? offset) < offset) this.pending.shift();
    const limit = Number(params.limit ?? 100);
    const seconds = Number(params.timeout ?? 0);
    if (this.pending.length === 0 && seconds > 0) await this.wait(seconds * 1000, gone);
    return this.pending.slice(0, limit);
  }

  setWebhook(params: Params): void {
    const url = String(params.url ?? "");
    const secret = String(params.secret_token ?? "");
    this.want(params.allowed_updates);
    this.webhook = url === "" ? null : { url, secret };
    this.evict?.(new Refusal(409, webhookActive));
    void this.deliver();
  }

  /** Cuts the one that asks now, as a second program does. */
  conflict(): void {
    this.evict?.(new Refusal(409, terminated));
  }

  close(): void {
    this.closed = true;
    this.wake?.();
  }

  private wait(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer);
        gone.removeEventListener("abort", leave);
        if (this.evict === evict) {
          this.evict = null;
          this.wake = null;
        }
        finish();
      };
      const leave = () => end(resolve);
      const evict = (why: Refusal) => end(() => reject(why));
      const timer = setTimeout(leave, ms);
      gone.addEventListener("abort", leave, { once: true });
      this.evict = evict;
      this.wake = leave;
    });
  }

  /** One after the other, each until it is taken. */
  private async deliver(): Promise<void> {
    if (this.delivering) return;
    this.delivering = true;
    while (this.webhook !== null && this.pending.length > 0 && !this.closed) {
      const [update] = this.pending;
      if (update === undefined) break;
      const { url, secret } = this.webhook;
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (secret !== "") headers["X-Telegram-Bot-Api-Secret-Token"] = secret;
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(update) }).catch(
        () => null,
      );
      if (answer?.ok) {
        const at = this.pending.indexOf(update);
        if (at >= 0) this.pending.splice(at, 1);
        continue;
      }
      const message = `Wrong response from the webhook: ${answer?.status ?? "connection failed"}`;
      this.webhookError = { message, date: Math.floor(this.now() / 1000) };
      this.failed();
      await Bun.sleep(50);
    }
    this.delivering = false;
  }
}
