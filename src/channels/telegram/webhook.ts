import { timingSafeEqual } from "node:crypto";
import type { Update, WebhookInfo } from "grammy/types";
import { messageOf } from "#src/lib/errors.ts";
import type { ChannelError } from "../channel.ts";
import { deadline } from "./api.ts";
import { worded } from "./error-texts.ts";
import { toChannelError } from "./errors.ts";
import { keep } from "./intake.ts";
import { allowedUpdates } from "./receive.ts";
import { aborted, type Fate, introduce, type Session } from "./session.ts";

const bodyBytes = 1_048_576;
const bodyMs = 10_000;
const atOnce = 4;
const answerMs = 30_000;
const checkMs = 60_000;

/** Sets the webhook, and looks after it until the signal aborts: only Telegram can say whether it gets through. */
export async function holdWebhook(session: Session, fate: Fate, signal: AbortSignal): Promise<void> {
  const { host, api, me } = session;
  const { webhookUrl: url = "", webhookSecret: secret = "" } = host.settings;
  const as = me.username ? `@${me.username}` : me.first_name;
  const since = host.clock.now();
  let isSet = false;
  let lastIn = 0;
  let isShut = false;
  session.gotIn = () => {
    lastIn = host.clock.now();
    if (isShut) fate.works(as);
    isShut = false;
  };
  while (!signal.aborted) {
    let error: ChannelError | null = null;
    try {
      using limit = deadline(host, answerMs, signal);
      const info = await api.call.getWebhookInfo(limit.signal);
      if (!isSet || info.url !== url) {
        // One at a time keeps a conversation in its order.
        const options = { secret_token: secret, allowed_updates: allowedUpdates, max_connections: 1 };
        await api.call.setWebhook(url, options, limit.signal);
        isSet = true;
      } else error = shutOut(info, lastIn, since);
      isShut = error !== null;
    } catch (cause) {
      if (signal.aborted) break;
      error = toChannelError(cause);
    }
    if (error === null) {
      fate.works(as);
      await host.clock.sleep(checkMs, signal);
      continue;
    }
    await fate.wait(error);
    if (error.kind === "auth" && (await introduce(host, api, fate, signal)) === null) return aborted(signal);
  }
}

/** Why Telegram does not get through; null where nothing has failed since the last update that did. */
function shutOut(
  { last_error_message: reason, last_error_date: date = 0, pending_update_count: waiting }: WebhookInfo,
  lastIn: number,
  since: number,
): ChannelError | null {
  const failedAt = date * 1000;
  // What failed before we were there is over where nothing waits any more.
  if (!reason || failedAt <= lastIn || (failedAt < since && waiting === 0)) return null;
  return {
    kind: "inbound",
    ...worded((say) => ({ message: say.shutOut(reason), hint: say.letIn })),
  };
}

/** Answers Telegram's calls. Only who knows the secret is listened to at all, and only what is kept is confirmed. */
export function createWebhook(secret: string, session: () => Session | null) {
  let reading = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (request: Request): Promise<Response> => {
    if (request.method !== "POST") return answer(405, "Telegram's calls are POST", { allow: "POST" });
    if (!isSame(request.headers.get("x-telegram-bot-api-secret-token") ?? "", secret)) {
      return answer(401, "the secret is missing or wrong");
    }
    const running = session();
    if (running === null) return answer(503, "the account is not connected yet", { "retry-after": "5" });
    if (Number(request.headers.get("content-length") ?? 0) > bodyBytes) return answer(413, "too much");
    if (reading >= atOnce) return answer(503, "too many at once", { "retry-after": "1" });
    reading++;
    let update: Update | Response;
    try {
      update = await readUpdate(request, running);
    } finally {
      reading--;
    }
    if (update instanceof Response) return update;
    const known = update;
    // In the order in which they came, also where somebody calls in parallel.
    const kept = last.then(() => keep(running, [known], null));
    last = kept.catch(() => {});
    try {
      await kept;
    } catch (cause) {
      running.host.log.error("what the webhook brought could not be kept", { reason: messageOf(cause) });
      return answer(503, "not kept; call again", { "retry-after": "5" });
    }
    running.host.alive();
    running.gotIn?.();
    return answer(200, "");
  };
}

async function readUpdate(request: Request, { host }: Session): Promise<Update | Response> {
  using limit = deadline(host, bodyMs, request.signal);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  if (reader === undefined) return answer(400, "no body");
  const stop = () => void reader.cancel().catch(() => {});
  limit.signal.addEventListener("abort", stop, { once: true });
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.byteLength;
      if (bytes > bodyBytes) {
        stop();
        return answer(413, "too much");
      }
      chunks.push(next.value);
    }
  } catch {
    return answer(400, "the body broke off");
  } finally {
    limit.signal.removeEventListener("abort", stop);
  }
  if (limit.signal.aborted) return answer(408, "the body came too slowly");
  const value = parsed(Buffer.concat(chunks).toString("utf8"));
  return isUpdate(value) ? value : answer(400, "no update");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isUpdate(value: unknown): value is Update {
  return (
    typeof value === "object" && value !== null && "update_id" in value && typeof value.update_id === "number"
  );
}

/** Compared in a time that does not tell how much of it is right. */
function isSame(given: string, secret: string): boolean {
  const one = new Bun.CryptoHasher("sha256").update(given).digest();
  const other = new Bun.CryptoHasher("sha256").update(secret).digest();
  return timingSafeEqual(one, other);
}

function answer(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers } });
}
