import type { Params, Result } from "#protocol";
import type { Account, SendOutcome } from "#src/channels/channel.ts";
import { oneLine } from "#src/channels/error-words.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { type Asked, callerWaitMs, idsOf, type OutboxRooms, sendMessage, sendPoll } from "./outbox.ts";
import { aimAt } from "./send-target.ts";

type Given = Record<string, unknown>;

/** Carries out one action by its name. */
export async function actOnMessage(
  rooms: OutboxRooms,
  params: Params<"message.action">,
  asked: Asked,
): Promise<Result<"message.action">> {
  const { action, channel, accountId, sessionKey } = params;
  const given: Given = params.params ?? {};
  const to = text(given, "to", "target", "chatId", "conversationId");
  if (to === undefined) throw wrong(action, "to must say where");
  const threadId = text(given, "threadId");
  const aim = {
    to,
    channel: channel ?? text(given, "channel"),
    accountId: accountId ?? text(given, "accountId"),
    threadId,
    sessionKey,
  };
  const where = Object.fromEntries(Object.entries(aim).filter(([, value]) => value !== undefined)) as {
    to: string;
  };
  const silent = given.silent === true ? { silent: true } : {};
  switch (action) {
    case "send": {
      const mediaUrl = text(given, "media", "mediaUrl", "path", "filePath");
      const message = text(given, "message", "text", "caption");
      const replyToId = text(given, "replyTo", "replyToId");
      const more = Object.fromEntries(
        (["buffer", "filename", "contentType", "parseMode"] as const).flatMap((name) => {
          const value = text(given, name);
          return value === undefined ? [] : [[name, value]];
        }),
      );
      const sent = await sendMessage(
        rooms,
        {
          ...where,
          ...(message === undefined ? {} : { message }),
          ...(mediaUrl === undefined ? {} : { mediaUrl }),
          ...(replyToId === undefined ? {} : { replyToId }),
          ...more,
          ...(given.gifPlayback === true ? { gifPlayback: true } : {}),
          ...(given.asVoice === true ? { asVoice: true } : {}),
          ...(given.forceDocument === true ? { forceDocument: true } : {}),
          ...silent,
        },
        asked,
      );
      return { ok: true, action, ...sent };
    }
    case "poll": {
      const question = text(given, "pollQuestion", "question");
      const options = list(given, "pollOption", "pollOptions", "options");
      if (question === undefined) throw wrong(action, "pollQuestion must be a text");
      if (options.length < 2 || options.length > 12) throw wrong(action, "pollOption must be 2 to 12 texts");
      const hours = given.pollDurationHours ?? given.durationHours;
      if (hours !== undefined && !(Number.isInteger(hours) && Number(hours) >= 1))
        throw wrong(action, "pollDurationHours must be a whole number from 1");
      const most = given.pollMulti === true ? options.length : (given.maxSelections ?? 1);
      if (!(Number.isInteger(most) && Number(most) >= 1))
        throw wrong(action, "maxSelections must be a whole number from 1");
      const sent = await sendPoll(
        rooms,
        {
          ...where,
          question,
          options,
          maxSelections: Number(most),
          ...(hours === undefined ? {} : { durationHours: Number(hours) }),
          ...silent,
        },
        asked,
      );
      return { ok: true, action, ...sent };
    }
    case "react":
    case "edit":
    case "delete":
      return await change(rooms, action, where, given, asked);
    default:
      throw new GatewayError("INVALID_REQUEST", {
        en: `unsupported action: ${action.slice(0, 64)}; there are send, poll, react, edit and delete`,
        zh: `不支持操作 ${action.slice(0, 64)}；可用的有 send、poll、react、edit 和 delete`,
      });
  }
}

/** Changes a message that is there. Each of these may be repeated without a second effect. */
async function change(
  rooms: OutboxRooms,
  action: "react" | "edit" | "delete",
  where: { to: string },
  given: Given,
  { key }: Asked,
): Promise<Result<"message.action">> {
  const messageId = text(given, "messageId", "message_id", "id");
  if (messageId === undefined) throw wrong(action, "messageId must name a message");
  const { open, to } = await aimAt(rooms, where);
  const { account, channel } = open;
  const ref = { conversation: to, id: messageId };
  const call = await callFor(account, channel, action, given, ref);
  const outcome = await rooms.outbox.change({ open, to, call, waitMs: callerWaitMs });
  if (outcome.is === "sent")
    return { ok: true, action, runId: key, messageId: outcome.ref.id, channel, ...idsOf(to) };
  const { kind, retryAfterMs } = outcome.error;
  const why = { en: oneLine(outcome.error, "en"), zh: oneLine(outcome.error, "zh") };
  if (outcome.is === "rejected" && kind === "unsupported") throw wrong(action, why);
  throw new GatewayError(
    "UNAVAILABLE",
    outcome.is === "unknown"
      ? {
          en: `${channel} did not say whether it did that: ${why.en}`,
          zh: `${channel} 没有说明是否已执行：${why.zh}`,
        }
      : { en: `${channel} refused it: ${why.en}`, zh: `${channel} 拒绝了此操作：${why.zh}` },
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

type Call = (signal: AbortSignal) => Promise<SendOutcome>;

async function callFor(
  account: Account,
  channel: string,
  action: "react" | "edit" | "delete",
  given: Given,
  ref: Parameters<NonNullable<Account["remove"]>>[0],
): Promise<Call> {
  const capabilities = account.capabilities(ref.conversation);
  const cannot = () =>
    new GatewayError("INVALID_REQUEST", {
      en: `channel ${channel} does not support ${action}`,
      zh: `渠道 ${channel} 不支持 ${action}`,
    });
  if (action === "delete") {
    const { remove } = account;
    if (remove === undefined || capabilities.remove.level === "no") throw cannot();
    return (signal) => remove.call(account, ref, signal);
  }
  if (action === "react") {
    const { react } = account;
    if (react === undefined || capabilities.reaction.level === "no") throw cannot();
    const emoji = given.remove === true ? "" : text(given, "emoji");
    if (emoji === undefined) throw wrong(action, "emoji must be an emoji, or remove true");
    return (signal) => react.call(account, ref, emoji, signal);
  }
  const { edit } = account;
  if (edit === undefined || capabilities.edit.level === "no") throw cannot();
  const message = text(given, "message", "text");
  if (message === undefined) throw wrong(action, "message must be the new text");
  const { parseMarkdown } = await import("#src/outbox/markdown.ts");
  const document = parseMarkdown(message);
  if (document.blocks.length === 0) throw wrong(action, "message must be the new text");
  if (account.measure(document) > capabilities.text.max)
    throw wrong(
      action,
      `message is longer than one message of ${channel}, ${capabilities.text.max} characters`,
    );
  return (signal) => edit.call(account, ref, document, signal);
}

function text(given: Given, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = given[name];
    if (typeof value === "string" && value.trim() !== "") return value;
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  }
  return undefined;
}

function list(given: Given, ...names: string[]): string[] {
  for (const name of names) {
    const value = given[name];
    if (Array.isArray(value)) return value.filter((each) => typeof each === "string" && each.trim() !== "");
    if (typeof value === "string") return [value];
  }
  return [];
}

function wrong(action: string, said: string | Sentence): GatewayError {
  const { en, zh } = typeof said === "string" ? { en: said, zh: said } : said;
  const place = `invalid message.action params: ${action}`;
  return new GatewayError("INVALID_REQUEST", { en: `${place}: ${en}`, zh: `${place}: ${zh}` });
}
