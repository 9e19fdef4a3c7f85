import type { Signal } from "@preact/signals";
import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";
import { callOf, type ToolCall, type ToolCallPart, type ToolCalls } from "./tool-calls.ts";

export type ImagePart = ContentPart & { type: "image" };

/** What a person says: a text, pictures, or both. */
export interface Question {
  text: string;
  images: readonly ImagePart[];
}

/** How far the answer of a run has come. */
export type Reply =
  | { is: "none" }
  /** Being written: the text so far is in the turn's `text`. */
  | { is: "live"; runtime?: string }
  | { is: "done"; message?: ChatMessage }
  | { is: "stopped"; reason: string; message?: ChatMessage }
  | { is: "failed"; sentence: string; message?: ChatMessage };

/** A message sent from this page, a run seen by it, or both: what history does not hold yet. */
export interface Turn {
  /** The idempotency key of the message and the id of its run. */
  readonly runId: string;
  readonly at: number;
  /** What was sent from here; absent for a run that somebody else started. */
  readonly own?: Question;
  readonly sending: "sending" | "sent" | "failed";
  /** Why sending failed; absent where it is not known. */
  readonly failure?: string;
  readonly reply: Reply;
  /** Changes many times a second, so it is apart from everything that decides which rows there are. */
  readonly text: Signal<string>;
}

/** One bubble on screen; its key outlives the change from a local turn to the message in the history. */
export type Row =
  /** `calls` are the uses of tools that belong to the message, in the order of its parts. */
  | { key: string; is: "message"; message: ChatMessage; calls: readonly ToolCall[] }
  | { key: string; is: "own"; turn: Turn }
  | { key: string; is: "reply"; turn: Turn; calls: readonly ToolCall[] };

const none: readonly never[] = [];

/**
 * The history with the newest page put in. Messages known before keep their identity, so that nothing is
 * drawn again; a page that does not join on to what is known replaces it.
 */
export function mergePage(known: readonly ChatMessage[], page: readonly ChatMessage[]): ChatMessage[] {
  const places = new Map(known.map((message, index) => [message.id, index]));
  places.delete(undefined);
  const joint = places.get(page[0]?.id) ?? 0;
  const kept = page.map((message) => known[places.get(message.id) ?? -1] ?? message);
  return [...known.slice(0, joint), ...kept];
}

/** The turns that the history does not make superfluous. */
export function remaining(turns: readonly Turn[], messages: readonly ChatMessage[]): Turn[] {
  const sent = new Set(messages.map((message) => message.idempotencyKey));
  const answered = new Set(messages.filter(isAnswer).map((message) => message.runId));
  return turns.filter((turn) => {
    if (turn.own !== undefined && !sent.has(turn.runId)) return true;
    if (turn.reply.is === "live" || turn.reply.is === "none") return true;
    if (turn.reply.is === "done" && turn.reply.message === undefined) return false;
    return !answered.has(turn.runId);
  });
}

/** History and turns in the order in which they are read; `seen` are the uses of tools heard of live. */
export function toRows(
  messages: readonly ChatMessage[],
  turns: readonly Turn[],
  seen: ToolCalls = new Map(),
): Row[] {
  const open = new Map(turns.map((turn) => [turn.runId, turn]));
  const rows: Row[] = [];
  const used = new Map<string, number>();
  const unique = (key: string) => {
    const count = used.get(key) ?? 0;
    used.set(key, count + 1);
    return count === 0 ? key : `${key}:${count}`;
  };
  const answered = new Set(messages.filter(isAnswer).map((message) => message.runId));
  const tools = toolsIn(messages);

  function add(turn: Turn) {
    if (!hasReply(turn, answered)) return;
    const calls = callsLeft(seen.get(turn.runId), tools);
    rows.push({ key: unique(`run:${turn.runId}`), is: "reply", turn, calls });
  }

  messages.forEach((message, index) => {
    const isShownWithCall = message.role === "toolResult" && tools.called.has(message.toolCallId ?? "");
    if (!isShownWithCall) {
      rows.push({
        key: unique(keyOf(message)),
        is: "message",
        message,
        calls: callsOf(message, tools, seen),
      });
    }
    const runId = message.runId ?? message.idempotencyKey;
    const turn = runId === undefined ? undefined : open.get(runId);
    // The answer follows the last message of its run.
    if (turn === undefined || belongsTo(messages[index + 1], turn.runId)) return;
    open.delete(turn.runId);
    add(turn);
  });
  for (const turn of open.values()) {
    if (turn.own !== undefined) rows.push({ key: unique(`own:${turn.runId}`), is: "own", turn });
    add(turn);
  }
  return rows;
}

