import { askArgs, openClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
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
    "moltbot logs --limit 50 --level warn",
    "moltbot logs --json",
  ],
  args: {
    follow: {
      type: "boolean",
      short: "f",
      summary: { en: "go on with new lines as they come", zh: "持续输出新的日志" },
    },
    limit: {
      type: "string",
      short: "n",
      hint: "LINES",
      summary: { en: "how many lines to begin with (200)", zh: "开始时显示的行数（200）" },
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
  async run({ follow, limit, level, json, ...flags }, terminal) {
    const count = wholeNumber("--limit", limit ?? "200", { min: 1, max: 5000 }, terminal.language);
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
        // A log that is followed outlives a restart of the gateway; one that never came is an error.
        const wait = cursor === undefined || !follow ? null : policy.next(cause);
        if (wait === null) throw cause;
        terminal.complain(texts[terminal.language].reconnecting);
        await Bun.sleep(wait);
      }
    }
  },
});

function show(page: { lines: string[]; reset?: boolean }, filter: LogFilter, terminal: Terminal): void {
  if (page.reset === true && !filter.json) terminal.complain(texts[terminal.language].logRotated);
  for (const line of page.lines) {
    const shown = showLogLine(line, filter, terminal);
    if (shown !== null) terminal.print(shown);
  }
}
