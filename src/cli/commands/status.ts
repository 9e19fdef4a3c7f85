import type { HealthSummary, StatusSummary } from "#protocol/domains/health.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { showBytes, showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

interface Answers {
  version: string;
  health: HealthSummary;
  status: StatusSummary;
}

export const status = defineCommand({
  summary: { en: "Show the gateway, its model and its sessions at a glance", zh: "概览网关、模型和会话" },
  examples: ["moltbot status", "moltbot status --json"],
  args: { ...jsonArg, ...askArgs },
  async run({ json, ...flags }, terminal) {
    const answers = await withClient(flags, terminal, ["operator.read"], async (client): Promise<Answers> => {
      const [health, summary] = await Promise.all([client.call("health"), client.call("status")]);
      return { version: client.hello.server.version, health, status: summary };
    });
    terminal.print(json ? JSON.stringify(answers, null, 2) : showStatus(answers, terminal));
  },
});

function showStatus({ version, health, status: summary }: Answers, terminal: Terminal): string {
  const { language } = terminal;
  const say = texts[language];
  const paint = paintFor(terminal);
  const { process, model, problems } = health;
  const gateway = [
    paint.green(say.running(showSpan(process.uptimeMs, language))),
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
    [say.model, model === "none" ? say.helper : model],
    [say.sessions, [String(summary.sessions.count), ...recent].join(" · ")],
    ...problems.map(({ message }): [string, string] => [say.problem, paint.yellow(message)]),
  ];
  const width = Math.max(...rows.map(([name]) => Bun.stringWidth(name)));
  return rows
    .map(([name, value]) => `${name.toLowerCase()}${" ".repeat(width - Bun.stringWidth(name))}  ${value}`)
    .join("\n");
}
