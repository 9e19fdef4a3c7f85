import type { Params, Result } from "#protocol";
import type { OutboxRow, SendResult } from "#protocol/domains/outbox.ts";
import type { ConversationRef } from "#src/channels/channel.ts";
import { conversationOf, conversationText } from "#src/channels/conversation.ts";
import { inLanguage, oneLine } from "#src/channels/error-words.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { SendingAccounts } from "#src/outbox/accounts.ts";
import type { Outbox, Verdict } from "#src/outbox/outbox.ts";
import type { Content, Delivery, NewMessage } from "#src/outbox/rows.ts";
import type { DomainHandlers } from "./handler.ts";
import { actOnMessage } from "./message-action.ts";
import { filesOf, namedFiles } from "./send-files.ts";
import { type Aim, aimAt } from "./send-target.ts";

export interface OutboxRooms {
  outbox: Outbox;
  accounts: SendingAccounts;
  /** The ids of every channel there is, open or not. */
  channels: readonly string[];
  canonicalKey: (asked: string) => string;
  /** The session in which somebody would be answered who writes at the target. */
  sessionOf: (aim: Aim) => string;
  /** Adds what was sent to a session's transcript. */
  mirror: (sessionKey: string, text: string, id: string) => Promise<void>;
}

/** How long a caller waits for a message that cannot be sent at once. */
export const callerWaitMs = 30_000;

type Send = Omit<Params<"send">, "idempotencyKey">;
type Poll = Omit<Params<"poll">, "idempotencyKey"> & { sessionKey?: string };

/** Who asked, and under which key: the same again is the same message. */
export interface Asked {
  principal: string;
  key: string;
}

export function outboxHandlers(rooms: OutboxRooms): DomainHandlers<"outbox"> {
  const { outbox } = rooms;
  const asked = (principal: string, idempotencyKey: string): Asked => ({ principal, key: idempotencyKey });
  return {
    send: ({ params: { idempotencyKey, ...params }, caller }) =>
      sendMessage(rooms, params, asked(caller.principal, idempotencyKey)),
    poll: ({ params: { idempotencyKey, ...params }, caller }) =>
      sendPoll(rooms, params, asked(caller.principal, idempotencyKey)),
    "message.action": ({ params, caller }) =>
      actOnMessage(rooms, params, asked(caller.principal, params.idempotencyKey)),
    "outbox.list": ({ params, caller }) => listOutbox(outbox, params, caller.language),
    "outbox.retry": async ({ params: { id } }) => {
      if (!(await outbox.retry(id))) throw notThere(outbox, id, { en: "sent again", zh: "重新发送" });
      return { ok: true, id };
    },
    "outbox.discard": async ({ params: { id } }) => {
      if (!(await outbox.discard(id))) throw notThere(outbox, id, { en: "discarded", zh: "丢弃" });
      return { ok: true, id };
    },
  };
}

function notThere(outbox: Outbox, id: number, deed: Sentence): GatewayError {
  const row = outbox.find(id);
  return new GatewayError(
    "INVALID_REQUEST",
    row === null
      ? {
          en: `there is no message ${id} in the outbox; see: moltbot outbox list`,
          zh: `发件箱中没有消息 ${id}；请查看：moltbot outbox list`,
        }
      : {
          en: `message ${id} is ${row.state}, so it cannot be ${deed.en}`,
          zh: `消息 ${id} 的状态是 ${row.state}，因此无法${deed.zh}`,
        },
  );
}

/** Sends a text, files, or both. */
export async function sendMessage(rooms: OutboxRooms, params: Send, asked: Asked): Promise<SendResult> {
  const { outbox } = rooms;
  const text = params.message ?? "";
  const isFile = namedFiles(params).length > 0 || Boolean(params.buffer);
  if (text.trim() === "" && !isFile)
    throw new GatewayError("INVALID_REQUEST", "invalid send params: message must not be empty without media");
  const format = formatOf(params.parseMode);
  const origin = originOf("send", asked);
  const known = outbox.findOrigin(origin);
  if (known !== null) return answered(rooms, known, asked);
  const aim = await aimAt(rooms, params);
  if (params.replyToId && aim.open.account.capabilities(aim.to).reply === "no")
    throw new GatewayError("INVALID_REQUEST", {
      en: `${aim.open.channel} cannot quote a message; leave replyToId out`,
      zh: `${aim.open.channel} 不能引用消息；请去掉 replyToId`,
    });
  const media = await filesOf(rooms, aim, params);
  const content: Content = {
    is: "markdown",
    // Lines that name files are the agent's way; a client names files beside the text.
    text,
    media,
    ...format,
    ...(params.silent === true ? { silent: true } : {}),
    ...(params.forceDocument === true
      ? { mediaAs: "document" as const }
      : params.asVoice === true
        ? { mediaAs: "voice" as const }
        : params.gifPlayback === true
          ? { mediaAs: "animation" as const }
          : {}),
  };
  const replyTo = params.replyToId ? { replyTo: params.replyToId } : {};
  const said =
    text || namedFiles(params).join("\n") || media.map(({ fileName }) => `[${fileName}]`).join("\n");
  return deliver(rooms, aim, { origin, content, ...replyTo }, said, params.sessionKey, asked);
}

