import type { Writable } from "node:stream";
import type { Environment } from "#src/config/environment.ts";
import { type Language, languageOf } from "./language.ts";

/** Everything of the process that a command may touch; a test brings its own. */
export interface Terminal {
  readonly env: Environment;
  readonly language: Language;
  /** Whether a person sits at each end. */
  readonly tty: { readonly stdin: boolean; readonly stdout: boolean };
  /** Whether standard output takes colour. */
  readonly color: boolean;
  /** How many characters a line of the screen holds; null where there is no screen. */
  readonly columns: number | null;
  stdin(): NodeJS.ReadableStream;
  readonly stdout: Writable;
  /** Calls the handler at Ctrl-C and when asked to end, instead of ending, until the returned function is called. */
  onSignal(handler: (signal: NodeJS.Signals) => void): () => void;
  /** Text as it is, without a line break of its own. */
  write(text: string): void;
  /** One line on standard output. */
  print(line: string): void;
  /** One line on standard error. */
  complain(line: string): void;
}

/** The process behind a terminal. */
export interface Ends {
  env: Environment;
  tty: { stdin: boolean; stdout: boolean };
  /** Opened only when a command reads: an open standard input keeps the process alive. */
  stdin(): NodeJS.ReadableStream;
  stdout: Writable;
  stderr: Writable;
  signals: Pick<NodeJS.EventEmitter, "on" | "off">;
}

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function createTerminal(ends: Ends, options: { color: boolean }): Terminal {
  const { env, tty, stdin, stdout, stderr, signals } = ends;
  const write = (text: string) => void stdout.write(text);
  return {
    env,
    language: languageOf(env),
    tty,
    color: options.color && wantsColor(env, tty.stdout),
    get columns() {
      return tty.stdout && "columns" in stdout && typeof stdout.columns === "number" && stdout.columns > 0
        ? stdout.columns
        : null;
    },
    stdin,
    stdout,
    onSignal(handler) {
      for (const signal of endings) signals.on(signal, handler);
      return () => {
        for (const signal of endings) signals.off(signal, handler);
      };
    },
    write,
    print: (line) => write(`${line}\n`),
    complain: (line) => void stderr.write(`${line}\n`),
  };
}

/** https://no-color.org and CLICOLOR_FORCE; a file never gets colour unasked. */
function wantsColor(env: Environment, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== "0") return true;
  return isTerminal && env.TERM !== "dumb";
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Paint = Record<keyof typeof codes, (text: string) => string>;

/** Colours where the terminal takes them, else the text as it is. */
export function paintFor(terminal: Pick<Terminal, "color">): Paint {
  const paint = (code: number) => (text: string) =>
    terminal.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    bold: paint(codes.bold),
    dim: paint(codes.dim),
    red: paint(codes.red),
    green: paint(codes.green),
    yellow: paint(codes.yellow),
    cyan: paint(codes.cyan),
  };
}
