import type { HealthSummary, Problem, QueueDepths, SessionsGlance, Spend } from "#protocol/domains/health.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { Serialized } from "#src/lib/serialized.ts";

/** What health is made of; each is asked when a summary is made. */
export interface HealthSources {
  agents: () => { id: string; name?: string; isDefault: boolean }[];
  sessions: (agentId: string) => SessionsGlance;
  model: () => string | null;
  problems: () => Problem[];
  channels: () => Pick<HealthSummary, "channels" | "channelOrder" | "channelLabels">;
  spend: () => Spend;
  queues: () => QueueDepths;
  connections: () => number;
  process: () => { loopDelayMaxMs: number; containedErrors: number; sheds: Record<string, number> };
}

export interface HealthOptions extends HealthSources {
  bus: EventBus;
  now: () => number;
  /** Milliseconds that only ever grow. */
  uptimeMs: () => number;
  /** How often a summary is made and sent to everybody. */
  intervalMs: number;
}

/** After a change a summary is made anew at most this often, so that reading stays cheap under load. */
const minAgeMs = 1_000;
const tellAfterMs = 250;

/** How the gateway is. A summary is made on a timer, on request, and when something in it changed; reading is free. */
export interface Health {
  /** The last summary. */
  current(): Serialized<HealthSummary>;
  /** A new one, made now; nothing is broadcast. */
  probe(): Serialized<HealthSummary>;
  /** Something in the summary changed: it is made anew before it is next read. */
  touch(): void;
  /** Something changed that people wait for: everybody hears of it soon, a few changes at once. */
  tell(): void;
  readonly version: number;
  close(): void;
}

export function createHealth(options: HealthOptions): Health {
  const { bus, now } = options;
  let summary: HealthSummary | null = null;
  let text: Serialized<HealthSummary> | null = null;
  let version = 1;
  let dirty = false;
  let madeAt = Number.NEGATIVE_INFINITY;

  function make(): HealthSummary {
    const started = performance.now();
    const agents = options.agents().map(({ id, name, isDefault }) => ({
      agentId: id,
      ...(name === undefined ? {} : { name }),
      isDefault,
      // No heartbeats are sent: there is nothing that would be asked, and nowhere it would go.
      heartbeat: { enabled: false, every: "0m", everyMs: null, prompt: "", target: "none", ackMaxChars: 0 },
      sessions: options.sessions(id),
    }));
    const main = agents.find((agent) => agent.isDefault) ?? agents[0];
    if (main === undefined) throw new Error("health needs at least one agent");
    return {
      ok: true,
      ts: now(),
      ...options.channels(),
      heartbeatSeconds: 0,
      defaultAgentId: main.agentId,
      agents,
      sessions: main.sessions,
      model: options.model() ?? "none",
      problems: options.problems(),
      spend: options.spend(),
      queues: options.queues(),
      process: {
        pid: process.pid,
        rssBytes: process.memoryUsage.rss(),
        uptimeMs: options.uptimeMs(),
        connections: options.connections(),
        ...options.process(),
      },
      durationMs: Math.round(performance.now() - started),
    };
  }

  function refresh(): Serialized<HealthSummary> {
    summary = make();
    version += 1;
    dirty = false;
    madeAt = options.uptimeMs();
    text = Serialized.of(summary);
    return text;
  }

  function broadcast(): void {
    refresh();
    if (summary !== null) bus.emit("health", summary);
  }

  const timer = setInterval(broadcast, options.intervalMs);
  timer.unref();
  let telling: ReturnType<typeof setTimeout> | null = null;

  return {
    current: () => (text === null || (dirty && options.uptimeMs() - madeAt >= minAgeMs) ? refresh() : text),
    probe: refresh,
    touch() {
      dirty = true;
    },
    tell() {
      dirty = true;
      telling ??= setTimeout(() => {
        telling = null;
        broadcast();
      }, tellAfterMs);
      telling.unref();
    },
    get version() {
      return version;
    },
    close() {
      clearInterval(timer);
      if (telling !== null) clearTimeout(telling);
    },
  };
}
