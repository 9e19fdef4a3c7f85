import type { Text } from "./language.ts";
import type { Terminal } from "./terminal.ts";

interface Described {
  summary: Text;
}

interface Named extends Described {
  /** One letter, for `-f`. */
  short?: string;
}

/** On or off; with `default: true` it is turned off by `--no-NAME`. */
export interface Switch extends Named {
  type: "boolean";
  default?: boolean;
}

/** A flag with a value. */
export interface Valued extends Named {
  type: "string";
  /** What stands for the value in the help. */
  hint: string;
  required?: true;
  /** It may be given several times. */
  many?: true;
}

/** A flag with one of a few values. */
export interface Choice extends Named {
  type: "enum";
  options: readonly string[];
}

/** A word that stands by itself. */
export interface Positional extends Described {
  type: "positional";
  required: boolean;
  /** The few words that it may be, where there are only a few. */
  options?: readonly string[];
}

export type Arg = Switch | Valued | Choice | Positional;
export type Args = Readonly<Record<string, Arg>>;

type ValueOf<A extends Arg> = A extends Switch
  ? boolean
  : A extends Choice
    ? A["options"][number] | undefined
    : A extends { many: true }
      ? readonly string[]
      : A extends { required: true }
        ? string
        : string | undefined;

export type Values<A extends Args> = { [K in keyof A]: ValueOf<A[K]> };

interface Definition<A extends Args> {
  summary: Text;
  /** Whole command lines. */
  examples: readonly string[];
  args: A;
  /** Resolves with the exit code where it is not 0. */
  run(values: Values<A>, terminal: Terminal): Promise<number | undefined> | Promise<void>;
}

/** A command as the wrapper sees it. */
export interface Command {
  readonly summary: Text;
  readonly examples: readonly string[];
  readonly args: Args;
  /** Only with values that were checked against `args`. */
  readonly run: (values: Record<string, unknown>, terminal: Terminal) => Promise<number>;
}

export function defineCommand<const A extends Args>(definition: Definition<A>): Command {
  return {
    summary: definition.summary,
    examples: definition.examples,
    args: definition.args,
    run: async (values, terminal) => (await definition.run(values as Values<A>, terminal)) ?? 0,
  };
}

/** Commands under one word; `fallback` runs when no further word follows. */
export interface Group {
  readonly summary: Text;
  readonly commands: Readonly<Record<string, () => Promise<Command>>>;
  readonly fallback?: string;
}

/** The tree that the wrapper walks; nothing of a command is loaded before it is needed. */
export type Commands = Readonly<Record<string, (() => Promise<Command>) | Group>>;
