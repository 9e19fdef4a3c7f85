import { askArgs, openClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits } from "../exit.ts";
import { type LogFilter, showLogLine } from "../log-line.ts";
import { wholeNumber } from "../parse.ts";
import type { Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

const pollMs = 500;

export const logs = defineCommand({
  summary: { en: "Show the gateway's log", zh: "查看网关日志" },
  examples: [
    "moltbot logs",
    "moltbot logs -f",
    "moltbot logs --lines 50 --level warn",
    "moltbot logs --json",
  ],
  args: {
    follow: {
      type: "boolean",
      short: "f",
      summary: { en: "go on with new lines as they come", zh: "持续输出新的日志" },
    },
    lines: {
      type: "string",
      short: "n",
      hint: "LINES",
      summary: { en: "how many lines to begin with (200)", zh: "开始时显示的行数（200）" },
    },
    limit: {
      type: "string",
      hint: "LINES",
      summary: { en: "the same, as it was called before", zh: "同上，旧名称" },
    },
    level: {
      type: "enum",
      options: ["fatal", "error", "warn", "info", "debug", "trace"],
      summary: { en: "leave out lines below this level", zh: "忽略低于该级别的日志" },
    },
    json: {
      type: "boolean",
      summary: { en: "print the lines as they are, in JSON", zh: "按原样输出 JSON 行" },
    },
    ...askArgs,
  },
  async run({ follow, lines, limit, level, json, ...flags }, terminal) {
    const given = lines === undefined ? "--limit" : "--lines";
    const count = wholeNumber(given, lines ?? limit ?? "200", { min: 1, max: 5000 }, terminal.language);
    const filter: LogFilter = { level, json };
    const { createReconnectPolicy } = await import("#src/client/reconnect.ts");
    const policy = createReconnectPolicy();
    let cursor: number | undefined;
    for (;;) {
      try {
        await using client = await openClient(flags, terminal, { scopes: ["operator.read"] });
        policy.succeeded();
        for (;;) {
          const page = await client.call("logs.tail", cursor === undefined ? { limit: count } : { cursor });
          show(page, filter, terminal);
          cursor = page.cursor;
          if (!follow) return;
          if (page.cursor >= page.size) await Bun.sleep(pollMs);
        }
      } catch (cause) {
        // A gateway that does not run has left a log, which says why.
        const left = cursor === undefined ? await leftBehind(cause, flags.profile, terminal) : null;
        if (left !== null) {
          await showFile(left, count, follow, filter, terminal);
          return;
        }
        // A log that is followed outlives a restart of the gateway; one that never came is an error.
        const wait = cursor === undefined || !follow ? null : policy.next(cause);
        if (wait === null) throw cause;
        terminal.complain(texts[terminal.language].reconnecting);
        await Bun.sleep(wait);
      }
    }
  },
});

/** The log file of this machine's own gateway, where that does not run; null otherwise. */
async function leftBehind(
  cause: unknown,
  profile: string | undefined,
  terminal: Terminal,
): Promise<string | null> {
  if (!(cause instanceof CliError) || cause.exit !== exits.notRunning) return null;
  const { locationsFor } = await import("../surroundings.ts");
  const { loadConfig } = await import("#src/config/load.ts");
  const { configPath, logFile } = locationsFor(terminal.env, profile);
  let file = logFile;
  try {
    file = loadConfig({ path: configPath, env: terminal.env }).config.logging.file ?? logFile;
  } catch {
    // A config that is wrong may be why it does not run.
  }
  if (!(await Bun.file(file).exists())) return null;
  terminal.complain(`${cause.message}; ${file}:`);
  return file;
}

async function showFile(
  file: string,
  count: number,
  follow: boolean,
  filter: LogFilter,
  terminal: Terminal,
): Promise<void> {
  const { tailLog } = await import("#src/lib/tail.ts");
  let page = tailLog({ file, limit: count });
  for (;;) {
    show(page, filter, terminal);
    if (!follow) return;
    if (page.cursor >= page.size) await Bun.sleep(pollMs);
    page = tailLog({ file, cursor: page.cursor });
  }
}

function show(page: { lines: string[]; reset?: boolean }, filter: LogFilter, terminal: Terminal): void {
  if (page.reset === true && !filter.json) terminal.complain(texts[terminal.language].logRotated);
  for (const line of page.lines) {
    const shown = showLogLine(line, filter, terminal);
    if (shown !== null) terminal.print(shown);
  }
}
