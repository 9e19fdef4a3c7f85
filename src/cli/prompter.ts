import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CliError, exits } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** Asks a person at the terminal. Ctrl-C or the end of the input ends the command, and nothing was changed. */
export interface Prompter extends Disposable {
  /** The trimmed line. */
  ask(question: string): Promise<string>;
  /** The same for what nobody should read over a shoulder. */
  askHidden(question: string): Promise<string>;
  /** The index of the one that was chosen, by its number; asks until there is one. */
  choose(question: string, options: readonly string[]): Promise<number>;
  /** Rejects when the person leaves, for what is awaited meanwhile. */
  readonly left: Promise<never>;
}

/** Whether there is a person to be asked. */
export function isAnybodyThere({ tty }: Terminal): boolean {
  return tty.stdin && tty.stdout;
}

export function openPrompter(terminal: Terminal): Prompter {
  const say = texts[terminal.language];
  let hidden = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!hidden) terminal.stdout.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input: terminal.stdin(), output, terminal: true });
  /** What was typed before it was asked for. */
  const typed: string[] = [];
  let waiting: PromiseWithResolvers<string> | null = null;
  let left: CliError | null = null;
  const leaving = Promise.withResolvers<never>();
  leaving.promise.catch(() => {});
  reader.on("line", (line) => {
    if (waiting === null) typed.push(line);
    else waiting.resolve(line);
    waiting = null;
  });
  const leave = () => {
    left ??= new CliError(exits.failure, say.nothingDone);
    waiting?.reject(left);
    leaving.reject(left);
  };
  reader.on("SIGINT", leave);
  reader.once("close", leave);

  async function ask(question: string): Promise<string> {
    if (left !== null) throw left;
    reader.setPrompt(question);
    reader.prompt();
    const line = typed.shift();
    if (line !== undefined) return line.trim();
    waiting = Promise.withResolvers<string>();
    return (await waiting.promise).trim();
  }

  return {
    ask,
    left: leaving.promise,
    async askHidden(question) {
      terminal.write(question);
      hidden = true;
      try {
        return await ask("");
      } finally {
        hidden = false;
        terminal.write("\n");
      }
    },
    async choose(question, options) {
      options.forEach((option, index) => {
        terminal.print(`  ${index + 1}  ${option}`);
      });
      for (;;) {
        const answer = await ask(`${question} [1-${options.length}] `);
        const chosen = Number(answer) - 1;
        if (/^\d+$/.test(answer) && chosen >= 0 && chosen < options.length) return chosen;
      }
    },
    [Symbol.dispose]() {
      reader.close();
    },
  };
}
