import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { pairs } from "../layout.ts";
import { locationsFor } from "../surroundings.ts";
import { paintFor } from "../terminal.ts";
import { upkeepTexts } from "../upkeep-texts.ts";

export const paths = defineCommand({
  summary: { en: "Show where everything lies", zh: "显示各文件的位置" },
  examples: ["moltbot paths", "moltbot paths --json"],
  args: {
    ...jsonArg,
    profile: {
      type: "string",
      hint: "NAME",
      summary: { en: "the places of this profile", zh: "该配置档的位置" },
    },
  },
  async run({ json, profile }, terminal) {
    const { stateDir, configPath, configTarget, logFile } = locationsFor(terminal.env, profile);
    const places = {
      executable: realpathSync(process.execPath),
      state: stateDir,
      config: configPath,
      ...(configTarget === configPath ? {} : { configWritten: configTarget }),
      database: join(stateDir, "moltbot.db"),
      log: logFile,
      backups: join(stateDir, "backups"),
      media: join(stateDir, "media"),
      key: join(stateDir, "local.key"),
    };
    if (json) {
      const told = Object.entries(places).map(([name, path]) => [name, { path, exists: existsSync(path) }]);
      terminal.print(JSON.stringify(Object.fromEntries(told), null, 2));
      return;
    }
    const paint = paintFor(terminal);
    const names: Readonly<Record<string, string>> = upkeepTexts[terminal.language].places;
    const rows = Object.entries(places).map(([name, path]) => [names[name] ?? name, path] as const);
    for (const line of pairs(rows, null, paint.dim)) terminal.print(line);
  },
});
