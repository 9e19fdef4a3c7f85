import { defineCommand } from "../command.ts";
import { shells } from "../completion-tree.ts";
import { UsageError } from "../exit.ts";
import { texts } from "../texts.ts";

export const completion = defineCommand({
  summary: { en: "Print the completion script of a shell", zh: "输出 shell 的命令补全脚本" },
  examples: [
    "source <(moltbot completion bash)",
    "source <(moltbot completion zsh)",
    "moltbot completion fish | source",
  ],
  args: {
    shell: {
      type: "positional",
      required: true,
      options: shells,
      summary: { en: "bash, zsh or fish", zh: "bash、zsh 或 fish" },
    },
  },
  async run({ shell: asked }, terminal) {
    const { language } = terminal;
    const { completionScript } = await import("../completion-scripts.ts");
    const shell = shells.find((each) => each === asked);
    if (shell === undefined) {
      throw new UsageError(texts[language].oneOf("SHELL", asked, shells.join(", ")));
    }
    const { completionTree } = await import("../completion-tree.ts");
    const { commands } = await import("../commands.ts");
    terminal.write(completionScript(shell, await completionTree(commands, language)));
  },
});
