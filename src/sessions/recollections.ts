import type { Database } from "bun:sqlite";
import type { ChatMessage } from "#protocol/domains/chat.ts";

/** A message with its place in the order of all. */
export interface Placed {
  place: number;
  message: ChatMessage;
}

/** What stands in the place of a transcript's older messages. */
export interface Summary {
  text: string;
  /** The place of the last message that it covers. */
  through: number;
}

/** Transcripts as a model is told them: from the newest message back, as far as it can read. */
export type Recollections = ReturnType<typeof createRecollections>;

const pageRows = 20;

export function createRecollections(db: Database, now: () => number) {
  const page = db.query<{ id: number; json: string }, [string, number, number, number]>(
    "SELECT id, json FROM message WHERE session_id = ? AND id < ? AND id > ? ORDER BY id DESC LIMIT ?",
  );
  const find = db.query<{ text: string; through_id: number }, [string]>(
    "SELECT text, through_id FROM summary WHERE session_id = ?",
  );
  const keep = db.query<null, [string, number, string, number]>(
    `INSERT INTO summary (session_id, through_id, text, made_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (session_id) DO UPDATE SET through_id = excluded.through_id, text = excluded.text,
     made_at = excluded.made_at`,
  );

  return {
    /** Newest first, between two places, read as far as it is asked for. */
    *newestFirst(
      sessionId: string,
      { after = 0, before = Number.MAX_SAFE_INTEGER }: { after?: number; before?: number },
    ): Generator<Placed> {
      let bound = before;
      for (;;) {
        const rows = page.all(sessionId, bound, after, pageRows);
        for (const { id, json } of rows) {
          yield { place: id, message: JSON.parse(json) as ChatMessage };
          bound = id;
        }
        if (rows.length < pageRows) return;
      }
    },
    summary(sessionId: string): Summary | null {
      const row = find.get(sessionId);
      return row === null ? null : { text: row.text, through: row.through_id };
    },
    /** Expects to be called inside a transaction. */
    keepSummary(sessionId: string, { text, through }: Summary): void {
      keep.run(sessionId, through, text, now());
    },
  };
}
