import type { Database } from "bun:sqlite";
import { StartError } from "#src/lib/start-error.ts";
import sessionsAndInbox from "./migrations/0001_sessions_and_inbox.sql" with { type: "text" };
import costAndSummaries from "./migrations/0002_cost_and_summaries.sql" with { type: "text" };
import devices from "./migrations/0003_devices.sql" with { type: "text" };
import inbound from "./migrations/0004_inbound.sql" with { type: "text" };
import outbox from "./migrations/0005_outbox.sql" with { type: "text" };
import channelAccounts from "./migrations/0006_channel_accounts.sql" with { type: "text" };
import sessionCost from "./migrations/0007_session_cost.sql" with { type: "text" };

/** In order; number n brings the schema to version n. Never edited once released. */
const migrations: readonly string[] = [
  sessionsAndInbox,
  costAndSummaries,
  devices,
  inbound,
  outbox,
  channelAccounts,
  sessionCost,
];

/** The version that this build knows. */
export const schemaVersion = migrations.length;

/** "Molt": tells a database of ours from any other file of SQLite's. */
export const applicationId = 0x4d6f6c74;

/** Brings the schema to this build's version; a newer or a foreign one is refused. */
export function migrate(db: Database, path: string, steps: readonly string[] = migrations): void {
  const version = pragma(db, "user_version");
  const owner = pragma(db, "application_id");
  if (owner !== applicationId && !(owner === 0 && version === 0 && isEmpty(db))) {
    throw new StartError(
      `${path} is a database of another program; move it away, or name another state directory`,
      78,
    );
  }
  if (version > steps.length) {
    throw new StartError(
      `${path} was written by a newer moltbot (schema ${version}, this build knows ${steps.length}); ` +
        "start that one (moltbot update), or put a backup from before in its place: moltbot restore FILE",
      78,
    );
  }
  if (version < steps.length) apply(db, steps.slice(version), steps.length);
}

/** All in one commit: the schema is the old one or the new one, never one in between. */
function apply(db: Database, steps: readonly string[], version: number): void {
  db.run("BEGIN IMMEDIATE");
  try {
    for (const sql of steps) db.run(sql);
    db.run(`PRAGMA application_id = ${applicationId}`);
    db.run(`PRAGMA user_version = ${version}`);
    db.run("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
}

function pragma(db: Database, name: "user_version" | "application_id"): number {
  return db.query<Record<string, number>, []>(`PRAGMA ${name}`).get()?.[name] ?? 0;
}

function isEmpty(db: Database): boolean {
  return db.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() === null;
}