/** How a caller's text is written. */
function formatOf(parseMode: string | undefined): { format?: "html" } {
  const mode = parseMode?.trim().toLowerCase() ?? "";
  if (mode === "html") return { format: "html" };
  if (mode === "" || mode === "markdown") return {};
  const asked = parseMode?.slice(0, 32);
  throw new GatewayError("INVALID_REQUEST", {
    en: `parseMode ${asked} is not understood; there are HTML and Markdown`,
    zh: `不认识 parseMode ${asked}；可用的有 HTML 和 Markdown`,
  });
}

/** Asks people something. */
export async function sendPoll(rooms: OutboxRooms, params: Poll, asked: Asked): Promise<SendResult> {
  const { question, options, maxSelections = 1, durationHours } = params;
  const origin = originOf("poll", asked);
  const known = rooms.outbox.findOrigin(origin);
  if (known !== null) return answered(rooms, known, asked);
  const aim = await aimAt(rooms, params, "poll ");
  const { poll } = aim.open.account.capabilities(aim.to);
  if (poll.level === "no")
    throw new GatewayError("INVALID_REQUEST", `unsupported poll channel: ${aim.open.channel}`);
  if (options.length > poll.maxOptions)
    throw new GatewayError("UNAVAILABLE", `Poll supports at most ${poll.maxOptions} options`);
  if (maxSelections > options.length)
    throw new GatewayError("UNAVAILABLE", "maxSelections cannot exceed option count");
  if (maxSelections > 1 && maxSelections < options.length) {
    const [count, { channel }] = [options.length, aim.open];
    throw new GatewayError("INVALID_REQUEST", {
      en: `in a poll on ${channel} people choose 1 answer or any number of them, not at most ${maxSelections}; give maxSelections 1 or ${count}`,
      zh: `${channel} 的投票只能单选或不限数量，不能限定最多 ${maxSelections} 个；请把 maxSelections 设为 1 或 ${count}`,
    });
  }
  const long = options.find((option) => option.length > poll.optionMax);
  if (long !== undefined) {
    const shown = long.slice(0, 40);
    throw new GatewayError("INVALID_REQUEST", {
      en: `an answer has at most ${poll.optionMax} characters here: ${shown}…`,
      zh: `这里的选项最多 ${poll.optionMax} 个字符：${shown}…`,
    });
  }
  if (question.length > poll.questionMax)
    throw new GatewayError("INVALID_REQUEST", {
      en: `a question has at most ${poll.questionMax} characters here`,
      zh: `这里的问题最多 ${poll.questionMax} 个字符`,
    });
  const content: Content = {
    is: "poll",
    question,
    options,
    multiple: maxSelections > 1,
    ...(durationHours === undefined ? {} : { durationMs: durationHours * 3_600_000 }),
    ...(params.silent === true ? { silent: true } : {}),
  };
  const said = [question, ...options.map((option) => `- ${option}`)].join("\n");
  return deliver(rooms, aim, { origin, content }, said, params.sessionKey, asked);
}

/** Sends, and notes what was said where its answer will arrive: the agent knows what was said in its name. */
async function deliver(
  rooms: OutboxRooms,
  aim: Aim,
  message: Pick<NewMessage, "origin" | "content" | "replyTo">,
  said: string,
  askedSession: string | undefined,
  asked: Asked,
): Promise<SendResult> {
  const named = askedSession?.trim() ?? "";
  const sessionKey = named === "" ? rooms.sessionOf(aim) : rooms.canonicalKey(named);
  const id = await rooms.outbox.submit({ ...placeOf(aim), ...message, sessionKey });
  const result = await answered(rooms, id, asked);
  await rooms.mirror(sessionKey, said, `s-${id}`);
  return result;
}

function originOf(method: string, { principal, key }: Asked): string {
  return `${method}:${JSON.stringify([principal, key])}`;
}

