import type { HealthSummary } from "#protocol/domains/health.ts";

/** The health of a gateway where nothing is wrong. */
export function health(model: string, ts: number): HealthSummary {
  return {
    ok: true,
    ts,
    durationMs: 1,
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: 0,
    defaultAgentId: "main",
    agents: [],
    sessions: { path: "scripted", count: 0, recent: [] },
    model,
    problems: [],
    process: {
      pid: 1,
      rssBytes: 0,
      uptimeMs: 5_000,
      connections: 1,
      loopDelayMaxMs: 0,
      containedErrors: 0,
      sheds: {},
    },
  };
}
