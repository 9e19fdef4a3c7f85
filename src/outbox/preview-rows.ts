import type { Database } from "bun:sqlite";
import type { MessageRef } from "#src/channels/inbound.ts";
import { type Place, partKey } from "./rows.ts";

/** The message in which a reply is shown while it is written. */
export interface Preview extends Place {
  runId: string;
  key: string;
  state: "sending" | "shown" | "unknown";
  ref: MessageRef | null;
}

interface Raw extends Place {
  run_id: string;
  key: string;
  state: Preview["state"];
  ref: string | null;
}

/** The rows of previews. Verbs that write expect to be called inside a transaction. */
export type PreviewStore = ReturnType<typeof createPreviewStore>;

export function createPreviewStore(db: Database, now: () => number) {
  const find = db.query<Raw, [string, string, string]>(
    "SELECT * FROM preview WHERE channel = ? AND account = ? AND run_id = ?",
  );
  const insert = db.query<null, (string | number)[]>(
    `INSERT OR REPLACE INTO preview (run_id, channel, account, conversation, key, state, created_at)
     VALUES (?, ?, ?, ?, ?, 'sending', ?)`,
  );
  const update = db.query<null, [Preview["state"], string | null, string, string, string]>(
    "UPDATE preview SET state = ?, ref = ? WHERE channel = ? AND account = ? AND run_id = ?",
  );
  const remove = db.query<null, [string, string, string]>(
    "DELETE FROM preview WHERE channel = ? AND account = ? AND run_id = ?",
  );
  const interrupted = db.query<null, []>("UPDATE preview SET state = 'unknown' WHERE state = 'sending'");
  const prune = db.query<null, [number]>("DELETE FROM preview WHERE created_at < ?");

  return {
    find(channel: string, account: string, runId: string): Preview | null {
      const raw = find.get(channel, account, runId);
      if (raw === null) return null;
      const { run_id, ref, ...rest } = raw;
      return { ...rest, runId: run_id, ref: ref === null ? null : (JSON.parse(ref) as MessageRef) };
    },
    /** Before the platform is asked; returns the key. */
    sending(place: Place, runId: string): string {
      const key = partKey();
      insert.run(runId, place.channel, place.account, place.conversation, key, now());
      return key;
    },
    shown: (place: Place, runId: string, ref: MessageRef) =>
      void update.run("shown", JSON.stringify(ref), place.channel, place.account, runId),
    doubt: (place: Place, runId: string) =>
      void update.run("unknown", null, place.channel, place.account, runId),
    remove: (place: Pick<Place, "channel" | "account">, runId: string) =>
      void remove.run(place.channel, place.account, runId),
    interrupted: () => void interrupted.run(),
    prune: (before: number) => void prune.run(before),
  };
}
