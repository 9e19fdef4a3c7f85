import type { Database } from "bun:sqlite";
import type { Transactor } from "./transactor.ts";

/** What channel accounts keep, key by key. */
export type AccountRows = ReturnType<typeof createAccountRows>;

export function createAccountRows(db: Database, transactor: Transactor) {
  const find = db.query<{ value: string }, [string, string, string]>(
    "SELECT value FROM channel_data WHERE channel = ? AND account = ? AND key = ?",
  );
  const put = db.query<null, [string, string, string, string]>(
    "INSERT OR REPLACE INTO channel_data (channel, account, key, value) VALUES (?, ?, ?, ?)",
  );
  const drop = db.query<null, [string, string, string]>(
    "DELETE FROM channel_data WHERE channel = ? AND account = ? AND key = ?",
  );
  const dropAll = db.query<null, [string, string]>(
    "DELETE FROM channel_data WHERE channel = ? AND account = ?",
  );
  const any = db.query<{ found: number }, [string, string]>(
    "SELECT EXISTS (SELECT 1 FROM channel_data WHERE channel = ? AND account = ?) AS found",
  );

  return {
    get(channel: string, account: string, key: string): string | null {
      return find.get(channel, account, key)?.value ?? null;
    },
    /** Called inside a transaction. */
    set(channel: string, account: string, key: string, value: string): void {
      put.run(channel, account, key, value);
    },
    /** Resolves after the commit. */
    write(channel: string, account: string, key: string, value: string): Promise<void> {
      return transactor.transact(() => void put.run(channel, account, key, value));
    },
    delete(channel: string, account: string, key: string): Promise<void> {
      return transactor.transact(() => void drop.run(channel, account, key));
    },
    /** These in the place of all that the account kept, in one transaction. */
    replace(channel: string, account: string, entries: ReadonlyMap<string, string>): Promise<void> {
      return transactor.transact(() => {
        dropAll.run(channel, account);
        for (const [key, value] of entries) put.run(channel, account, key, value);
      });
    },
    hasAny(channel: string, account: string): boolean {
      return any.get(channel, account)?.found === 1;
    },
  };
}
