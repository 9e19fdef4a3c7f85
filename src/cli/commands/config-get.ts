import { askArgs, jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { configTexts, issueIn } from "../config-texts.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const configGet = defineCommand({
  summary: {
    en: "Print the config with its defaults, or one value of it; secrets are left out",
    zh: "输出配置（含默认值）或其中一个值，不含密钥",
  },
  examples: [
    "moltbot config get",
    "moltbot config get gateway.port",
    "moltbot config get agents.list[0].name --json",
  ],
  args: {
    path: {
      type: "positional",
      required: false,
      summary: { en: "such as agents.defaults.model", zh: "例如 agents.defaults.model" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ path, json, ...flags }, terminal) {
    const { openConfig } = await import("../config-access.ts");
    const { parsePath } = await import("#src/config/finding.ts");
    const say = configTexts[terminal.language];
    const steps = path === undefined ? [] : parsePath(path);
    if (steps === null) throw new UsageError(say.badPath(path ?? ""));
    await using access = await openConfig(flags, terminal, ["operator.read"]);
    const snapshot = await access.get();
    const paint = paintFor(terminal);
    for (const issue of snapshot.issues) {
      const head = paint.yellow(`${texts[terminal.language].config}:`);
      terminal.complain(`${head} ${issueIn(issue, terminal.language)}`);
    }
    // Where the file says nothing, only the defaults are left; they must not pass for its values.
    if (!snapshot.valid && Object.keys(Object(snapshot.parsed)).length === 0) {
      throw new CliError(exits.config, say.broken(snapshot.path));
    }
    const { valueAt } = await import("#src/config/value-change.ts");
    const value = valueAt(snapshot.config, steps);
    if (value === undefined) throw await nothingThere(path ?? "", steps, snapshot.config, terminal);
    terminal.print(typeof value === "string" && !json ? value : JSON.stringify(value, null, 2));
  },
});

async function nothingThere(
  path: string,
  steps: readonly (string | number)[],
  config: Record<string, unknown>,
  terminal: Terminal,
): Promise<CliError> {
  const { valueAt } = await import("#src/config/value-change.ts");
  const { showPath } = await import("#src/config/finding.ts");
  const { suggest } = await import("#src/config/suggest.ts");
  const missing = steps.findIndex((_, index) => valueAt(config, steps.slice(0, index + 1)) === undefined);
  const parent = steps.slice(0, missing);
  const near = suggest(String(steps[missing]), Object.keys(Object(valueAt(config, parent))));
  const hint =
    near === undefined ? undefined : texts[terminal.language].didYouMean(showPath([...parent, near]));
  return new CliError(exits.failure, configTexts[terminal.language].noValue(path), hint);
}
