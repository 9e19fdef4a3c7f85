import { GatewayError } from "#src/lib/errors.ts";
import { canonicalKey, type KeyDefaults } from "#src/sessions/key.ts";
import type { SessionPatch, SessionStore } from "#src/sessions/store.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { DomainHandlers } from "./handler.ts";

export interface SessionsRooms {
  sessions: SessionStore;
  transactor: Transactor;
  keys: KeyDefaults;
  now: () => number;
  /** What clients show as the place of the sessions. */
  path: string;
  defaults: () => { modelProvider: string | null; model: string | null; contextTokens: number | null };
  /** The model that `provider/model`, an alias or an id stands for; null for one that is not there. */
  resolveModel: (ref: string) => { provider: string; model: string } | null;
  stopRuns: (key: string) => void;
  changed: () => void;
}

export function sessionsHandlers(rooms: SessionsRooms): DomainHandlers<"sessions"> {
  const { sessions, transactor, keys, path } = rooms;

  function modelOf(ref: string): { provider: string; model: string } {
    const found = rooms.resolveModel(ref);
    if (found === null) {
      throw new GatewayError(
        "INVALID_REQUEST",
        `unknown model: ${ref}; models.list names those that are there`,
      );
    }
    return found;
  }

  return {
    "sessions.list": ({ params }) => {
      const limit = params.limit ?? 200;
      const offset = params.offset ?? 0;
      const { rows, total } = sessions.list({
        limit,
        offset,
        titles: params.includeDerivedTitles === true,
        previews: params.includeLastMessage === true,
        includeGlobal: params.includeGlobal !== false,
        includeUnknown: params.includeUnknown === true,
        ...(params.activeMinutes === undefined
          ? {}
          : { updatedSince: rooms.now() - params.activeMinutes * 60_000 }),
        ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
        ...(params.label === undefined ? {} : { label: params.label }),
        ...(params.spawnedBy === undefined ? {} : { spawnedBy: params.spawnedBy }),
        ...(params.search === undefined ? {} : { search: params.search }),
      });
      return {
        ts: rooms.now(),
        path,
        count: rows.length,
        totalCount: total,
        hasMore: offset + rows.length < total,
        defaults: rooms.defaults(),
        sessions: rows,
      };
    },
    "sessions.patch": async ({ params }) => {
      const { key: asked, model, ...rest } = params;
      const key = canonicalKey(asked, keys);
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
      const key = canonicalKey(params.key, keys);
      rooms.stopRuns(key);
      const entry = await transactor.transact(() => sessions.reset(key));
      rooms.changed();
      return { ok: true, key, entry };
    },
    "sessions.delete": async ({ params }) => {
      const key = canonicalKey(params.key, keys);
      if (key === canonicalKey("main", keys)) {
        const message = `Cannot delete the main session (${key}).`;
        throw new GatewayError("INVALID_REQUEST", message);
      }
      rooms.stopRuns(key);
      const result = await transactor.transact(() => sessions.delete(key, params.deleteTranscript !== false));
      rooms.changed();
      return { ok: true, key, ...result };
    },
  };
}
