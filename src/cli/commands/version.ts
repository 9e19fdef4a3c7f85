import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { build, versionLine } from "../version.ts";

export const version = defineCommand({
  summary: { en: "Show which build this is", zh: "显示版本信息" },
  examples: ["moltbot version", "moltbot version --json"],
  args: jsonArg,
  async run({ json }, terminal) {
    terminal.print(json ? JSON.stringify(build(), null, 2) : versionLine());
  },
});
