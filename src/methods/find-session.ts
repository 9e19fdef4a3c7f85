import type { Params, Result } from "#protocol";
import { GatewayError } from "#src/lib/errors.ts";
import { agentIdOf, agentOfKey, type KeyDefaults, keyOfAgent } from "#src/sessions/key.ts";
import type { SessionStore } from "#src/sessions/store.ts";

type Wanted = Params<"sessions.resolve">;

/** Finds a session by its key, id or label; the texts of its refusals are those that clients know. */
export function resolveSession(
  sessions: SessionStore,
  keys: KeyDefaults,
  params: Wanted,
): Result<"sessions.resolve"> {
  const given = (["key", "sessionId", "label"] as const).filter((name) => (params[name] ?? "").trim() !== "");
  const [by] = given;
  if (by === undefined) {
    throw new GatewayError("INVALID_REQUEST", "Either key, sessionId, or label is required");
  }
  if (given.length > 1) {
    const message = "Provide either key, sessionId, or label (not multiple)";
    throw new GatewayError("INVALID_REQUEST", message);
  }
  const asked = (params[by] ?? "").trim();
  const key = by === "label" ? byLabel(sessions, asked) : byName(sessions, keys, by, asked, params.agentId);
  if (key !== null && isWanted(sessions, keys, key, params)) return { ok: true, key };
  if (params.allowMissing === true) return { ok: false };
  const what = by === "label" ? `No session found with label: ${asked}` : `No session found: ${asked}`;
  throw new GatewayError("INVALID_REQUEST", what);
}

function byName(
  sessions: SessionStore,
  keys: KeyDefaults,
  by: "key" | "sessionId",
  asked: string,
  agentId: string | undefined,
): string | null {
  if (by === "sessionId") return sessions.findById(asked)?.key ?? null;
  return sessions.find(keyOfAgent(asked, agentId, keys))?.key ?? null;
}

/** A label is unique, so one row says all. */
function byLabel(sessions: SessionStore, label: string): string | null {
  const { rows } = sessions.list({
    limit: 1,
    offset: 0,
    label,
    titles: false,
    previews: false,
    includeGlobal: true,
    includeUnknown: true,
  });
  return rows[0]?.key ?? null;
}

function isWanted(sessions: SessionStore, keys: KeyDefaults, key: string, params: Wanted): boolean {
  const { agentId, spawnedBy } = params;
  if (key === "global" && params.includeGlobal === false) return false;
  if (key === "unknown" && params.includeUnknown !== true) return false;
  if (agentId !== undefined && agentId !== "" && agentOfKey(key, keys) !== agentIdOf(agentId)) return false;
  if (spawnedBy === undefined || spawnedBy === "") return true;
  return sessions.find(key)?.settings.spawnedBy === spawnedBy;
}
