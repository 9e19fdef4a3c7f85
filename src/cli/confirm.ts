import { CliError, exits, UsageError } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** The flag of every command that cannot be undone. */
export const yesArg = {
  yes: { type: "boolean", short: "y", summary: { en: "do it without asking", zh: "不再询问，直接执行" } },
} as const;

/**
 * Returns when a person at the terminal agrees, or `yes` was given; else it ends the command, before which nothing
 * may have happened. Where nobody can be asked, `yes` is compulsory.
 */
export async function confirm(question: string, yes: boolean, terminal: Terminal): Promise<void> {
  if (yes) return;
  const say = texts[terminal.language];
  if (!terminal.tty.stdin || !terminal.tty.stdout) throw new UsageError(question, say.needsYes);
  terminal.write(`${question} ${say.yesOrNo} `);
  const answer = await readLine(terminal);
  if (answer === null) terminal.print("");
  if (!/^(y|yes|是)$/i.test((answer ?? "").trim())) throw new CliError(exits.failure, say.nothingDone);
}

/** One line of standard input; null where it ends first. Input is left closed, so that the process can end. */
async function readLine(terminal: Terminal): Promise<string | null> {
  let text = "";
  for await (const chunk of terminal.stdin()) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text === "" ? null : text;
}
