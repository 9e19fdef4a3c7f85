import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { pairs } from "../layout.ts";
import { paintFor } from "../terminal.ts";
import { upkeepTexts } from "../upkeep-texts.ts";
import { readVariables } from "../variables.ts";

export const env = defineCommand({
  summary: {
    en: "List the environment variables that count, and their values",
    zh: "列出有效的环境变量及其值",
  },
  examples: ["moltbot env", "moltbot env --json"],
  args: jsonArg,
  async run({ json }, terminal) {
    const { language } = terminal;
    const say = upkeepTexts[language];
    const all = readVariables(terminal.env);
    if (json) {
      const told = all.map(({ name, value, about }) => ({
        ...{ name, set: value !== null, value },
        about: about.en,
      }));
      terminal.print(JSON.stringify(told, null, 2));
      return;
    }
    const rows = all.map(
      ({ name, value, about }) =>
        [name, `${value === null ? say.notSet : `= ${value}`} · ${about[language]}`] as const,
    );
    const paint = paintFor(terminal);
    for (const line of pairs(rows, terminal.columns, paint.cyan)) terminal.print(line);
  },
});
