/** What `/metrics` answers: the gateway's figures in Prometheus' text format. */
import type { HealthSummary, QueueDepths } from "#protocol/domains/health.ts";
import type { Counters } from "#src/health/counters.ts";
import type { DelayHistogram } from "#src/health/loop-delay.ts";
import type { Rooms } from "./rooms.ts";
import type { Upkeep } from "./upkeep.ts";

export interface Figures {
  version: string;
  commit: string | undefined;
  /** The last summary, which is at most a minute old. */
  health: HealthSummary;
  connections: number;
  loopDelay: DelayHistogram;
  counters: Pick<Counters, "sheds" | "containedErrors">;
  clockJumps: number;
  queues: QueueDepths;
}

export interface MeasuredParts extends Pick<Figures, "version" | "commit" | "counters"> {
  rooms: Pick<Rooms, "health" | "loopDelay" | "queues">;
  upkeep: Pick<Upkeep, "clock">;
  connections: () => number;
}

/** What `/metrics` answers, measured anew for each question. */
export function openMetrics({ rooms, upkeep, connections, ...fixed }: MeasuredParts): () => string {
  return () =>
    exposition({
      ...fixed,
      health: JSON.parse(rooms.health.current().text),
      connections: connections(),
      loopDelay: rooms.loopDelay.histogram,
      clockJumps: upkeep.clock.jumps,
      queues: rooms.queues(),
    });
}

type Labels = Record<string, string>;
type Sample = readonly [labels: Labels, value: number];

function exposition(figures: Figures): string {
  const { version, commit, health, counters } = figures;
  const lines: string[] = [];
  const put = (type: "gauge" | "counter", name: string, about: string, samples: readonly Sample[]) => {
    lines.push(`# HELP ${name} ${about}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${show(labels)} ${value}`);
  };
  const one = (value: number): Sample[] => [[{}, value]];
  const by = (label: string, values: Readonly<Record<string, number>>): Sample[] =>
    Object.entries(values).map(([key, value]) => [{ [label]: key }, value]);

  const build = { version, commit: commit ?? "", bun: Bun.version };
  put("gauge", "moltbot_build_info", "Which build answers.", [[build, 1]]);
  const cpu = process.cpuUsage();
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  put("counter", "process_cpu_seconds_total", "CPU that the process has used.", one(cpuSeconds));
  const rss = process.memoryUsage.rss();
  put("gauge", "process_resident_memory_bytes", "Memory of the process.", one(rss));
  const startedAt = Math.round(performance.timeOrigin) / 1000;
  put("gauge", "process_start_time_seconds", "When the process started.", one(startedAt));
  put("gauge", "moltbot_connections", "Clients that are connected.", one(figures.connections));
  const sheds = by("cause", counters.sheds);
  put("counter", "moltbot_sheds_total", "Refused or dropped to protect the others.", sheds);
  const contained = one(counters.containedErrors);
  put("counter", "moltbot_contained_errors_total", "Errors that did not end the process.", contained);
  const jumps = one(figures.clockJumps);
  put("counter", "moltbot_clock_jumps_total", "Sleeps, freezes and clocks that were set.", jumps);
  const turns = by("state", figures.queues.turns);
  put("gauge", "moltbot_turns", "Messages that are being answered, or wait for it.", turns);
  const commits = one(figures.queues.commitsWaiting);
  put("gauge", "moltbot_commits_waiting", "Works that wait for the next commit.", commits);
  const outbox = by("state", figures.queues.outbox);
  put("gauge", "moltbot_outbox", "Parts of messages that wait, or of which nobody knows.", outbox);
  const inbound = by("state", figures.queues.inbound);
  put("gauge", "moltbot_inbound", "What came in and waits to be decided, or for its sender.", inbound);
  const sessions = health.agents.map((each): Sample => [{ agent: each.agentId }, each.sessions.count]);
  put("gauge", "moltbot_sessions", "Sessions by agent.", sessions);
  const problems = [...new Set(health.problems.map(({ id }) => id))].map((id): Sample => [{ id }, 1]);
  put("gauge", "moltbot_problem", "1 for each thing that is wrong.", problems);
  if (health.spend !== undefined) {
    const { usd, unpriced } = health.spend;
    put("gauge", "moltbot_spend_today_usd", "What the day's answers of models have cost.", one(usd));
    put("gauge", "moltbot_unpriced_answers_today", "Answers whose cost nobody knows.", one(unpriced));
  }
  const channels = channelFacts(health.channels);
  put("gauge", "moltbot_channel", "Facts of each channel: 1 where it is so.", channels);
  lines.push(...delay(figures.loopDelay));
  return `${lines.join("\n")}\n`;
}

function delay({ buckets, count, sumMs }: DelayHistogram): string[] {
  const name = "moltbot_event_loop_delay_seconds";
  return [
    `# HELP ${name} How late the event loop was.`,
    `# TYPE ${name} histogram`,
    ...buckets.map((bucket) => `${name}_bucket{le="${bucket.leMs / 1000}"} ${bucket.count}`),
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sumMs / 1000}`,
    `${name}_count ${count}`,
  ];
}

/** Every yes-or-no that health has of a channel and of its accounts. */
function channelFacts(channels: HealthSummary["channels"]): Sample[] {
  return Object.entries(channels).flatMap(([channel, facts]) => [
    ...truths(facts, { channel }),
    ...Object.entries(Object(facts.accounts) as Record<string, unknown>).flatMap(([account, own]) =>
      truths(Object(own) as Record<string, unknown>, { channel, account }),
    ),
  ]);
}

function truths(facts: Record<string, unknown>, labels: Labels): Sample[] {
  return Object.entries(facts)
    .filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean")
    .map(([fact, value]) => [{ ...labels, fact }, value ? 1 : 0]);
}

function show(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
