import type { Database } from "bun:sqlite";
import type { Transactor } from "./transactor.ts";

const keptMs = 24 * 3_600_000;

/** The record of idempotency keys: 24 h, across restarts. */
export function createIdempotencyLedger(db: Database, transactor: Transactor, now: () => number) {
  const find = db.query<{ fingerprint: string; answer: string | null }, [string, string, string, number]>(
    "SELECT fingerprint, answer FROM idempotency WHERE principal = ? AND method = ? AND key = ? AND expires_at > ?",
  );
  const claim = db.query<null, [string, string, string, string, number, number]>(
    `INSERT OR REPLACE INTO idempotency (principal, method, key, fingerprint, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const keep = db.query<null, [string, string, string, string, string, number, number]>(
    `INSERT OR REPLACE INTO idempotency (principal, method, key, fingerprint, answer, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const release = db.query<null, [string, string, string]>(
    "DELETE FROM idempotency WHERE principal = ? AND method = ? AND key = ?",
  );
  const prune = db.query<null, [number]>("DELETE FROM idempotency WHERE expires_at <= ?");

  return {
    find(principal: string, method: string, key: string) {
      const row = find.get(principal, method, key, now());
      // An answer is kept as a JSON object; on the wire its members follow the frame's id.
      return row === null
        ? null
        : { fingerprint: row.fingerprint, answer: row.answer === null ? null : row.answer.slice(1) };
    },
    claim(principal: string, method: string, key: string, fingerprint: string): Promise<void> {
      const at = now();
      return transactor.transact(() => void claim.run(principal, method, key, fingerprint, at, at + keptMs));
    },
    keep(principal: string, method: string, key: string, fingerprint: string, answer: string): Promise<void> {
      const at = now();
      return transactor.transact(
        () => void keep.run(principal, method, key, fingerprint, `{${answer}`, at, at + keptMs),
      );
    },
    release(principal: string, method: string, key: string): Promise<void> {
      return transactor.transact(() => void release.run(principal, method, key));
    },
    prune(): Promise<void> {
      return transactor.transact(() => void prune.run(now()));
    },
  };
}
