import type { Signal } from "@preact/signals";
import type { ChatMessage } from "#protocol/domains/chat.ts";

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
  readonly own?: string;
  readonly sending: "sending" | "sent" | "failed";
  /** Why sending failed; absent where it is not known. */
  readonly failure?: string;
  readonly reply: Reply;
  /** Changes many times a second, so it is apart from everything that decides which rows there are. */
  readonly text: Signal<string>;
}

/** One bubble on screen; its key outlives the change from a local turn to the message in the history. */
export type Row =
  | { key: string; is: "message"; message: ChatMessage }
  | { key: string; is: "own"; turn: Turn }
  | { key: string; is: "reply"; turn: Turn };

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

/** History and turns in the order in which they are read. */
export function toRows(messages: readonly ChatMessage[], turns: readonly Turn[]): Row[] {
  const open = new Map(turns.map((turn) => [turn.runId, turn]));
  const rows: Row[] = [];
  const used = new Map<string, number>();
  const unique = (key: string) => {
    const count = used.get(key) ?? 0;
    used.set(key, count + 1);
    return count === 0 ? key : `${key}:${count}`;
  };
  const answered = new Set(messages.filter(isAnswer).map((message) => message.runId));

  messages.forEach((message, index) => {
    rows.push({ key: unique(keyOf(message)), is: "message", message });
    const runId = message.runId ?? message.idempotencyKey;
    const turn = runId === undefined ? undefined : open.get(runId);
    // The answer follows the last message of its run.
    if (turn === undefined || belongsTo(messages[index + 1], turn.runId)) return;
    open.delete(turn.runId);
    if (hasReply(turn, answered)) rows.push({ key: unique(`run:${turn.runId}`), is: "reply", turn });
  });
  for (const turn of open.values()) {
    if (turn.own !== undefined) rows.push({ key: unique(`own:${turn.runId}`), is: "own", turn });
    if (hasReply(turn, answered)) rows.push({ key: unique(`run:${turn.runId}`), is: "reply", turn });
  }
  return rows;
}

/** The readable text of a message. */
export function textOf(message: ChatMessage): string {
  return message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
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
