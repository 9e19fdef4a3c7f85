import type { Database, SQLQueryBindings } from "bun:sqlite";
import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { SessionGlance } from "#protocol/domains/health.ts";
import type { SessionEntry, SessionRow } from "#protocol/domains/sessions.ts";
import type { SessionChange } from "#protocol/domains/subscriptions.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { orderedUuid } from "#src/lib/ids.ts";
import { agentOfKey, type KeyDefaults, kindOf } from "./key.ts";
import { createLastRuns } from "./last-run.ts";
import { createSessionUsage, type UsageColumns } from "./session-usage.ts";
import { previewOf, titleOf } from "./title.ts";

interface Row extends UsageColumns {
  key: string;
  agent_id: string;
  session_id: string;
  created_at: number;
  updated_at: number;
  label: string | null;
  model_provider: string | null;
  model: string | null;
  settings: string;
  input_tokens: number;
  context_tokens: number | null;
  aborted_last_run: number;
  title: string | null;
  last_preview: string | null;
  message_count: number;
}

/** What sessions.patch may set beside label and model; kept as one JSON object. */
const settingNames = [
  "thinkingLevel",
  "verboseLevel",
  "reasoningLevel",
  "elevatedLevel",
  "responseUsage",
  "sendPolicy",
  "groupActivation",
  "execHost",
  "execSecurity",
  "execAsk",
  "execNode",
  "spawnedBy",
] as const;
type Settings = Partial<Record<(typeof settingNames)[number], string>>;

export interface SessionPatch extends Record<string, unknown> {
  label?: string | null;
  /** As `provider/model`, or null for the default. */
  model?: { provider: string; model: string } | null;
}

export interface ListOptions {
  limit: number;
  offset: number;
  updatedSince?: number;
  agentId?: string;
  label?: string;
  spawnedBy?: string;
  search?: string;
  titles: boolean;
  previews: boolean;
  includeGlobal: boolean;
  includeUnknown: boolean;
}

export interface HistoryPage {
  sessionId: string | null;
  /** The messages as JSON texts, oldest first. */
  messages: string[];
  /** The database ids of the first message, for the page before. */
  firstId: number | null;
  total: number;
  settings: Settings;
}

export interface SessionFacts {
  key: string;
  sessionId: string;
  agentId: string;
  settings: Settings;
  /** As `provider/model`, where one was chosen for this session. */
  model: string | null;
  updatedAt: number;
  messageCount: number;
}

/** What a verb did to a session; `seq` is the place of a new message in the transcript, from 1. */
export type SessionDeed =
  | { key: string; reason: Exclude<SessionChange, "message"> }
  | { key: string; reason: "message"; message: StoredMessage; seq: number };

export type StoredMessage = ChatMessage & { id: string };

