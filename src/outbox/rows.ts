import type { Database } from "bun:sqlite";
import type { ChannelError, OutboundMedia, OutboundPart } from "#src/channels/channel.ts";
import type { MessageRef } from "#src/channels/inbound.ts";

export type DeliveryState = "queued" | "sending" | "sent" | "rejected" | "unknown";

/** Where something is said. */
export interface Place {
  channel: string;
  account: string;
  /** As `conversationText` writes it. */
  conversation: string;
}

/** What is to be sent: as it was written, or a part that a platform can take. */
export type Content = Written | OutboundPart;

/** Markdown and files, not yet made into parts: that needs the account, which may not be open. */
export interface Written {
  is: "markdown";
  text: string;
  /** Markdown where absent. */
  format?: "html";
  /** Files by address or path, or already judged. */
  media: readonly (string | OutboundMedia)[];
  silent?: boolean;
  /** What people hear or see as such rather than as a file, where the bytes allow it. */
  mediaAs?: "voice" | "document" | "animation";
}

/** One part on its way. */
export interface Delivery extends Place {
  id: number;
  key: string;
  message: number;
  ordinal: number;
  origin: string | null;
  runId: string | null;
  sessionKey: string | null;
  content: Content;
  replyTo: string | null;
  state: DeliveryState;
  attempts: number;
  nextAt: number | null;
  createdAt: number;
  triedAt: number | null;
  endedAt: number | null;
  ref: MessageRef | null;
  error: ChannelError | null;
}

export interface NewMessage extends Place {
  origin: string | null;
  runId?: string;
  sessionKey?: string;
  content: Content;
  replyTo?: string;
}

interface Raw {
  id: number;
  key: string;
  message: number;
  ordinal: number;
  channel: string;
  account: string;
  conversation: string;
  origin: string | null;
  run_id: string | null;
  session_key: string | null;
  content: string;
  reply_to: string | null;
  state: DeliveryState;
  attempts: number;
  next_at: number | null;
  created_at: number;
  tried_at: number | null;
  ended_at: number | null;
  ref: string | null;
  error: string | null;
}

export interface ListFilter {
  states: readonly DeliveryState[];
  channel?: string;
  before?: number;
  limit: number;
}

/** A new key of a part: 25 characters of [a-z0-9], never used before. */
export function partKey(): string {
  const number = BigInt(`0x${crypto.randomUUID().replaceAll("-", "")}`);
  return number.toString(36).padStart(25, "0").slice(-25);
}

/** The outbox's rows. Verbs that write expect to be called inside a transaction. */
export type DeliveryStore = ReturnType<typeof createDeliveryStore>;

