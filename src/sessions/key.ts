import { GatewayError } from "#src/lib/errors.ts";

/** How keys are read: the agent and the alias that stand for what a client leaves out. */
export interface KeyDefaults {
  defaultAgentId: string;
  mainKey: string;
  scope: "per-sender" | "global";
}

export type SessionKind = "direct" | "group" | "global" | "unknown";

/** An agent's id in its one spelling: `[a-z0-9_-]`, at most 64, `main` where nothing is left. */
export function agentIdOf(text: string): string {
  const cleaned = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+|-+$/g, "")
    .slice(0, 64);
  return cleaned === "" ? "main" : cleaned;
}

/** The key of an agent's main session. */
export function mainKeyOf(agentId: string, defaults: KeyDefaults): string {
  return defaults.scope === "global" ? "global" : `agent:${agentId}:main`;
}

/** As the contract has it: a client could not name a longer key. */
const longest = 512;

/** The one key that a session is kept under, whatever alias or spelling was asked for. */
export function canonicalKey(asked: string, defaults: KeyDefaults): string {
  // The database keeps no half of a surrogate pair: two spellings of one row would be two lanes.
  const key = fullKey(asked.trim().toLowerCase().toWellFormed(), defaults);
  if (key.length > longest && [...key].length > longest) {
    throw new GatewayError("INVALID_REQUEST", {
      en: `a session key has at most ${longest} characters, its agent included`,
      zh: `会话标识连同智能体最多 ${longest} 个字符`,
    });
  }
  return key;
}

function fullKey(key: string, defaults: KeyDefaults): string {
  if (key === "" || key === "main" || key === defaults.mainKey.toLowerCase()) {
    return mainKeyOf(defaults.defaultAgentId, defaults);
  }
  if (key === "global" || key === "unknown") return key;
  const parsed = parseKey(key);
  if (parsed === null) return `agent:${defaults.defaultAgentId}:${key}`;
  if (parsed.rest === "main" || parsed.rest === defaults.mainKey.toLowerCase()) {
    return mainKeyOf(parsed.agentId, defaults);
  }
  return key;
}

/** The same where a client names the agent beside a key that may not name one. */
export function keyOfAgent(asked: string, agentId: string | undefined, defaults: KeyDefaults): string {
  if (agentId === undefined || agentId.trim() === "") return canonicalKey(asked, defaults);
  return canonicalKey(asked, { ...defaults, defaultAgentId: agentIdOf(agentId) });
}

/** The agent and the rest of an `agent:<id>:<rest>` key; null for any other. */
export function parseKey(key: string): { agentId: string; rest: string } | null {
  const match = /^agent:([^:]+):(.+)$/.exec(key);
  const [, agentId, rest] = match ?? [];
  return agentId === undefined || rest === undefined ? null : { agentId, rest };
}

/** The agent whose session it is. */
export function agentOfKey(key: string, defaults: KeyDefaults): string {
  return parseKey(key)?.agentId ?? defaults.defaultAgentId;
}

export function kindOf(key: string): SessionKind {
  if (key === "global" || key === "unknown") return key;
  return key.includes(":group:") || key.includes(":channel:") ? "group" : "direct";
}
