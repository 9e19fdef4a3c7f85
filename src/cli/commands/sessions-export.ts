import type { ChatMessage } from "#protocol/domains/chat.ts";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { askArgs, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits } from "../exit.ts";
import { findSession } from "../find-session.ts";
import { outputFile } from "../output-file.ts";
import { sessionTexts } from "../session-texts.ts";
import { readTranscript, toMarkdown } from "../transcript.ts";
import { sessionArg } from "./sessions.ts";

export const sessionsExport = defineCommand({
  summary: {
    en: "Write out a whole session, as JSON lines or Markdown",
    zh: "导出整个会话（JSON 行或 Markdown）",
  },
  examples: [
    "moltbot sessions export main > main.jsonl",
    "moltbot sessions export lisbon --output lisbon.md",
    "moltbot sessions export main --format markdown",
  ],
  args: {
    ...sessionArg,
    format: {
      type: "enum",
      options: ["jsonl", "markdown"],
      summary: {
        en: "jsonl, unless the file ends in .md",
        zh: "默认 jsonl；文件以 .md 结尾时为 markdown",
      },
    },
    output: {
      type: "string",
      short: "o",
      hint: "FILE",
      summary: { en: "write to this file", zh: "写入该文件" },
    },
    force: {
      type: "boolean",
      short: "f",
      summary: { en: "replace a file that is there", zh: "覆盖已存在的文件" },
    },
    ...askArgs,
  },
  async run({ session, format, output, force, ...flags }, terminal) {
    const { language } = terminal;
    const say = sessionTexts[language];
    const file = output === undefined ? null : outputFile(output, language);
    if (file?.isThere === true && !force) {
      throw new CliError(exits.failure, say.exists(file.path), say.overwrite);
    }
    const wanted = format ?? (output?.endsWith(".md") ? "markdown" : "jsonl");
    await withClient(flags, terminal, ["operator.read"], async (client) => {
      const row = await findSession(client, session, terminal);
      const messages = await readTranscript(client, row.key);
      const text = wanted === "markdown" ? toMarkdown(row, messages, language) : toLines(messages);
      if (file === null) {
        terminal.write(text);
        return;
      }
      writeFileAtomic(file.path, text);
      terminal.complain(say.exported(say.messages(messages.length), file.path));
    });
  },
});

function toLines(messages: readonly ChatMessage[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join("");
}
