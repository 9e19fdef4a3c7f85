import { spawn } from "node:child_process";
import { defineCommand } from "../command.ts";
import { showLogLine } from "../log-line.ts";
import { wholeNumber } from "../parse.ts";
import type { ServiceAccess } from "../service-access.ts";
import { serviceArgs } from "../service-args.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

const pollMs = 500;
const earlyLines = 20;

interface Wanted {
  lines: number;
  follow: boolean;
}

export const serviceLogs = defineCommand({
  summary: { en: "Show what the service says, whether or not it runs", zh: "查看服务的输出，无论是否在运行" },
  examples: ["moltbot service logs", "moltbot service logs -f", "moltbot service logs --lines 50"],
  args: {
    follow: {
      type: "boolean",
      short: "f",
      summary: { en: "go on with new lines as they come", zh: "持续输出新的日志" },
    },
    lines: {
      type: "string",
      short: "n",
      hint: "NUMBER",
      summary: { en: "how many lines to begin with (100)", zh: "开始时显示的行数（100）" },
    },
    ...serviceArgs,
  },
  async run({ follow, lines: given, ...flags }, terminal) {
    const lines = wholeNumber("--lines", given ?? "100", { min: 1, max: 5000 }, terminal.language);
    const { openService } = await import("../service-access.ts");
    const access = openService(flags, terminal);
    const wanted = { lines, follow };
    if (access.services.kind === "systemd") return await journal(access, flags.system, wanted, terminal);
    await files(access, wanted, terminal);
    return undefined;
  },
});

/** systemd keeps what a service says; its own program shows it. */
async function journal(
  { service }: ServiceAccess,
  system: boolean,
  { lines, follow }: Wanted,
  terminal: Terminal,
): Promise<number> {
  const { journalArgs } = await import("#src/daemon/systemd.ts");
  const unit = journalArgs(service, system ? "system" : "user");
  const args = [...unit, "--no-pager", `--lines=${lines}`, ...(follow ? ["--follow"] : [])];
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn("journalctl", args, { env: { ...terminal.env }, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.setEncoding("utf8").on("data", (text: string) => terminal.write(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => terminal.complain(text.trimEnd()));
  child.on("error", reject).on("close", (code) => resolve(code ?? 0));
  return await promise;
}

/** launchd keeps only what was said before the log was open. */
async function files(
  { service, profile, say }: ServiceAccess,
  { lines, follow }: Wanted,
  terminal: Terminal,
): Promise<void> {
  const { tailLog } = await import("#src/lib/tail.ts");
  const { err } = service.earlyLog;
  const early = tailLog({ file: err, limit: earlyLines }).lines;
  if (early.length > 0) terminal.print([paintFor(terminal).dim(say.early(err)), ...early].join("\n"));
  const file = await logFileOf(profile, terminal);
  let page = tailLog({ file, limit: lines });
  if (page.lines.length + early.length === 0) terminal.complain(say.noLog);
  for (;;) {
    if (page.reset === true) terminal.complain(texts[terminal.language].logRotated);
    for (const line of page.lines) {
      const shown = showLogLine(line, { level: undefined, json: false }, terminal);
      if (shown !== null) terminal.print(shown);
    }
    if (!follow) return;
    await Bun.sleep(pollMs);
    page = tailLog({ file, cursor: page.cursor });
  }
}

/** Where the gateway writes its log; a config that cannot be read has not moved it. */
async function logFileOf(profile: string | undefined, terminal: Terminal): Promise<string> {
  const { locationsFor } = await import("../surroundings.ts");
  const { loadConfig } = await import("#src/config/load.ts");
  const { configPath, logFile } = locationsFor(terminal.env, profile);
  try {
    return loadConfig({ path: configPath, env: terminal.env }).config.logging.file ?? logFile;
  } catch {
    return logFile;
  }
}
