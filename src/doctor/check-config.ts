import { readFileSync } from "node:fs";
import { renameKey } from "#src/config/edit-text.ts";
import type { Environment } from "#src/config/environment.ts";
import { ConfigError } from "#src/config/error.ts";
import type { Path } from "#src/config/finding.ts";
import { type ResolvedGateway, resolveGateway } from "#src/config/gateway.ts";
import { type LoadedConfig, loadConfig } from "#src/config/load.ts";
import { isLoopback } from "#src/config/network.ts";
import type { Config } from "#src/config/schema.ts";
import { valueAt } from "#src/config/value-change.ts";
import type { Checked, Fix, Say } from "./finding.ts";

export interface ConfigVerdict {
  checked: Checked[];
  model: Checked[];
  /** How a start would be reached; null where there would be none. */
  reached: Reached | null;
}

/** Where and how a start would listen. */
export interface Reached {
  port: number;
  tls: ResolvedGateway["tls"];
  /** Whether other computers reach it. */
  isOutward: boolean;
  /** Of Bonjour. */
  mode: Config["discovery"]["mdns"]["mode"];
}

export function checkConfig(path: string, env: Environment, say: Say): ConfigVerdict {
  let loaded: LoadedConfig;
  let reached: Reached | null = null;
  try {
    loaded = loadConfig({ path, env });
    if (loaded.config.gateway.mode === "local") {
      const { port, tls, addresses } = resolveGateway(loaded.config, loaded.env, {});
      const isOutward = addresses.some((address) => !isLoopback(address));
      reached = { port, tls, isOutward, mode: loaded.config.discovery.mdns.mode };
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const hint = say(
      "the gateway does not start with it; see: moltbot config validate",
      "网关无法用它启动；请运行：moltbot config validate",
    );
    return { checked: [{ id: "config", verdict: "fail", message: error.message, hint }], model: [], reached };
  }
  const said = loaded.exists
    ? say(`${path} is valid`, `${path} 有效`)
    : say(`${path} does not exist: the defaults apply`, `${path} 不存在：使用默认值`);
  const checked: Checked[] = loaded.issues.map(({ message }) => ({
    id: "config",
    verdict: "fail",
    message,
    hint: say(
      "the part is switched off until it is right; see: moltbot config validate",
      "该部分在修正前停用；请运行：moltbot config validate",
    ),
  }));
  if (checked.length === 0) checked.push({ id: "config", verdict: "ok", message: said });
  const suspicious = loaded.findings.filter((each) => each.switchesOff === null);
  const misspelt = suspicious.flatMap(({ path: at, parts }) =>
    parts?.is === "unknown-key" && parts.meant !== null ? [{ at, meant: parts.meant }] : [],
  );
  const fix = renaming(loaded, misspelt);
  for (const [index, { message }] of suspicious.entries()) {
    checked.push({
      id: "config-keys",
      verdict: "warn",
      message,
      ...(index === 0 && fix !== null ? { fix } : {}),
    });
  }
  return { checked, model: [checkModel(loaded, say)], reached };
}

/** Gives misspelt keys their right names; null where none can be, or where the config would be worse for it. */
function renaming(
  { path, parsed, includes, issues }: LoadedConfig,
  misspelt: readonly Misspelt[],
): Fix | null {
  // What stands in an included file, or would overwrite another key, is left to a person.
  const renamed = misspelt.filter(
    ({ at, meant }) =>
      valueAt(parsed, at) !== undefined && valueAt(parsed, [...at.slice(0, -1), meant]) === undefined,
  );
  if (renamed.length === 0 || includes.length > 0) return null;
  const from = readFileSync(path, "utf8");
  try {
    const to = renamed.reduce((text, { at, meant }) => renameKey(text, at, meant), from);
    const after = loadConfig({ path, env: {}, text: to });
    return after.issues.length <= issues.length ? { is: "text", path, from, to } : null;
  } catch {
    // A text that cannot be edited that way, or a value that is wrong under its right name.
    return null;
  }
}

interface Misspelt {
  at: Path;
  meant: string;
}

function checkModel({ config, env }: LoadedConfig, say: Say): Checked {
  const { model } = config.agents.defaults;
  const named = typeof model === "string" ? model : model?.primary;
  const keys = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"].filter((name) => env[name]);
  if (named !== undefined)
    return { id: "model", verdict: "ok", message: say(`${named} answers`, `由 ${named} 应答`) };
  if (keys.length > 0)
    return {
      id: "model",
      verdict: "ok",
      message: say(`a key in the environment: ${keys.join(", ")}`, `环境变量中的密钥：${keys.join("、")}`),
    };
  const message = say(
    "no model is set up, so a built-in helper answers, which is not an AI",
    "尚未设置模型，由内置助手应答（并非 AI）",
  );
  return { id: "model", verdict: "warn", message, hint: "moltbot model add" };
}