function placeOf({ open, to }: Aim) {
  return { channel: open.channel, account: open.accountId, conversation: conversationText(to) };
}

async function answered({ outbox }: OutboxRooms, message: number, { key }: Asked): Promise<SendResult> {
  const verdict = await outbox.finished(message, callerWaitMs);
  if (verdict.is === "sent") return resultOf(verdict.parts, key);
  const { error } = verdict;
  const why = { en: oneLine(error, "en"), zh: oneLine(error, "zh") };
  // Where nothing was delivered, the same key may be used again, and who asked knows: nobody else need look after it.
  if (verdict.is === "rejected") {
    await outbox.forgetRefused(message);
    const refused = { en: `the message was not sent: ${why.en}`, zh: `消息未发送：${why.zh}` };
    throw new GatewayError("UNAVAILABLE", refused, retryAfter(error.retryAfterMs));
  }
  const said =
    verdict.is === "partial"
      ? { en: `only the beginning of the message was sent: ${why.en}`, zh: `消息只发送了开头：${why.zh}` }
      : {
          en: `the message may or may not have arrived: ${why.en}; see: moltbot outbox list`,
          zh: `消息可能已送达，也可能没有：${why.zh}；请查看：moltbot outbox list`,
        };
  throw new GatewayError("UNAVAILABLE", said, { payload: effectOf(verdict, key) });
}

function retryAfter(retryAfterMs: number | undefined) {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** What a failure left behind: it makes the answer one that a repeat gets again. */
function effectOf({ is, parts }: Verdict, runId: string) {
  const ids = parts.flatMap(({ ref }) => (ref === null ? [] : [ref.id]));
  return { runId, status: is, outboxIds: parts.map(({ id }) => id), messageIds: ids };
}

function resultOf(parts: readonly Delivery[], runId: string): SendResult {
  const refs = parts.flatMap(({ ref }) => (ref === null ? [] : [ref]));
  const last = refs.at(-1);
  const [first] = parts;
  if (last === undefined || first === undefined) throw new Error("a message was sent without a part");
  return {
    runId,
    messageId: last.id,
    ...(refs.length > 1 ? { messageIds: refs.map(({ id }) => id) } : {}),
    channel: first.channel,
    ...idsOf(last.conversation),
  };
}

/** A conversation by the names that clients look for. */
export function idsOf({ kind, id }: ConversationRef) {
  return { conversationId: id, ...(kind === "channel" ? { channelId: id } : { chatId: id }) };
}

const shownChars = 120;

function listOutbox(
  outbox: Outbox,
  params: Params<"outbox.list">,
  language: "en" | "zh",
): Result<"outbox.list"> {
  const limit = params.limit ?? 100;
  const rows = outbox.list({
    states: params.states ?? ["queued", "sending", "rejected", "unknown"],
    limit,
    ...(params.channel === undefined ? {} : { channel: params.channel }),
    ...(params.cursor === undefined ? {} : { before: params.cursor }),
  });
  const { queued = 0, sending = 0, rejected = 0, unknown = 0 } = outbox.counts();
  return {
    rows: rows.map((row) => toRow(row, language)),
    counts: { queued, sending, rejected, unknown },
    nextCursor: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
  };
}

function toRow(row: Delivery, language: "en" | "zh"): OutboxRow {
  const text = previewOf(row.content).replace(/\s+/g, " ").trim();
  return {
    id: row.id,
    message: row.message,
    state: row.state,
    channel: row.channel,
    accountId: row.account,
    conversationId: conversationOf(row.conversation)?.id ?? row.conversation,
    preview: text.length > shownChars ? `${text.slice(0, shownChars - 1)}…` : text,
    attempts: row.attempts,
    createdAt: row.createdAt,
    ...(row.nextAt === null ? {} : { nextAt: row.nextAt }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(row.ref === null ? {} : { messageId: row.ref.id }),
    ...(row.sessionKey === null ? {} : { sessionKey: row.sessionKey }),
    ...(row.error === null ? {} : { error: inLanguage(row.error, language).message }),
  };
}

function previewOf(content: Content): string {
  switch (content.is) {
    case "markdown":
      return content.text;
    case "poll":
      return content.question;
    case "media":
      return content.media.map(({ fileName }) => fileName).join(", ");
    case "text":
      return textsIn(content.document).join(" ");
  }
}

/** Every text in a tree, in order. */
function textsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsIn);
  if (typeof node !== "object" || node === null) return [];
  if ("text" in node && typeof node.text === "string") return [node.text];
  return Object.values(node).flatMap(textsIn);
}
