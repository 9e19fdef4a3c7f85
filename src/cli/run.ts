/** The command tree: finds the command, checks its arguments, runs it, and says what went wrong. */

import { suggest } from "#src/config/suggest.ts";
import type { Command, Commands, Group } from "./command.ts";
import { CliError, exits, UsageError } from "./exit.ts";
import { commandHelp, groupHelp, rootHelp } from "./help.ts";
import { fold } from "./layout.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";
import { versionLine } from "./version.ts";

/** Resolves with the exit code; never rejects. `argv` is what follows the executable's name. */
export async function runCli(
  commands: Commands,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await dispatch(commands, argv, terminal);
  } catch (cause) {
    return complain(await explain(cause, terminal), terminal);
  }
}

/** Whether the command line asks for no colour; it is asked before there is a terminal to speak to. */
export function refusesColor(argv: readonly string[]): boolean {
  return beforeDashes(argv).includes("--no-color");
}

async function dispatch(commands: Commands, argv: readonly string[], terminal: Terminal): Promise<number> {
  const { globals, name, tokens } = split(argv, terminal);
  if (name === undefined || name === "help" || isHelp(name)) {
    terminal.print(await rootHelp(commands, terminal));
    return exits.ok;
  }
  if (name === "--version" || name === "-v") {
    terminal.print(versionLine());
    return exits.ok;
  }
  if (name.startsWith("-")) throw unknownFlag(name, terminal);
  const entry = lookUp(commands, name);
  if (entry === undefined) throw unknown(name, Object.keys(commands), terminal);
  if (typeof entry === "function") return await perform(name, await entry(), tokens, globals, terminal);
  return await performIn(name, entry, tokens, globals, terminal);
}

async function performIn(
  name: string,
  group: Group,
  tokens: string[],
  globals: string[],
  terminal: Terminal,
): Promise<number> {
  const [word] = tokens;
  if (word !== undefined && isHelp(word)) {
    terminal.print(await groupHelp(name, group, terminal));
    return exits.ok;
  }
  // A flag right after the word belongs to the fallback; citty would take its value for a sub-command.
  const implied = word === undefined || word.startsWith("-");
  if (word === undefined && group.fallback === undefined) {
    terminal.complain(await groupHelp(name, group, terminal));
    return exits.usage;
  }
  if (implied && group.fallback === undefined) throw unknownFlag(word ?? "", terminal, name);
  const chosen = implied ? (group.fallback ?? "") : (word ?? "");
  const load = lookUp(group.commands, chosen);
  if (load === undefined) throw unknown(chosen, Object.keys(group.commands), terminal, name);
  const full = implied ? name : `${name} ${chosen}`;
  return await perform(full, await load(), implied ? tokens : tokens.slice(1), globals, terminal);
}

async function perform(
  name: string,
  command: Command,
  tokens: string[],
  globals: string[],
  terminal: Terminal,
): Promise<number> {
  if (beforeDashes(tokens).some(isHelp)) {
    terminal.print(commandHelp(name, command, terminal));
    return exits.ok;
  }
  const { parseTokens } = await import("./parse.ts");
  try {
    return await command.run(parseTokens(command.args, [...globals, ...tokens], terminal.language), terminal);
  } catch (cause) {
    if (!(cause instanceof UsageError) || cause.hint !== undefined) throw cause;
    throw new UsageError(cause.message, texts[terminal.language].seeHelp(`moltbot ${name}`));
  }
}

interface Split {
  /** Flags before the command's name; they are read as if they stood after it. */
  globals: string[];
  name: string | undefined;
  tokens: string[];
}

function split(argv: readonly string[], terminal: Terminal): Split {
  const dashes = argv.indexOf("--");
  const end = dashes === -1 ? argv.length : dashes;
  const rest = argv.filter((token, index) => index >= end || token !== "--no-color");
  const globals: string[] = [];
  while (/^--(profile|gateway)(=|$)/.test(rest[0] ?? "")) {
    const flag = rest.shift() ?? "";
    globals.push(flag);
    if (flag.includes("=")) continue;
    const value = rest.shift();
    if (value === undefined) throw new UsageError(texts[terminal.language].needsValue(flag));
    globals.push(value);
  }
  const [name, ...tokens] = rest;
  return { globals, name, tokens };
}

function beforeDashes(tokens: readonly string[]): readonly string[] {
  const dashes = tokens.indexOf("--");
  return dashes === -1 ? tokens : tokens.slice(0, dashes);
}

function isHelp(token: string): boolean {
  return token === "--help" || token === "-h";
}

/** Own keys only, so that `moltbot constructor` is as unknown as it should be. */
function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function unknown(name: string, known: string[], terminal: Terminal, group?: string): UsageError {
  const say = texts[terminal.language];
  const prefix = group === undefined ? "moltbot" : `moltbot ${group}`;
  const meant = suggest(name, known);
  const hint = meant === undefined ? say.seeHelp(prefix) : say.didYouMean(`${prefix} ${meant}`);
  return new UsageError(say.unknownCommand(group === undefined ? name : `${group} ${name}`), hint);
}

function unknownFlag(flag: string, terminal: Terminal, group?: string): UsageError {
  const say = texts[terminal.language];
  const known =
    group === undefined ? ["--help", "--version", "--profile", "--gateway", "--no-color"] : ["--help"];
  const meant = suggest(flag, known);
  const prefix = group === undefined ? "moltbot" : `moltbot ${group}`;
  return new UsageError(
    say.unknownFlag(flag),
    meant === undefined ? say.seeHelp(prefix) : say.didYouMean(meant),
  );
}

/** Errors of the gateway and of the config are explained by code that only a failed command has to load. */
async function explain(cause: unknown, terminal: Terminal): Promise<CliError> {
  if (cause instanceof CliError) return cause;
  const { explainFailure } = await import("./failure.ts");
  return explainFailure(cause, terminal.language);
}

function complain(error: CliError, terminal: Terminal): number {
  const paint = paintFor(terminal);
  const [first, ...more] = error.message.split("\n");
  const head = `${paint.red(`${texts[terminal.language].error}:`)} ${first}`;
  const hint = error.hint === undefined ? [] : fold(error.hint, terminal.columns, "  ");
  for (const line of [...fold(head, terminal.columns), ...more, ...hint]) terminal.complain(line);
  return error.exit;
}
