import type { Params, Result } from "#protocol";
import { type ModelCatalog, unknownModel } from "#src/agents/catalog.ts";
import type { AgentDirectory } from "#src/agents/directory.ts";
import { ownChannel } from "#src/channels/index.ts";
import type { Inbox } from "#src/inbox/inbox.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { uuid } from "#src/lib/ids.ts";
import { agentIdOf, agentOfKey, canonicalKey, type KeyDefaults, keyOfAgent } from "#src/sessions/key.ts";
import { previewItems } from "#src/sessions/preview.ts";
import type { SessionPatch, SessionStore } from "#src/sessions/store.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { resolveSession } from "./find-session.ts";
import type { Caller, DomainHandlers } from "./handler.ts";
import { insistOnAgent } from "./known-agent.ts";

export interface SessionsRooms {
  sessions: SessionStore;
  transactor: Transactor;
  keys: KeyDefaults;
  inbox: Inbox;
  agents: () => AgentDirectory;
  now: () => number;
  /** What clients show as the place of the sessions. */
  path: string;
  defaults: () => { modelProvider: string | null; model: string | null; contextTokens: number | null };
  models: () => Pick<ModelCatalog, "resolve" | "choose" | "nearest">;
  stopRuns: (key: string) => void;
  changed: () => void;
}

const previewed = { keys: 64, limit: 12, maxLimit: 50, chars: 240, maxChars: 2_000 };
const keptLines = 400;

