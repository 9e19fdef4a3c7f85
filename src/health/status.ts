import type { Spend, StatusSession, StatusSummary } from "#protocol/domains/health.ts";
import type { SessionRow } from "#protocol/domains/sessions.ts";

export interface StatusSources {
  agents: () => { id: string; isDefault: boolean }[];
  recent: (agentId: string, limit: number) => SessionRow[];
  count: (agentId: string) => number;
  /** What clients show as the place of the sessions. */
  path: string;
  model: () => string | null;
  contextTokens: () => number | null;
  spend: () => Spend;
  /** A line for each account on another platform. */
  channelLines: () => string[];
  tailnetUrl: () => string | null;
  now: () => number;
}

/** What a person's status line says. */
export interface StatusRoom {
  summary(): StatusSummary;
}

const recentRows = 10;

export function createStatus(sources: StatusSources): StatusRoom {
  function toStatus(row: SessionRow, agentId: string): StatusSession {
    const model = row.model ?? sources.model();
    const contextTokens = row.contextTokens ?? sources.contextTokens();
    const remaining = contextTokens === null ? null : Math.max(contextTokens - row.totalTokens, 0);
    return {
      agentId,
      key: row.key,
      kind: row.kind,
      updatedAt: row.updatedAt,
      age: row.updatedAt === null ? null : Math.max(sources.now() - row.updatedAt, 0),
      totalTokens: row.totalTokens,
      remainingTokens: remaining,
      percentUsed:
        contextTokens === null ? null : Math.min(Math.round((row.totalTokens / contextTokens) * 100), 999),
      model,
      contextTokens,
      flags: [],
      ...(row.sessionId === undefined ? {} : { sessionId: row.sessionId }),
      ...(row.thinkingLevel === undefined ? {} : { thinkingLevel: row.thinkingLevel }),
      ...(row.inputTokens === undefined ? {} : { inputTokens: row.inputTokens }),
      ...(row.outputTokens === undefined ? {} : { outputTokens: row.outputTokens }),
      ...(row.abortedLastRun === undefined ? {} : { abortedLastRun: row.abortedLastRun }),
    };
  }

  return {
    summary() {
      const agents = sources.agents();
      const tailnetUrl = sources.tailnetUrl();
      const byAgent = agents.map(({ id }) => ({
        agentId: id,
        path: sources.path,
        count: sources.count(id),
        recent: sources.recent(id, recentRows).map((row) => toStatus(row, id)),
      }));
      const recent = byAgent
        .flatMap((agent) => agent.recent)
        .sort((a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0))
        .slice(0, recentRows);
      return {
        heartbeat: {
          defaultAgentId: agents.find((agent) => agent.isDefault)?.id ?? "main",
          agents: agents.map(({ id }) => ({ agentId: id, enabled: false, every: "0m", everyMs: null })),
        },
        channelSummary: sources.channelLines(),
        queuedSystemEvents: [],
        spend: sources.spend(),
        ...(tailnetUrl === null ? {} : { tailnetUrl }),
        sessions: {
          paths: [sources.path],
          count: byAgent.reduce((sum, agent) => sum + agent.count, 0),
          defaults: { model: sources.model(), contextTokens: sources.contextTokens() },
          recent,
          byAgent,
        },
      };
    },
  };
}