/** Which tools a history tells of: the ids of the calls, and the results by the same id. */
interface ToolsIn {
  called: ReadonlySet<string>;
  results: ReadonlyMap<string, ChatMessage>;
}

function toolsIn(messages: readonly ChatMessage[]): ToolsIn {
  const called = new Set<string>();
  const results = new Map<string, ChatMessage>();
  for (const message of messages) {
    for (const part of message.content) if (part.type === "toolCall") called.add(part.id);
    if (message.role === "toolResult" && message.toolCallId !== undefined)
      results.set(message.toolCallId, message);
  }
  return { called, results };
}

function callsOf(message: ChatMessage, tools: ToolsIn, seen: ToolCalls): readonly ToolCall[] {
  const live = message.runId === undefined ? undefined : seen.get(message.runId);
  const parts = message.content.filter((part): part is ToolCallPart => part.type === "toolCall");
  if (parts.length > 0) {
    return parts.map((part) =>
      callOf(
        part,
        tools.results.get(part.id),
        live?.find(({ id }) => id === part.id),
      ),
    );
  }
  return isAnswer(message) ? callsLeft(live, tools) : none;
}

/** The calls that were seen live and that no message of the history tells of. */
function callsLeft(live: readonly ToolCall[] = none, { called }: ToolsIn): readonly ToolCall[] {
  return live.some(({ id }) => called.has(id)) ? live.filter(({ id }) => !called.has(id)) : live;
}

/** Whether two rows look the same, so that the second need not be drawn. */
export function isSameRow(a: Row, b: Row): boolean {
  if (a.is === "message") return b.is === "message" && a.message === b.message && areSame(a.calls, b.calls);
  if (a.is === "own") return b.is === "own" && a.turn === b.turn;
  return b.is === "reply" && a.turn === b.turn && areSame(a.calls, b.calls);
}

function areSame(a: readonly ToolCall[], b: readonly ToolCall[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every(({ id, state, output }, index) => {
      const other = b[index];
      return other?.id === id && other.state === state && other.output === output;
    })
  );
}

/** What was said last from this side; undefined where nothing was. */
export function lastQuestion(rows: readonly Row[]): Question | undefined {
  const row = rows.findLast((each) => isQuestion(each));
  if (row?.is === "own") return row.turn.own;
  return row?.is === "message" ? { text: textOf(row.message), images: imagesOf(row.message) } : undefined;
}

/** Whether a row is something said from this side. */
export function isQuestion(row: Row): boolean {
  return row.is === "own" || (row.is === "message" && row.message.role === "user");
}

/** The readable text of a message. */
export function textOf(message: ChatMessage): string {
  return message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}

/** The pictures of a message. */
export function imagesOf(message: ChatMessage): ImagePart[] {
  return message.content.filter((part): part is ImagePart => part.type === "image");
}

function hasReply({ reply, runId }: Turn, answered: ReadonlySet<string | undefined>): boolean {
  if (reply.is === "none") return false;
  if (reply.is === "live") return true;
  if (answered.has(runId)) return false;
  return reply.is !== "done" || reply.message !== undefined;
}

function belongsTo(message: ChatMessage | undefined, runId: string): boolean {
  return message !== undefined && (message.runId === runId || message.idempotencyKey === runId);
}

/** Ends its run, unlike a message that only calls a tool. */
function isAnswer(message: ChatMessage): boolean {
  return message.role === "assistant" && !message.content.some((part) => part.type === "toolCall");
}

function keyOf(message: ChatMessage): string {
  if (message.role === "user" && message.idempotencyKey) return `own:${message.idempotencyKey}`;
  if (message.runId) return `run:${message.runId}`;
  return `id:${message.id ?? message.timestamp}`;
}
