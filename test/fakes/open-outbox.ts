import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account, AccountState } from "#src/channels/channel.ts";
import { createEventBus } from "#src/lib/bus.ts";
import { createLog } from "#src/lib/log.ts";
import type { ReplyPolicy, SendingAccounts } from "#src/outbox/accounts.ts";
import { createOutbox, type Outbox, type OutboxOptions } from "#src/outbox/outbox.ts";
import { migrate } from "#src/store/migrations.ts";
import { createTransactor, type Transactor } from "#src/store/transactor.ts";
import { createHandClock } from "./hand-clock.ts";

export const usualPolicy: ReplyPolicy = {
  ackReaction: null,
  ackScope: "all",
  removeAck: false,
  typing: { from: "instant" },
  streaming: "off",
  replyTo: "first",
  mediaMaxMb: 5,
};

/** One account, or a few, that are open. */
export function accountsOf(
  open: Record<string, Account>,
  policy: Partial<ReplyPolicy> = {},
  state: () => AccountState = () => ({ is: "connected" }),
): SendingAccounts {
  const all = () =>
    Object.entries(open).map(([name, account]) => {
      const [channel = "", accountId = ""] = name.split(" ");
      return { channel, accountId, account, state: state() };
    });
  return {
    all,
    find: (channel, accountId) =>
      all().find(
        (each) => each.channel === channel && (accountId === undefined || each.accountId === accountId),
      ) ?? null,
    policy: () => ({ ...usualPolicy, ...policy }),
  };
}

/** An outbox on a database in memory, with time of its own. */
export function openOutbox(accounts: SendingAccounts, more: Partial<OutboxOptions> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), "moltbot-outbox-"));
  const db = new Database(":memory:", { strict: true });
  migrate(db, ":memory:");
  const clock = createHandClock();
  const bus = createEventBus();
  const transactor = createTransactor(db);
  const start = (options: Partial<OutboxOptions> & { through?: Transactor } = {}): Outbox =>
    createOutbox({
      db,
      transactor: options.through ?? transactor,
      accounts,
      bus,
      log: createLog({ level: "error", stdout: "off", now: Date.now }),
      stateDir,
      changed: () => {},
      clock,
      ...more,
      ...options,
    });
  return {
    db,
    clock,
    bus,
    transactor,
    stateDir,
    start,
    states: () =>
      db
        .query<{ state: string; n: number }, []>(
          "SELECT state, count(*) AS n FROM outbox GROUP BY state ORDER BY state",
        )
        .all()
        .map(({ state, n }) => `${state} ${n}`),
    [Symbol.dispose]() {
      transactor.close();
      db.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
