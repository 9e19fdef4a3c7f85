import type { ConfigIssue } from "#src/config/error.ts";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { issueIn } from "../config-texts.ts";
import { exits } from "../exit.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

const profileArg = {
  profile: {
    type: "string",
    hint: "NAME",
    summary: { en: "the config of this profile", zh: "该配置档的配置" },
  },
} as const;

export const configPath = defineCommand({
  summary: {
    en: "Print where the config file lies, whether or not it exists",
    zh: "输出配置文件的位置（无论是否存在）",
  },
  examples: ["moltbot config path", "moltbot config path --profile work"],
  args: { ...jsonArg, ...profileArg },
  async run({ json, profile }, terminal) {
    const path = await pathOf(terminal, profile);
    terminal.print(json ? JSON.stringify({ path, exists: await Bun.file(path).exists() }, null, 2) : path);
  },
});

export const configValidate = defineCommand({
  summary: {
    en: "Check the config file by the same code that starts the gateway",
    zh: "用启动网关的同一代码检查配置文件",
  },
  examples: ["moltbot config validate", "moltbot config validate --json"],
  args: { ...jsonArg, ...profileArg },
  async run({ json, profile }, terminal) {
    const verdict = await judge(await pathOf(terminal, profile), terminal);
    if (json) terminal.print(JSON.stringify(verdict, null, 2));
    else show(verdict, terminal);
    return verdict.valid ? exits.ok : exits.config;
  },
});

async function pathOf(terminal: Terminal, profile: string | undefined): Promise<string> {
  const { locationsFor } = await import("../surroundings.ts");
  return locationsFor(terminal.env, profile).configPath;
}

interface Verdict {
  path: string;
  exists: boolean;
  valid: boolean;
  /** What ends the start, or switches a section off. */
  issues: ConfigIssue[];
  warnings: ConfigIssue[];
  /** Sections that would be switched off. */
  off: string[];
}

async function judge(path: string, terminal: Terminal): Promise<Verdict> {
  const { loadConfig } = await import("#src/config/load.ts");
  const { resolveGateway } = await import("#src/config/gateway.ts");
  const { ConfigError } = await import("#src/config/error.ts");
  const exists = await Bun.file(path).exists();
  try {
    const loaded = loadConfig({ path, env: terminal.env });
    if (loaded.config.gateway.mode === "local") resolveGateway(loaded.config, loaded.env, {});
    const { issues, off } = loaded;
    return {
      path,
      exists,
      valid: issues.length === 0,
      issues,
      warnings: [...loaded.warnings, ...loaded.legacyIssues],
      off,
    };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return { path, exists, valid: false, issues: cause.issues, warnings: [], off: [] };
  }
}

function show({ path, exists, valid, issues, warnings, off }: Verdict, terminal: Terminal): void {
  const say = texts[terminal.language];
  const paint = paintFor(terminal);
  const { language } = terminal;
  for (const issue of issues) terminal.complain(`${paint.red(`${say.error}:`)} ${issueIn(issue, language)}`);
  for (const warning of warnings) {
    terminal.complain(`${paint.yellow(`${say.warning}:`)} ${issueIn(warning, language)}`);
  }
  for (const section of off) terminal.complain(`${paint.yellow(`${say.sectionOff}:`)} ${section}`);
  if (!exists) terminal.print(say.noConfig(path));
  else if (valid) terminal.print(paint.green(say.valid(path)));
  else terminal.complain(say.invalid(path));
}
