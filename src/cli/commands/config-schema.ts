import { askArgs } from "../ask.ts";
import { defineCommand } from "../command.ts";

export const configSchema = defineCommand({
  summary: {
    en: "Print the JSON Schema of the config file, for editors and programs",
    zh: "输出配置文件的 JSON Schema，供编辑器和程序使用",
  },
  examples: ["moltbot config schema > moltbot.schema.json"],
  args: { ...askArgs },
  async run(flags, terminal) {
    const { openConfig } = await import("../config-access.ts");
    await using access = await openConfig(flags, terminal, ["operator.read"]);
    terminal.print(JSON.stringify(await access.schema(), null, 2));
  },
});
