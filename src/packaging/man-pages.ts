import type { Arg, Command, Commands, Group } from "#src/cli/command.ts";
import { texts } from "#src/cli/texts.ts";

export interface ManOptions {
  version: string;
  /** The day in the page's foot. */
  date: Date;
}

export interface ManPage {
  /** As in `moltbot-config.1`. */
  name: string;
  text: string;
}

/** A page for the executable and one for each word that may follow it, from what the commands declare. */
export async function manPages(commands: Commands, options: ManOptions): Promise<ManPage[]> {
  const pages: ManPage[] = [];
  const rows: string[] = [];
  for (const [name, entry] of Object.entries(commands)) {
    const single = typeof entry === "function" ? await entry() : undefined;
    const summary = (typeof entry === "function" ? single?.summary.en : entry.summary.en) ?? "";
    rows.push(".TP", `\\fBmoltbot\\-${roff(name)}\\fR(1)`, roff(summary));
    const body =
      typeof entry === "function"
        ? commandSections(name, single as Command)
        : await groupSections(name, entry);
    pages.push({
      name: `moltbot-${name}.1`,
      text: page(`moltbot-${name}`, summary, [...body, ".SH SEE ALSO", ".BR moltbot (1)"], options),
    });
  }
  const say = texts.en;
  const main = [
    ".SH SYNOPSIS",
    "\\fBmoltbot\\fR [\\fB\\-\\-profile\\fR \\fINAME\\fR] \\fICOMMAND\\fR [\\fIflags\\fR]",
    ".SH COMMANDS",
    ...rows,
    ".SH OPTIONS",
    ".TP",
    "\\fB\\-\\-profile\\fR \\fINAME\\fR",
    roff(say.profile),
    ".TP",
    "\\fB\\-\\-no\\-color\\fR",
    roff(say.noColor),
    ".TP",
    "\\fB\\-h\\fR, \\fB\\-\\-help\\fR",
    roff(say.help),
    ".SH EXIT STATUS",
    ...exitRows.flatMap(([code, means]) => [".TP", String(code), means]),
  ];
  return [{ name: "moltbot.1", text: page("moltbot", say.tagline, main, options) }, ...pages];
}

const exitRows: readonly [number, string][] = [
  [0, "It is done."],
  [1, "It failed."],
  [2, "The command line is wrong."],
  [3, "A gateway is already running."],
  [4, "No gateway is running."],
  [69, "The gateway cannot be reached."],
  [77, "It is not allowed."],
  [78, "The config or the port is wrong."],
];

function page(name: string, summary: string, body: readonly string[], { version, date }: ManOptions): string {
  const day = date.toISOString().slice(0, 10);
  return `${[
    `.TH ${name.toUpperCase().replaceAll("-", "\\-")} 1 ${day} "moltbot ${version}" "Moltbot"`,
    ".SH NAME",
    `${roff(name)} \\- ${roff(summary.replace(/\.$/, ""))}`,
    ...body,
  ].join("\n")}\n`;
}

async function groupSections(name: string, group: Group): Promise<string[]> {
  const loaded = await Promise.all(
    Object.entries(group.commands).map(async ([word, load]) => [word, await load()] as const),
  );
  const lines = [".SH SYNOPSIS"];
  for (const [index, [word, command]] of loaded.entries()) {
    if (index > 0) lines.push(".br");
    lines.push(synopsis(word === group.fallback ? `${name} [${word}]` : `${name} ${word}`, command));
  }
  lines.push(".SH COMMANDS");
  for (const [word, command] of loaded) {
    lines.push(`.SS ${roff(`${name} ${word}`)}`, roff(`${command.summary.en}.`), ...options(command));
  }
  return [...lines, ...examples(loaded.flatMap(([, command]) => command.examples))];
}

function commandSections(name: string, command: Command): string[] {
  const rows = options(command);
  return [
    ".SH SYNOPSIS",
    synopsis(name, command),
    ...(rows.length === 0 ? [] : [".SH OPTIONS", ...rows]),
    ...examples(command.examples),
  ];
}

function synopsis(name: string, { args }: Command): string {
  const words = Object.entries(args).flatMap(([word, arg]) =>
    arg.type === "positional" ? [arg.required ? word.toUpperCase() : `[${word.toUpperCase()}]`] : [],
  );
  return `\\fBmoltbot ${roff(name)}\\fR${words.map((word) => ` \\fI${roff(word)}\\fR`).join("")} [\\fIflags\\fR]`;
}

function options({ args }: Command): string[] {
  return Object.entries(args).flatMap(([name, arg]) => [".TP", heading(name, arg), roff(arg.summary.en)]);
}

function heading(name: string, arg: Arg): string {
  if (arg.type === "positional") return `\\fI${roff(name.toUpperCase())}\\fR`;
  const short = arg.short === undefined ? "" : `\\fB\\-${arg.short}\\fR, `;
  const long = arg.type === "boolean" && arg.default === true ? `no-${name}` : name;
  const value = arg.type === "string" ? arg.hint : arg.type === "enum" ? arg.options.join("|") : "";
  return `${short}\\fB\\-\\-${roff(long)}\\fR${value === "" ? "" : ` \\fI${roff(value)}\\fR`}`;
}

function examples(lines: readonly string[]): string[] {
  return [".SH EXAMPLES", ".nf", ...lines.map(roff), ".fi"];
}

/** Text in which nothing is a request or an escape. */
function roff(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