export function sessionsHandlers(rooms: SessionsRooms): DomainHandlers<"sessions"> {
  const { sessions, transactor, keys, path } = rooms;

  function modelOf(ref: string): { provider: string; model: string } {
    const found = rooms.models().choose(ref);
    if (found === null) throw new GatewayError("INVALID_REQUEST", unknownModel(ref, rooms.models()));
    return found;
  }

  /** The key that a new session gets, or the one that was asked for. */
  function keyToCreate({ key, agentId }: Params<"sessions.create">): string {
    if (agentId !== undefined) insistOnAgent(agentIdOf(agentId), rooms.agents());
    if (key === undefined) {
      const agent = agentId === undefined ? keys.defaultAgentId : agentIdOf(agentId);
      return `agent:${agent}:dashboard:${uuid()}`;
    }
    const found = keyOfAgent(key, agentId, keys);
    if (agentId !== undefined && agentOfKey(found, keys) !== agentIdOf(agentId) && found !== "global") {
      const message = `agent "${agentId}" does not match session key agent "${agentOfKey(found, keys)}"`;
      throw new GatewayError("INVALID_REQUEST", message);
    }
    return keyToMake(found);
  }

  /** A session that is there is kept up whatever became of its agent; no new one is made without. */
  function keyToMake(key: string): string {
    if (sessions.find(key) === null) insistOnAgent(agentOfKey(key, keys), rooms.agents());
    return key;
  }

  /** What a new session takes over from the one that it comes from. */
  function inherited(asked: string | undefined): SessionPatch {
    if (asked === undefined) return {};
    const parent = sessions.find(canonicalKey(asked, keys));
    if (parent === null) throw new GatewayError("INVALID_REQUEST", `No session found: ${asked}`);
    const { spawnedBy: _, ...levels } = parent.settings;
    const model = parent.model === null ? null : rooms.models().resolve(parent.model);
    return { ...levels, ...(model === null ? {} : { model }) };
  }

  /** Says the first thing in a session, as chat.send would. */
  async function say(key: string, text: string, caller: Caller): Promise<string> {
    const runId = uuid();
    await rooms.inbox.take({
      kind: "chat",
      channel: ownChannel.id,
      account: "default",
      conversation: key,
      messageId: `${caller.principal}:chat:${runId}`,
      principal: caller.principal,
      runId,
      key,
      askedKey: key,
      options: { content: [{ type: "text", text }], owner: true, language: caller.language },
    });
    return runId;
  }

  return {
    "sessions.list": ({ params }) => listSessions(rooms, params),
    "sessions.patch": async ({ params }) => {
      const { key: asked, agentId, model, ...rest } = params;
      const key = keyToMake(keyOfAgent(asked, agentId, keys));
      const patch: SessionPatch = { ...rest };
      if (model === null) patch.model = null;
      else if (model !== undefined) patch.model = modelOf(model);
      const entry = await transactor.transact(() => sessions.patch(key, patch));
      rooms.changed();
      const defaults = rooms.defaults();
      const resolved = {
        modelProvider: entry.providerOverride ?? defaults.modelProvider,
        model: entry.modelOverride ?? defaults.model,
      };
      return { ok: true, path, key, entry, resolved };
    },
    "sessions.reset": async ({ params }) => {
      const key = keyToMake(keyOfAgent(params.key, params.agentId, keys));
      rooms.stopRuns(key);
      const entry = await transactor.transact(() => sessions.reset(key));
      rooms.changed();
      return { ok: true, key, entry };
    },
    "sessions.delete": async ({ params }) => {
      const key = keyOfAgent(params.key, params.agentId, keys);
      if (key === canonicalKey("main", keys)) {
        const message = `Cannot delete the main session (${key}).`;
        throw new GatewayError("INVALID_REQUEST", message);
      }
      rooms.stopRuns(key);
      const result = await transactor.transact(() => sessions.delete(key, params.deleteTranscript !== false));
      rooms.changed();
      return { ok: true, key, ...result };
    },
    "sessions.create": async ({ params, caller }) => {
      const key = keyToCreate(params);
      const first = (params.message ?? params.task ?? "").trim();
      if (first !== "") insistOnAgent(agentOfKey(key, keys), rooms.agents());
      const isNew = sessions.find(key) === null;
      const patch: SessionPatch = {
        ...(isNew ? inherited(params.parentSessionKey) : {}),
        ...(params.label === undefined ? {} : { label: params.label }),
        ...(params.model === undefined ? {} : { model: modelOf(params.model) }),
        ...(params.thinkingLevel === undefined ? {} : { thinkingLevel: params.thinkingLevel }),
      };
      const entry = await transactor.transact(() => {
        sessions.ensure(key);
        return Object.keys(patch).length === 0 ? sessions.entry(key) : sessions.patch(key, patch);
      });
      if (entry === null) throw new Error("the session that was just made is not there");
      rooms.changed();
      const run = first === "" ? null : await say(key, first, caller);
      return {
        ok: true,
        key,
        sessionId: entry.sessionId,
        entry,
        runStarted: run !== null,
        ...(run === null ? {} : { runId: run }),
      };
    },
    "sessions.describe": ({ params }) => ({
      session: sessions.row(keyOfAgent(params.key, params.agentId, keys), {
        titles: params.includeDerivedTitles === true,
        previews: params.includeLastMessage === true,
      }),
    }),
    "sessions.resolve": ({ params }) => resolveSession(sessions, keys, params),
    "sessions.preview": ({ params }) => {
      const limit = Math.min(params.limit ?? previewed.limit, previewed.maxLimit);
      const maxChars = Math.min(params.maxChars ?? previewed.chars, previewed.maxChars);
      const previews = params.keys.slice(0, previewed.keys).map((asked) => {
        const session = sessions.find(canonicalKey(asked, keys));
        if (session === null) return { key: asked, status: "missing" as const, items: [] };
        const items = previewItems(sessions.messages(session.sessionId, limit), maxChars);
        return { key: asked, status: items.length === 0 ? ("empty" as const) : ("ok" as const), items };
      });
      return { ts: rooms.now(), previews };
    },
    "sessions.compact": async ({ params }) => {
      const key = keyOfAgent(params.key, params.agentId, keys);
      const session = sessions.find(key);
      if (session === null) return { ok: true, key, compacted: false, reason: "no sessionId" };
      if (session.messageCount === 0) return { ok: true, key, compacted: false, reason: "no transcript" };
      const keep = params.maxLines ?? keptLines;
      const archived = await transactor.transact(() => sessions.compact(key, keep));
      if (archived === null) return { ok: true, key, compacted: false, kept: session.messageCount };
      rooms.changed();
      return { ok: true, key, compacted: true, kept: keep, archived };
    },
  };
}

/** The sessions that fit the filters, most recently used first. */
export function listSessions(
  { sessions, now, path, defaults }: Pick<SessionsRooms, "sessions" | "now" | "path" | "defaults">,
  params: Params<"sessions.list">,
): Result<"sessions.list"> {
  const limit = params.limit ?? 200;
  const offset = params.offset ?? 0;
  const { rows, total } = sessions.list({
    limit,
    offset,
    titles: params.includeDerivedTitles === true,
    previews: params.includeLastMessage === true,
    includeGlobal: params.includeGlobal !== false,
    includeUnknown: params.includeUnknown === true,
    ...(params.activeMinutes === undefined ? {} : { updatedSince: now() - params.activeMinutes * 60_000 }),
    ...(params.agentId === undefined ? {} : { agentId: agentIdOf(params.agentId) }),
    ...(params.label === undefined ? {} : { label: params.label }),
    ...(params.spawnedBy === undefined ? {} : { spawnedBy: params.spawnedBy }),
    ...(params.search === undefined ? {} : { search: params.search }),
  });
  const end = offset + rows.length;
  return {
    ts: now(),
    path,
    count: rows.length,
    totalCount: total,
    hasMore: end < total,
    nextOffset: end < total ? end : null,
    defaults: defaults(),
    sessions: rows,
  };
}
