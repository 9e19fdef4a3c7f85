import { Database } from "bun:sqlite";
import { expect, spyOn, test } from "bun:test";
import { createKeepStore } from "#src/inbox/keep.ts";
import { createTurnStore } from "#src/inbox/turns.ts";
import { createDeliveryStore } from "#src/outbox/rows.ts";
import { createLastRuns } from "#src/sessions/last-run.ts";
import { migrate } from "#src/store/migrations.ts";

/** How SQLite goes about each question that a store asks. */
function plansOf(open: (db: Database) => unknown): { sql: string; plan: string }[] {
  using db = new Database(":memory:", { strict: true });
  migrate(db, ":memory:");
  const asked = spyOn(db, "query");
  open(db);
  const sqls = asked.mock.calls.map(([sql]) => sql).filter((sql) => !sql.startsWith("INSERT"));
  asked.mockRestore();
  return sqls.map((sql) => {
    const steps = db.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`).all();
    return { sql, plan: steps.map(({ detail }) => detail).join("; ") };
  });
}

test("what is asked of the inbox and the outbox takes no longer as they fill: an index leads to it", () => {
  const plans = [createKeepStore, createTurnStore, createDeliveryStore, createLastRuns].flatMap((create) =>
    plansOf((db) => create(db, Date.now)),
  );
  expect(plans.length).toBeGreaterThan(40);
  const walks = plans.filter(({ plan }) =>
    /SCAN (inbound|turn|outbox)(?! USING (COVERING )?INDEX (turn_unfinished|inbound_open))/.test(plan),
  );
  expect(walks).toEqual([]);
});

test("what waits in the inbox is found among what waits, not among everything that was ever said", () => {
  const waiting = plansOf((db) => createKeepStore(db, Date.now)).filter(({ sql }) =>
    /WHERE[^?]*state = '(new|context|held)'[^)]*\b(channel|id >)/.test(sql.replaceAll(/\s+/g, " ")),
  );
  expect(waiting.length).toBeGreaterThan(5);
  for (const { sql, plan } of waiting)
    expect([sql, plan]).toEqual([sql, expect.stringContaining("inbound_open")]);
});
