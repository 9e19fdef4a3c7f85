import type { HealthSummary, StatusSummary } from "#protocol/domains/health.ts";
import type { SenderRequest } from "#protocol/domains/pairing.ts";
import { showDollars } from "#src/lib/dollars.ts";
import { askArgs, findGateway, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { pairs, plain } from "../layout.ts";
import { showBytes, showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { type Texts, texts } from "../texts.ts";

interface Answers {
  version: string;
  /** Where the gateway answers. */
  url: string;
  /** SHA-256 of the gateway's certificate; null without TLS. */
  tlsFingerprint: string | null;
  health: HealthSummary;
  status: StatusSummary;
  /** Who wrote on a channel and waits to be let in. */
  waiting: readonly SenderRequest[];
}

export const status = defineCommand({
  summary: { en: "Show the gateway, its model and its sessions at a glance", zh: "概览网关、模型和会话" },
  examples: ["moltbot status", "moltbot status --json"],
  args: { ...jsonArg, ...askArgs },
  async run({ json, ...flags }, terminal) {
    const { shown: url } = await findGateway(flags, terminal);
    const scopes = ["operator.read", "operator.pairing"] as const;
    const answers = await withClient(flags, terminal, scopes, async (client): Promise<Answers> => {
      const [health, summary, { requests }] = await Promise.all([
        client.call("health", { probe: true }),
        client.call("status"),
        // Who may not decide about it has nothing to do there.
        client.call("pairing.list", {}).catch(() => ({ requests: [] })),
      ]);
      const { hello, tlsFingerprint } = client;
      return {
        version: hello.server.version,
        url,
        tlsFingerprint,
        health,
        status: summary,
        waiting: requests,
      };
    });
    terminal.print(json ? JSON.stringify(answers, null, 2) : showStatus(answers, terminal));
  },
});

function showStatus(
  { version, url, tlsFingerprint, health, status: summary, waiting }: Answers,
  terminal: Terminal,
): string {
  const { language } = terminal;
  const say = texts[language];
  const paint = paintFor(terminal);
  const { process, model, problems } = health;
  const gateway = [
    say.running(showSpan(process.uptimeMs, language)),
    `${say.pid} ${process.pid}`,
    version,
    showBytes(process.rssBytes),
    say.connections(process.connections),
  ].join(" · ");
  const recent = summary.sessions.recent.slice(0, 3).map(({ key, age }) => {
    const when = age === null ? say.never : say.ago(showSpan(age, language));
    return `${key} (${when})`;
  });
  const rows: [string, string][] = [
    [say.gateway, gateway],
    [say.page, url.replace(/^ws/, "http")],
    ...(summary.tailnetUrl === undefined ? [] : [[say.tailnet, summary.tailnetUrl] as [string, string]]),
    ...(tlsFingerprint === null ? [] : [[say.tls, `SHA-256 ${tlsFingerprint}`] as [string, string]]),
    [say.model, model === "none" ? say.helper : [model, ...spendOf(health, say)].join(" · ")],
    [say.sessions, [String(summary.sessions.count), ...recent].join(" · ")],
    ...summary.channelSummary.map((line): [string, string] => [say.channel, plain(line)]),
    ...problems.map(({ message, zh }): [string, string] => [
      say.problem,
      terminal.language === "zh" ? (zh ?? message) : message,
    ]),
    ...todosOf(health, waiting, say).map((todo): [string, string] => [say.todo, todo]),
  ];
  const names = rows.map(([name, value]) => [name.toLowerCase(), value] as const);
  const special = new Set([say.problem, say.todo]);
  return pairs(names, terminal.columns, (name) =>
    special.has(name) ? paint.yellow(name) : paint.dim(name),
  ).join("\n");
}

/** What the day has cost so far, and of how much where there is a cap. */
function spendOf({ spend }: HealthSummary, say: Texts): string[] {
  if (spend === undefined) return [];
  const cap = spend.capUsd === null ? null : showDollars(spend.capUsd);
  return [say.spentToday(showDollars(spend.usd), cap)];
}

/** What a person could do next, each with the command that does it. */
function todosOf(
  { model, problems, queues }: HealthSummary,
  waiting: readonly SenderRequest[],
  say: Texts,
): string[] {
  const [first] = waiting;
  const isUnknown = (queues?.outbox.unknown ?? 0) > 0;
  const explained = new Set(["config", ...(isUnknown ? ["outbox"] : [])]);
  const where =
    waiting.length === 1 && first !== undefined ? `approve ${first.channel} ${first.code}` : "list";
  return [
    ...(first === undefined ? [] : [say.todoPeople(waiting.length, `moltbot pairing ${where}`)]),
    ...(model === "none" ? [say.todoModel] : []),
    ...(problems.some(({ id }) => id === "config") ? [say.todoConfig] : []),
    ...(isUnknown ? [say.todoOutbox] : []),
    ...(problems.some(({ id }) => !explained.has(id)) ? [say.todoDoctor] : []),
  ];
}
