import { homedir } from "node:os";
import { join } from "node:path";
import type { Config } from "#src/config/schema.ts";
import { agentIdOf } from "#src/sessions/key.ts";

/** One agent as the rest of the house knows it. */
export interface Agent {
  id: string;
  isDefault: boolean;
  name?: string;
  identity: { name?: string; theme?: string; emoji?: string; avatar?: string };
  /** The directory whose AGENTS.md, SOUL.md, … it is told; absent where none is configured. */
  workspace?: string;
}

/** The configured agents; always at least `main`. */
export interface AgentDirectory {
  all(): Agent[];
  find(id: string): Agent | null;
  readonly defaultId: string;
}

export function createAgentDirectory(config: Config): AgentDirectory {
  const shared = config.agents.defaults.workspace;
  const listed = config.agents.list.map((entry) => ({ ...entry, id: agentIdOf(entry.id) }));
  const first = listed.find((entry) => entry.default === true) ?? listed[0];
  const defaultId = first?.id ?? "main";
  const entries = listed.length > 0 ? listed : [{ id: defaultId }];
  const agents = new Map<string, Agent>();
  for (const entry of entries) {
    if (agents.has(entry.id)) continue;
    const workspace = ("workspace" in entry ? entry.workspace : undefined) ?? shared;
    const name = "name" in entry ? entry.name : undefined;
    const identity = ("identity" in entry ? entry.identity : undefined) ?? {};
    const { name: appName, avatar } = config.ui.assistant;
    const isDefault = entry.id === defaultId;
    agents.set(entry.id, {
      id: entry.id,
      isDefault,
      ...(name === undefined ? {} : { name }),
      identity: {
        ...(isDefault && appName !== undefined ? { name: appName } : {}),
        ...(isDefault && avatar !== undefined ? { avatar } : {}),
        ...withoutUndefined(identity),
      },
      ...(workspace === undefined ? {} : { workspace: expandHome(workspace) }),
    });
  }
  return { all: () => [...agents.values()], find: (id) => agents.get(id) ?? null, defaultId };
}

function withoutUndefined(identity: Agent["identity"] | object): Agent["identity"] {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined));
}

function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
