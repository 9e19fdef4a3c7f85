import type { HealthSummary, QueueDepths } from "#protocol/domains/health.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { showBytes, showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { type Texts, texts } from "../texts.ts";

export const health = defineCommand({
  summary: { en: "Ask the gateway how it is", zh: "查询网关的健康状况" },
  examples: ["moltbot health", "moltbot health --json", "moltbot health --probe"],
  args: {
    ...jsonArg,
    probe: {
      type: "boolean",
      summary: { en: "measure now instead of taking the last summary", zh: "立即重新测量" },
    },
    ...askArgs,
  },
  async run({ json, probe, ...flags }, terminal) {
    const summary = await withClient(flags, terminal, ["operator.read"], (client) =>
      client.call("health", probe ? { probe } : {}),
    );
    terminal.print(json ? JSON.stringify(summary, null, 2) : showHealth(summary, terminal));
  },
});

function showHealth(summary: HealthSummary, terminal: Terminal): string {
  const { language } = terminal;
  const say = texts[language];
  const paint = paintFor(terminal);
  const { process, problems, sessions, queues } = summary;
  const facts = [
    paint.green("ok"),
    say.running(showSpan(process.uptimeMs, language)),
    `${say.pid} ${process.pid}`,
    showBytes(process.rssBytes),
    say.connections(process.connections),
    say.sessionCount(sessions.count),
    ...(process.containedErrors === 0 ? [] : [paint.yellow(say.contained(process.containedErrors))]),
  ];
  const lines = problems.map(
    ({ id, message, zh }) =>
      `${paint.yellow(`${say.problem} ${id}:`)} ${terminal.language === "zh" ? (zh ?? message) : message}`,
  );
  const waiting = queues === undefined ? [] : [`${say.queues}: ${depthsOf(queues, say)}`];
  return [facts.join(" · "), ...waiting, ...lines].join("\n");
}

function depthsOf({ turns, commitsWaiting, outbox, inbound }: QueueDepths, say: Texts): string {
  return [
    say.turnDepths(turns.running, turns.waiting),
    say.commitsWaiting(commitsWaiting),
    say.outboxDepths(outbox.queued, outbox.unknown),
    say.inboundDepths(inbound.open, inbound.held),
  ].join(" · ");
}