export function createDeliveryStore(db: Database, now: () => number) {
  const insert = db.query<{ id: number }, (string | number | null)[]>(
    `INSERT INTO outbox (key, message, ordinal, channel, account, conversation, origin, run_id, session_key, content,
       reply_to, state, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?) RETURNING id`,
  );
  const begin = db.query<null, [number]>("UPDATE outbox SET message = id WHERE id = ?");
  const byId = db.query<Raw, [number]>("SELECT * FROM outbox WHERE id = ?");
  const byOrigin = db.query<Raw, [string]>("SELECT * FROM outbox WHERE origin = ?");
  const parts = db.query<Raw, [number]>("SELECT * FROM outbox WHERE message = ? ORDER BY ordinal");
  const lanes = db.query<Place, []>(
    `SELECT DISTINCT channel, account, conversation FROM outbox
     WHERE state IN ('queued', 'sending') OR (state = 'unknown' AND next_at IS NOT NULL)`,
  );
  const lanesOf = db.query<Place, [string, string]>(
    `SELECT DISTINCT channel, account, conversation FROM outbox WHERE channel = ? AND account = ?
     AND (state = 'queued' OR (state = 'unknown' AND next_at IS NOT NULL))`,
  );
  const first = db.query<Raw, [string, string, string]>(
    `SELECT * FROM outbox WHERE channel = ? AND account = ? AND conversation = ?
     AND state IN ('queued', 'sending', 'unknown') AND (state <> 'unknown' OR next_at IS NOT NULL)
     ORDER BY message, ordinal LIMIT 1`,
  );
  const rewrite = db.query<null, [string, string | null, number]>(
    "UPDATE outbox SET content = ?, reply_to = ? WHERE id = ?",
  );
  const shift = db.query<null, [number, number, number]>(
    "UPDATE outbox SET ordinal = ordinal + ? WHERE message = ? AND ordinal > ?",
  );
  const sending = db.query<null, [number, number]>(
    `UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = COALESCE(tried_at, ?), next_at = NULL
     WHERE id = ?`,
  );
  const again = db.query<null, [number, string | null, number]>(
    "UPDATE outbox SET state = 'queued', next_at = ?, error = ? WHERE id = ?",
  );
  const doubt = db.query<null, [number | null, string, number]>(
    "UPDATE outbox SET state = 'unknown', next_at = ?, error = ? WHERE id = ?",
  );
  const sent = db.query<null, [string, number, number]>(
    "UPDATE outbox SET state = 'sent', ref = ?, error = NULL, next_at = NULL, ended_at = ? WHERE id = ?",
  );
  const reject = db.query<null, [string, number, number]>(
    "UPDATE outbox SET state = 'rejected', error = ?, next_at = NULL, ended_at = ? WHERE id = ?",
  );
  const rejectRest = db.query<null, [string, number, number]>(
    `UPDATE outbox SET state = 'rejected', error = ?, next_at = NULL, ended_at = ?
     WHERE message = ? AND state = 'queued'`,
  );
  const endDoubt = db.query<null, [number]>(
    "UPDATE outbox SET next_at = NULL WHERE message = ? AND state = 'unknown'",
  );
  const interrupted = db.query<null, [number, string]>(
    "UPDATE outbox SET state = 'unknown', next_at = ?, error = ? WHERE state = 'sending'",
  );
  const anew = db.query<null, [string, number, number]>(
    `UPDATE outbox SET state = 'queued', key = ?, attempts = 0, tried_at = NULL, next_at = NULL, error = NULL,
     ended_at = NULL, created_at = ? WHERE id = ?`,
  );
  const forgetRefused = db.query<null, [number]>(
    "DELETE FROM outbox WHERE message = ? AND state = 'rejected'",
  );
  const remove = db.query<null, [number]>("DELETE FROM outbox WHERE id = ?");
  const givenUp = db.query<{ n: number }, []>(
    `SELECT count(DISTINCT message) AS n FROM outbox AS part WHERE state = 'rejected' AND NOT EXISTS (
       SELECT 1 FROM outbox WHERE message = part.message AND ordinal > part.ordinal AND state <> 'rejected')`,
  );
  const prune = db.query<null, [number, number]>(
    `DELETE FROM outbox WHERE (state = 'sent' AND ended_at < ?1) OR (state = 'rejected' AND ended_at < ?2)
     OR (state = 'unknown' AND next_at IS NULL AND created_at < ?2)`,
  );
  const count = db.query<{ state: DeliveryState; n: number }, []>(
    "SELECT state, count(*) AS n FROM outbox WHERE state IN ('queued', 'sending', 'rejected', 'unknown') GROUP BY state",
  );
  const depths = db.query<{ queued: number; unknown: number }, []>(
    `SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')) AS queued,
       count(*) FILTER (WHERE state = 'unknown' AND next_at IS NULL) AS unknown
     FROM outbox WHERE state IN ('queued', 'sending', 'unknown')`,
  );
  const last = db.query<Place, [string]>(
    "SELECT channel, account, conversation FROM outbox WHERE session_key = ? ORDER BY id DESC LIMIT 1",
  );

  function add(
    place: Place,
    content: Content,
    at: { message: number | null; ordinal: number; createdAt: number },
    more: {
      origin?: string | null;
      runId?: string | null;
      sessionKey?: string | null;
      replyTo?: string | null;
    },
  ): number {
    const row = insert.get(
      partKey(),
      at.message ?? 0,
      at.ordinal,
      place.channel,
      place.account,
      place.conversation,
      more.origin ?? null,
      more.runId ?? null,
      more.sessionKey ?? null,
      JSON.stringify(content),
      more.replyTo ?? null,
      at.createdAt,
    );
    if (row === null) throw new Error("the outbox did not take the part");
    if (at.message === null) begin.run(row.id);
    return row.id;
  }

  return {
    /** A message after all others of its conversation; one of the same origin that is there already is left as it is. */
    add(message: NewMessage): { id: number; isNew: boolean } {
      const known = message.origin === null ? null : byOrigin.get(message.origin);
      if (known !== null) return { id: known.id, isNew: false };
      const id = add(message, message.content, { message: null, ordinal: 0, createdAt: now() }, message);
      return { id, isNew: true };
    },
    find: (id: number): Delivery | null => toDelivery(byId.get(id)),
    findOrigin: (origin: string): Delivery | null => toDelivery(byOrigin.get(origin)),
    /** All parts of a message, in order. */
    parts: (message: number): Delivery[] => parts.all(message).flatMap((raw) => toDelivery(raw) ?? []),
    /** The conversations that wait for something. */
    lanes: (): Place[] => lanes.all(),
    lanesOf: (channel: string, account: string): Place[] => lanesOf.all(channel, account),
    /** What stands first in a conversation: to be sent, under way, or to be looked into. */
    first: ({ channel, account, conversation }: Place): Delivery | null =>
      toDelivery(first.get(channel, account, conversation)),
    /** Puts parts in the place of one; the first keeps its row. */
    divide(whole: Delivery, contents: readonly { content: Content; replyTo: string | null }[]): void {
      const [head, ...rest] = contents;
      if (head === undefined) throw new Error("a message is divided into one part at least");
      rewrite.run(JSON.stringify(head.content), head.replyTo, whole.id);
      this.insertAfter(whole, rest);
    },
    /** Adds parts to a message, just after one of its own. */
    insertAfter(part: Delivery, contents: readonly { content: Content; replyTo: string | null }[]): void {
      if (contents.length > 0) shift.run(contents.length, part.message, part.ordinal);
      for (const [index, { content, replyTo }] of contents.entries()) {
        const at = { message: part.message, ordinal: part.ordinal + 1 + index, createdAt: part.createdAt };
        add(part, content, at, { runId: part.runId, sessionKey: part.sessionKey, replyTo });
      }
    },
    sending: (id: number) => void sending.run(now(), id),
    again: (id: number, at: number, error: ChannelError | null) =>
      void again.run(at, error === null ? null : JSON.stringify(error), id),
    /** Nobody knows whether it arrived; `lookAt` is when that is next looked into, null where it cannot be. */
    doubt: (id: number, error: ChannelError, lookAt: number | null) =>
      void doubt.run(lookAt, JSON.stringify(error), id),
    sent: (id: number, ref: MessageRef) => void sent.run(JSON.stringify(ref), now(), id),
    reject: (id: number, error: ChannelError) => void reject.run(JSON.stringify(error), now(), id),
    /** What of a message waits will not be sent. */
    rejectRest: (message: number, error: ChannelError) =>
      void rejectRest.run(JSON.stringify(error), now(), message),
    /** What nobody knows of a message stays so; it is not looked into any further. */
    endDoubt: (message: number) => void endDoubt.run(message),
    /** What was under way when the process ended. */
    interrupted: (error: ChannelError) => void interrupted.run(now(), JSON.stringify(error)),
    /** To be sent as if never tried. */
    anew: (id: number, key: string) => void anew.run(key, now(), id),
    forgetRefused: (message: number) => void forgetRefused.run(message),
    remove: (id: number) => void remove.run(id),
    prune: (sentBefore: number, endedBefore: number) => void prune.run(sentBefore, endedBefore),
    /** Messages that were given up; a file whose place words have taken is none. */
    givenUp: (): number => givenUp.get()?.n ?? 0,
    counts(): Partial<Record<DeliveryState, number>> {
      return Object.fromEntries(count.all().map(({ state, n }) => [state, n]));
    },
    /** What waits or is under way, and what waits for its owner since nobody knows of it. */
    depths: () => depths.get() ?? { queued: 0, unknown: 0 },
    list({ states, channel, before, limit }: ListFilter): Delivery[] {
      const marks = states.map(() => "?").join(", ");
      return db
        .query<Raw, (string | number)[]>(
          `SELECT * FROM outbox WHERE state IN (${marks}) AND id < ? ${channel === undefined ? "" : "AND channel = ?"}
           ORDER BY id DESC LIMIT ?`,
        )
        .all(...states, before ?? Number.MAX_SAFE_INTEGER, ...(channel === undefined ? [] : [channel]), limit)
        .flatMap((raw) => toDelivery(raw) ?? []);
    },
    /** Where something was last said for a session. */
    lastPlace: (sessionKey: string): Place | null => last.get(sessionKey),
  };
}

function toDelivery(raw: Raw | null): Delivery | null {
  if (raw === null) return null;
  return {
    id: raw.id,
    key: raw.key,
    message: raw.message,
    ordinal: raw.ordinal,
    channel: raw.channel,
    account: raw.account,
    conversation: raw.conversation,
    origin: raw.origin,
    runId: raw.run_id,
    sessionKey: raw.session_key,
    content: JSON.parse(raw.content) as Content,
    replyTo: raw.reply_to,
    state: raw.state,
    attempts: raw.attempts,
    nextAt: raw.next_at,
    createdAt: raw.created_at,
    triedAt: raw.tried_at,
    endedAt: raw.ended_at,
    ref: raw.ref === null ? null : (JSON.parse(raw.ref) as MessageRef),
    error: raw.error === null ? null : (JSON.parse(raw.error) as ChannelError),
  };
}
