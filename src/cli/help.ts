import type { Arg, Args, Command, Commands, Group } from "./command.ts";
import type { Text } from "./language.ts";
import { pairs, wrap } from "./layout.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** Which commands there are, with every summary. */
export async function rootHelp(commands: Commands, terminal: Terminal): Promise<string> {
  const say = texts[terminal.language];
  const rows = await Promise.all(
    Object.entries(commands).map(async ([name, entry]) => {
      const summary = typeof entry === "function" ? (await entry()).summary : entry.summary;
      return [name, summary[terminal.language]] as const;
    }),
  );
  return page([
    prose(say.tagline, terminal),
    [heading(terminal, say.usage), "  moltbot COMMAND [flags]"],
    [heading(terminal, say.commands), ...pairs(rows, terminal.columns)],
    [
      heading(terminal, say.flags),
      ...pairs(
        [
          ["--gateway NAME", say.gatewayName],
          ["--profile NAME", say.profile],
          ["--no-color", say.noColor],
          ["-h, --help", say.help],
          ["-v, --version", "moltbot version"],
        ],
        terminal.columns,
      ),
    ],
    prose(say.moreHelp, terminal),
  ]);
}

export async function groupHelp(name: string, group: Group, terminal: Terminal): Promise<string> {
  const say = texts[terminal.language];
  const loaded = await Promise.all(
    Object.entries(group.commands).map(async ([word, load]) => [word, await load()] as const),
  );
  const fallback =
    group.fallback === undefined ? undefined : loaded.find(([word]) => word === group.fallback)?.[1];
  const rows = loaded.map(
    ([word, command]) => [`${name} ${word}`, command.summary[terminal.language]] as const,
  );
  return page([
    prose(group.summary[terminal.language], terminal),
    [
      heading(terminal, say.usage),
      `  moltbot ${name} ${fallback === undefined ? "COMMAND" : "[COMMAND] [flags]"}`,
    ],
    [heading(terminal, say.commands), ...pairs(rows, terminal.columns)],
    ...(fallback === undefined ? [] : details(fallback, terminal)),
  ]);
}

export function commandHelp(name: string, command: Command, terminal: Terminal): string {
  const say = texts[terminal.language];
  return page([
    prose(command.summary[terminal.language], terminal),
    [heading(terminal, say.usage), `  moltbot ${name}${usageOf(command.args)}`],
    ...details(command, terminal),
  ]);
}

function details(command: Command, terminal: Terminal): string[][] {
  const say = texts[terminal.language];
  const rows = Object.entries(command.args).map(([name, arg]) => flagRow(name, arg, terminal));
  const common: Row[] = [
    ["--no-color", say.noColor],
    ["-h, --help", say.help],
  ];
  return [
    [heading(terminal, say.flags), ...pairs([...rows, ...common], terminal.columns)],
    [heading(terminal, say.examples), ...command.examples.map((example) => `  ${example}`)],
  ];
}

type Row = readonly [left: string, right: string];

function flagRow(name: string, arg: Arg, terminal: Terminal): Row {
  const summary = inLanguage(arg.summary, terminal);
  if (arg.type === "positional") return [name.toUpperCase(), summary];
  const short = arg.short === undefined ? "" : `-${arg.short}, `;
  if (arg.type === "boolean") return [`${short}--${arg.default === true ? "no-" : ""}${name}`, summary];
  if (arg.type === "string") return [`${short}--${name} ${arg.hint}`, summary];
  return [`${short}--${name} ${arg.options.join("|")}`, summary];
}

function usageOf(args: Args): string {
  const parts = Object.entries(args).flatMap(([name, arg]) => {
    if (arg.type === "positional") return [arg.required ? name.toUpperCase() : `[${name.toUpperCase()}]`];
    return arg.type === "string" && arg.required ? [`--${name} ${arg.hint}`] : [];
  });
  return [...parts.map((part) => ` ${part}`), " [flags]"].join("");
}

function inLanguage(text: Text, terminal: Terminal): string {
  return text[terminal.language];
}

function prose(text: string, { columns }: Terminal): string[] {
  return wrap(text, columns ?? Number.POSITIVE_INFINITY);
}

function heading(terminal: Terminal, text: string): string {
  return paintFor(terminal).bold(text);
}

function page(blocks: string[][]): string {
  return blocks.map((block) => block.join("\n")).join("\n\n");
}
