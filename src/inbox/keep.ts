import type { Database } from "bun:sqlite";
import type { ConversationRef } from "#src/channels/channel.ts";
import { conversationText } from "#src/channels/conversation.ts";
import type { InboundEvent } from "#src/channels/inbound.ts";

/** An event that was kept; `seenAt` is when it arrived here. */
export interface Kept {
  id: number;
  channel: string;
  account: string;
  /** As `conversationText` writes it. */
  conversation: string;
  event: InboundEvent;
  seenAt: number;
}

interface Row {
  id: number;
  channel: string;
  account: string;
  conversation: string;
  event: string;
  received_at: number;
}

/** How often deciding may fail before the event is given up, so that one bad event does not fail for ever. */
const mostTries = 5;
/** What one stranger may have waiting until they are let in. */
const heldPerSender = 10;

/** What came in, row by row. Verbs that write expect to be called inside a transaction. */
export type KeepStore = ReturnType<typeof createKeepStore>;

export function createKeepStore(db: Database, now: () => number) {
  const insert = db.query<{ id: number }, (string | number)[]>(
    `INSERT INTO inbound (channel, account, conversation, event_key, kind, sender, event, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (channel, account, conversation, kind, event_key) DO NOTHING RETURNING id`,
  );
  // The index of open rows counts only for a query that repeats its condition.
  const waiting = "state <> 'done'";
  const columns = "id, channel, account, conversation, event, received_at";
  const undecided = db.query<Row, [number, number]>(
    `SELECT ${columns} FROM inbound WHERE ${waiting} AND state = 'new' AND id > ? ORDER BY id LIMIT ?`,
  );
  const undecidedOf = db.query<Row, [string, string]>(
    `SELECT ${columns} FROM inbound WHERE ${waiting} AND state = 'new' AND channel = ? AND account = ?
     ORDER BY id`,
  );
  const fresh = db.query<Row, [string]>(
    `SELECT ${columns} FROM inbound WHERE state = 'new' AND id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  );
  const settle = db.query<null, [string, string | null, number]>(
    "UPDATE inbound SET state = 'done', outcome = ?, run_id = ?, event = NULL WHERE id = ?",
  );
  const toTurn = db.query<null, [string, number]>(
    "UPDATE inbound SET state = 'done', outcome = 'turn', run_id = ? WHERE id = ?",
  );
  const told = db.query<Row, [string]>(
    `SELECT ${columns} FROM inbound WHERE event IS NOT NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  );
  const forget = db.query<null, [string]>(
    "UPDATE inbound SET event = NULL WHERE id IN (SELECT value FROM json_each(?))",
  );
  const taken = db.query<Row & { run_id: string }, [string, string, string, string]>(
    `SELECT ${columns}, run_id FROM inbound WHERE state = 'done' AND event IS NOT NULL AND run_id IS NOT NULL
     AND channel = ? AND account = ? AND conversation = ? AND kind = 'message' AND event_key = ?`,
  );
  const beside = db.query<null, [number]>("UPDATE inbound SET state = 'context' WHERE id = ?");
  const context = db.query<Row, [string, string, string]>(
    `SELECT ${columns} FROM inbound WHERE ${waiting} AND state = 'context'
     AND channel = ? AND account = ? AND conversation = ? ORDER BY id`,
  );
  const forgetContext = db.query<null, [string, string, string, number]>(
    `UPDATE inbound SET state = 'done', outcome = 'context: too old', event = NULL WHERE id IN (
       SELECT id FROM inbound WHERE ${waiting} AND state = 'context'
       AND channel = ? AND account = ? AND conversation = ? ORDER BY id DESC LIMIT -1 OFFSET ?)`,
  );
  const hold = db.query<null, [number]>("UPDATE inbound SET state = 'held' WHERE id = ?");
  const countHeld = db.query<{ n: number }, [string, string, string]>(
    `SELECT count(*) AS n FROM inbound WHERE ${waiting} AND state = 'held'
     AND channel = ? AND account = ? AND sender = ?`,
  );
  const release = db.query<Row, [string, string, string]>(
    `UPDATE inbound SET state = 'new' WHERE ${waiting} AND state = 'held'
     AND channel = ? AND account = ? AND sender = ? RETURNING ${columns}`,
  );
  const dropHeld = db.query<null, [string, string, string, string]>(
    `UPDATE inbound SET state = 'done', outcome = ?, event = NULL
     WHERE ${waiting} AND state = 'held' AND channel = ? AND account = ? AND sender = ?`,
  );
  const failed = db.query<{ tries: number }, [number]>(
    "UPDATE inbound SET tries = tries + 1 WHERE id = ? RETURNING tries",
  );
  const open = db.query<Row, [string, string, string, string]>(
    `SELECT ${columns} FROM inbound WHERE state <> 'done' AND channel = ? AND account = ? AND conversation = ?
     AND kind = 'message' AND event_key = ?`,
  );
  const depths = db.query<{ open: number; held: number }, []>(
    `SELECT count(*) FILTER (WHERE state = 'new') AS open, count(*) FILTER (WHERE state = 'held') AS held
     FROM inbound WHERE state <> 'done'`,
  );
  const rewrite = db.query<null, [string, number]>("UPDATE inbound SET event = ? WHERE id = ?");
  const emptyConversation = db.query<null, [string, string, string]>(
    `UPDATE inbound SET state = 'done', outcome = 'context: left', event = NULL
     WHERE ${waiting} AND state = 'context' AND channel = ? AND account = ? AND conversation = ?`,
  );
  const prune = db.query<null, [number]>("DELETE FROM inbound WHERE state = 'done' AND received_at < ?");
  const expire = db.query<null, [number]>(
    `UPDATE inbound SET state = 'done', outcome = 'expired', event = NULL
     WHERE state <> 'done' AND received_at < ?`,
  );
  const origin = db.query<{ from_id: string }, [string, string, string]>(
    "SELECT from_id FROM conversation_move WHERE channel = ? AND account = ? AND to_id = ?",
  );
  const lastSender = db.query<{ sender: string }, [string, string, string]>(
    `SELECT sender FROM inbound WHERE channel = ? AND account = ? AND conversation = ?
     ORDER BY id DESC LIMIT 1`,
  );
  const moved = db.query<null, [string, string, string, string]>(
    `INSERT INTO conversation_move (channel, account, to_id, from_id) VALUES (?, ?, ?, ?)
     ON CONFLICT (channel, account, to_id) DO NOTHING`,
  );

  function firstId(channel: string, account: string, id: string): string {
    return origin.get(channel, account, id)?.from_id ?? id;
  }

  return {
    /** Adds what is not known yet and gives back just that, in order. */
    add(channel: string, account: string, events: readonly InboundEvent[]): Kept[] {
      const seenAt = now();
      return events.flatMap((event): Kept[] => {
        const conversation = conversationText(event.conversation);
        const { type, sender } = event;
        const json = JSON.stringify(event);
        const row = insert.get(channel, account, conversation, keyOf(event), type, sender.id, json, seenAt);
        return row === null ? [] : [{ id: row.id, channel, account, conversation, event, seenAt }];
      });
    },
    /** The next events after one that are still to be decided, in order. */
    undecided: (afterId: number, limit: number): Kept[] => undecided.all(afterId, limit).map(toKept),
    undecidedOf: (channel: string, account: string): Kept[] => undecidedOf.all(channel, account).map(toKept),
    /** Those of the rows that are still to be answered, as they are now: edited, or without the deleted ones. */
    fresh: (ids: readonly number[]): Kept[] => fresh.all(JSON.stringify(ids)).map(toKept),
    /** Notes what became of an event. */
    settle: (id: number, outcome: string, runId: string | null = null) => void settle.run(outcome, runId, id),
    /** Notes that a message is part of a turn. What it says is kept until the turn has ended. */
    toTurn: (id: number, runId: string) => void toTurn.run(runId, id),
    /** What of the messages of a turn is left, as it is now. */
    told: (ids: readonly number[]): Kept[] => told.all(JSON.stringify(ids)).map(toKept),
    forget: (ids: readonly number[]): void => void forget.run(JSON.stringify(ids)),
    /** A message whose turn has not ended, and that turn's run. */
    taken({ channel, account, conversation }: Kept, messageId: string): (Kept & { runId: string }) | null {
      const found = taken.get(channel, account, conversation, messageId);
      if (found === null) return null;
      const { run_id: runId, ...row } = found;
      return { ...toKept(row), runId };
    },
    /** Keeps a message that nobody answers as what was said before the next one that somebody does. */
    beside({ id, channel, account, conversation }: Kept, limit: number): void {
      beside.run(id);
      forgetContext.run(channel, account, conversation, limit);
    },
    /** What was said in a conversation since the last turn. */
    context: (channel: string, account: string, conversation: string): Kept[] =>
      context.all(channel, account, conversation).map(toKept),
    /** False where the sender has enough waiting. */
    hold({ id, channel, account, event }: Kept): boolean {
      if ((countHeld.get(channel, account, event.sender.id)?.n ?? 0) >= heldPerSender) return false;
      hold.run(id);
      return true;
    },
    /** Takes up what somebody wrote before they were let in. */
    release: (channel: string, account: string, sender: string): Kept[] =>
      release
        .all(channel, account, sender)
        .map(toKept)
        .sort((one, other) => one.id - other.id),
    dropHeld: (channel: string, account: string, sender: string, outcome: string) =>
      void dropHeld.run(outcome, channel, account, sender),
    /** Counts a failed decision; true where it was the last that is tried. */
    failed: (id: number): boolean => (failed.get(id)?.tries ?? mostTries) >= mostTries,
    /** A message that has not become part of a turn. */
    find({ channel, account, conversation }: Kept, messageId: string): Kept | null {
      const row = open.get(channel, account, conversation, messageId);
      return row === null ? null : toKept(row);
    },
    /** What is still to be decided, and what is held until its sender is let in. */
    depths: () => depths.get() ?? { open: 0, held: 0 },
    rewrite: (id: number, event: InboundEvent) => void rewrite.run(JSON.stringify(event), id),
    leave: ({ channel, account, conversation }: Kept) =>
      void emptyConversation.run(channel, account, conversation),
    firstId,
    /** Who wrote last in a conversation, as far back as it is known; null where nobody did. */
    lastSender: (channel: string, account: string, conversation: ConversationRef): string | null =>
      lastSender.get(channel, account, conversationText(conversation))?.sender ?? null,
    /** From now on `to` is what `from` was. */
    moved(channel: string, account: string, from: string, to: string): void {
      const first = firstId(channel, account, from);
      if (first !== to) moved.run(channel, account, to, first);
    },
    /** Forgets what was dealt with before a moment, and gives up what could not be dealt with since another. */
    prune(dealtBefore: number, openBefore: number): void {
      expire.run(openBefore);
      prune.run(dealtBefore);
    },
  };
}

/** What makes two arrivals the same one. An edit or a reaction has no id of its own: it is what it says, and when. */
function keyOf(event: InboundEvent): string {
  if (event.type === "message" || event.type === "action") return event.id;
  const { conversation: _, sender, ...said } = event;
  const print = new Bun.CryptoHasher("sha256").update(JSON.stringify([sender.id, said])).digest("hex");
  return `${event.id}#${print.slice(0, 24)}`;
}

function toKept({ event, received_at: seenAt, ...row }: Row): Kept {
  return { ...row, event: JSON.parse(event) as InboundEvent, seenAt };
}
