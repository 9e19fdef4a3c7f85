import type { Database } from "bun:sqlite";
import type { SessionRow } from "#protocol/domains/sessions.ts";
import { kindOf } from "./key.ts";

interface Row {
  channel: string;
  state: string;
  started_at: number;
  ended_at: number | null;
}

type Facts = Pick<
  SessionRow,
  "status" | "startedAt" | "endedAt" | "runtimeMs" | "origin" | "deliveryContext" | "lastChannel"
>;

/** What a session's row says of its last run, as long as the turn is kept: where it came from, and how far it is. */
export function createLastRuns(db: Database): (key: string) => Facts {
  const last = db.query<Row, [string]>(
    `SELECT channel, state, started_at, ended_at FROM turn WHERE session_key = ? AND started_at IS NOT NULL
     ORDER BY id DESC LIMIT 1`,
  );

  return function factsOf(key) {
    const row = last.get(key);
    if (row === null) return {};
    const { channel, state, started_at: startedAt, ended_at: endedAt } = row;
    const kind = kindOf(key);
    const chatType = kind === "direct" || kind === "group" ? { chatType: kind } : {};
    return {
      origin: { provider: channel, surface: channel, ...chatType },
      deliveryContext: { channel },
      lastChannel: channel,
      ...(state === "running" ? { status: "running" as const, startedAt } : {}),
      ...(endedAt === null ? {} : { startedAt, endedAt, runtimeMs: Math.max(endedAt - startedAt, 0) }),
    };
  };
}