/** Sessions and their transcripts. Verbs that write expect to be called inside a transaction. */
export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(
  db: Database,
  now: () => number,
  defaults: KeyDefaults,
  /** Told inside the transaction of everything that is done to a session. */
  done: (deed: SessionDeed) => void = () => {},
) {
  const byKey = db.query<Row, [string]>("SELECT * FROM session WHERE key = ?");
  const bySessionId = db.query<Row, [string]>("SELECT * FROM session WHERE session_id = ?");
  const insert = db.query<null, [string, string, string, number, number]>(
    "INSERT INTO session (key, agent_id, session_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
  );
  const remove = db.query<null, [string]>("DELETE FROM session WHERE key = ?");
  const removeMessages = db.query<null, [string]>("DELETE FROM message WHERE session_id = ?");
  const removeSummary = db.query<null, [string]>("DELETE FROM summary WHERE session_id = ?");
  const append = db.query<null, [string, string, string, string, number]>(
    `INSERT INTO message (session_id, message_id, role, json, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (session_id, message_id) DO NOTHING`,
  );
  const touch = db.query<null, [number, number, string | null, string | null, string]>(
    `UPDATE session SET updated_at = ?, message_count = message_count + ?, title = COALESCE(title, ?),
     last_preview = COALESCE(?, last_preview) WHERE key = ?`,
  );
  const last = db.query<{ id: number; json: string }, [string, number, number]>(
    "SELECT id, json FROM message WHERE session_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
  );
  const setAside = db.query<null, [string, string, string, number]>(
    `UPDATE message SET session_id = ? WHERE session_id = ? AND id < (
       SELECT id FROM message WHERE session_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  );
  const idOfMessage = db.query<{ id: number }, [string, string]>(
    "SELECT id FROM message WHERE session_id = ? AND message_id = ?",
  );
  const count = db.query<{ n: number }, [string]>("SELECT count(*) AS n FROM session WHERE agent_id = ?");
  const recent = db.query<Row, [string, number]>(
    "SELECT * FROM session WHERE agent_id = ? ORDER BY updated_at DESC LIMIT ?",
  );
  const restart = db.query<null, [string, number, string]>(
    `UPDATE session SET session_id = ?, updated_at = ?, input_tokens = 0, output_tokens = 0, total_tokens = 0,
     title = NULL, last_preview = NULL, message_count = 0, aborted_last_run = 0, cost = 0, unpriced = 0
     WHERE key = ?`,
  );
  const compacted = db.query<null, [number, number, string]>(
    "UPDATE session SET updated_at = ?, message_count = ?, total_tokens = 0 WHERE key = ?",
  );
  const usage = createSessionUsage(db);
  const lastRun = createLastRuns(db);
  const aborted = db.query<null, [number, string, number]>(
    "UPDATE session SET aborted_last_run = ? WHERE key = ? AND aborted_last_run <> ?",
  );

  function ensure(key: string): Row {
    const row = byKey.get(key);
    if (row !== null) return row;
    const at = now();
    insert.run(key, agentOfKey(key, defaults), orderedUuid(), at, at);
    done({ key, reason: "create" });
    return byKey.get(key) as Row;
  }

  function settingsOf(row: Row): Settings {
    return JSON.parse(row.settings) as Settings;
  }

  function factsOf(row: Row): SessionFacts {
    return {
      key: row.key,
      sessionId: row.session_id,
      agentId: row.agent_id,
      settings: settingsOf(row),
      model: row.model === null ? null : `${row.model_provider ?? ""}/${row.model}`,
      updatedAt: row.updated_at,
      messageCount: row.message_count,
    };
  }

  function entryOf(row: Row): SessionEntry {
    return {
      sessionId: row.session_id,
      updatedAt: row.updated_at,
      ...(row.label === null ? {} : { label: row.label }),
      ...(row.model === null
        ? {}
        : {
            modelOverride: row.model,
            ...(row.model_provider === null ? {} : { providerOverride: row.model_provider }),
          }),
      ...settingsOf(row),
      ...tokensOf(row),
    };
  }

  function tokensOf(row: Row) {
    return {
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      totalTokens: row.total_tokens,
      ...(row.context_tokens === null ? {} : { contextTokens: row.context_tokens }),
      abortedLastRun: row.aborted_last_run === 1,
    };
  }

  function rowOf(row: Row, options: Pick<ListOptions, "titles" | "previews">): SessionRow {
    const kind = kindOf(row.key);
    return {
      key: row.key,
      kind,
      ...(kind === "direct" || kind === "group" ? { chatType: kind } : {}),
      updatedAt: row.updated_at,
      sessionId: row.session_id,
      ...(row.label === null ? {} : { label: row.label, displayName: row.label }),
      ...(row.model === null ? {} : { model: row.model }),
      ...(row.model_provider === null ? {} : { modelProvider: row.model_provider }),
      ...settingsOf(row),
      ...tokensOf(row),
      ...usage.factsOf(row),
      ...lastRun(row.key),
      ...(options.titles ? { derivedTitle: row.label ?? row.title ?? row.session_id.slice(0, 8) } : {}),
      ...(options.previews && row.last_preview !== null ? { lastMessagePreview: row.last_preview } : {}),
    };
  }

  return {
    find(key: string): SessionFacts | null {
      const row = byKey.get(key);
      return row === null ? null : factsOf(row);
    },
    findById(sessionId: string): SessionFacts | null {
      const row = bySessionId.get(sessionId);
      return row === null ? null : factsOf(row);
    },
    entry(key: string): SessionEntry | null {
      const row = byKey.get(key);
      return row === null ? null : entryOf(row);
    },
    row(key: string, options: Pick<ListOptions, "titles" | "previews">): SessionRow | null {
      const row = byKey.get(key);
      return row === null ? null : rowOf(row, options);
    },
    ensure: (key: string): SessionFacts => factsOf(ensure(key)),

    /** Appends a message; one that is there already, by its id, is left alone. */
    append(key: string, message: StoredMessage): void {
      const session = ensure(key);
      const { changes } = append.run(
        session.session_id,
        message.id,
        message.role,
        JSON.stringify(message),
        message.timestamp,
      );
      if (changes === 0) return;
      const title = message.role === "user" ? titleOf(message) : null;
      touch.run(now(), 1, title, previewOf(message), key);
      done({ key, reason: "message", message, seq: session.message_count + 1 });
    },
    history(key: string, limit: number, before: string | null): HistoryPage {
      const session = byKey.get(key);
      if (session === null) return { sessionId: null, messages: [], firstId: null, total: 0, settings: {} };
      let bound = Number.MAX_SAFE_INTEGER;
      if (before !== null) {
        const found = idOfMessage.get(session.session_id, before);
        if (found === null) {
          throw new GatewayError(
            "INVALID_REQUEST",
            `no message ${JSON.stringify(before)} in this session; ask without cursor`,
          );
        }
        bound = found.id;
      }
      const rows = last.all(session.session_id, bound, limit).reverse();
      return {
        sessionId: session.session_id,
        messages: rows.map((row) => row.json),
        firstId: rows[0]?.id ?? null,
        total: session.message_count,
        settings: settingsOf(session),
      };
    },
    hasBefore(sessionId: string, id: number): boolean {
      return last.get(sessionId, id, 1) !== null;
    },
    messages(sessionId: string, limit: number): ChatMessage[] {
      const rows = last.all(sessionId, Number.MAX_SAFE_INTEGER, limit).reverse();
      return rows.map((row) => JSON.parse(row.json) as ChatMessage);
    },
    patch(key: string, patch: SessionPatch): SessionEntry {
      const row = ensure(key);
      const settings: Settings = settingsOf(row);
      for (const name of settingNames) {
        const value = patch[name];
        if (value === null || value === "off") delete settings[name];
        else if (typeof value === "string") settings[name] = value;
      }
      const label = patch.label === undefined ? row.label : patch.label;
      if (label !== null && label !== row.label) {
        const taken = db.query<{ key: string }, [string, string]>(
          "SELECT key FROM session WHERE label = ? AND key <> ?",
        );
        if (taken.get(label, key) !== null)
          throw new GatewayError("INVALID_REQUEST", `label already in use: ${label}`);
      }
      const model =
        patch.model === undefined ? { provider: row.model_provider, model: row.model } : patch.model;
      db.query(
        "UPDATE session SET label = ?, model_provider = ?, model = ?, settings = ?, updated_at = ? WHERE key = ?",
      ).run(label, model?.provider ?? null, model?.model ?? null, JSON.stringify(settings), now(), key);
      done({ key, reason: "patch" });
      return entryOf(byKey.get(key) as Row);
    },
    /** A fresh transcript under the same key; what was set for the session stays. */
    reset(key: string): SessionEntry {
      ensure(key);
      restart.run(orderedUuid(), now(), key);
      done({ key, reason: "reset" });
      return entryOf(byKey.get(key) as Row);
    },
    /** Puts all but the last messages aside, under a name that is returned; null where there are no more. */
    compact(key: string, keep: number): string | null {
      const row = byKey.get(key);
      if (row === null || row.message_count <= keep) return null;
      const aside = `${row.session_id}.bak.${now()}`;
      setAside.run(aside, row.session_id, row.session_id, keep - 1);
      compacted.run(now(), keep, key);
      done({ key, reason: "compact" });
      return aside;
    },
    delete(key: string, withTranscript: boolean): { deleted: boolean; archived: string[] } {
      const row = byKey.get(key);
      if (row === null) return { deleted: false, archived: [] };
      remove.run(key);
      if (withTranscript) {
        removeMessages.run(row.session_id);
        removeSummary.run(row.session_id);
      }
      done({ key, reason: "delete" });
      return { deleted: true, archived: withTranscript ? [] : [row.session_id] };
    },
    list(options: ListOptions): { rows: SessionRow[]; total: number } {
      const where: string[] = [];
      const values: SQLQueryBindings[] = [];
      const also = (condition: string, ...bindings: SQLQueryBindings[]) => {
        where.push(condition);
        values.push(...bindings);
      };
      if (!options.includeGlobal) also("key <> 'global'");
      if (!options.includeUnknown) also("key <> 'unknown'");
      if (options.updatedSince !== undefined) also("updated_at >= ?", options.updatedSince);
      if (options.agentId !== undefined) also("agent_id = ?", options.agentId);
      if (options.label !== undefined) also("label = ?", options.label);
      if (options.spawnedBy !== undefined) also("settings ->> 'spawnedBy' = ?", options.spawnedBy);
      if (options.search !== undefined && options.search !== "") {
        const has = ["key", "label", "title"].map((column) => `instr(lower(${column}), lower(?)) > 0`);
        also(`(${has.join(" OR ")})`, options.search, options.search, options.search);
      }
      const condition = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
      const total = db.query<{ n: number }, SQLQueryBindings[]>(
        `SELECT count(*) AS n FROM session ${condition}`,
      );
      const rows = db.query<Row, SQLQueryBindings[]>(
        `SELECT * FROM session ${condition} ORDER BY updated_at DESC, key LIMIT ? OFFSET ?`,
      );
      return {
        total: total.get(...values)?.n ?? 0,
        rows: rows.all(...values, options.limit, options.offset).map((row) => rowOf(row, options)),
      };
    },
    glance(agentId: string, path: string) {
      const at = now();
      const glances: SessionGlance[] = recent
        .all(agentId, 5)
        .map((row) => ({ key: row.key, updatedAt: row.updated_at, age: Math.max(at - row.updated_at, 0) }));
      return { path, count: count.get(agentId)?.n ?? 0, recent: glances };
    },
    recentRows(agentId: string, limit: number): SessionRow[] {
      return recent.all(agentId, limit).map((row) => rowOf(row, { titles: true, previews: false }));
    },
    addUsage: usage.add,
    /** Notes how a run ended; one that left no message is told as a change. */
    runEnded(key: string, how: { aborted: boolean; leftMessage: boolean }): void {
      const flag = how.aborted ? 1 : 0;
      aborted.run(flag, key, flag);
      if (!how.leftMessage) done({ key, reason: "patch" });
    },
  };
}
