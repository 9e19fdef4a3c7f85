import type { Arg, Args, Commands } from "./command.ts";
import type { Language } from "./language.ts";
import { texts } from "./texts.ts";

/** The shells that there is a script for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A place on the command line and what may follow there. */
export interface Place {
  /** The words so far, as in `sessions list`; none at the beginning. */
  words: readonly string[];
  /** Words that may come next, with what they do. */
  next: readonly Described[];
  flags: readonly Flag[];
}

export interface Described {
  name: string;
  summary: string;
}

export interface Flag extends Described {
  /** One letter. */
  short?: string;
  /** What its value may be; absent for a switch. */
  value?: { hint: string; options: readonly string[]; isFile: boolean };
}

/** Every place of the command tree, from what the commands themselves declare. */
export async function completionTree(commands: Commands, language: Language): Promise<Place[]> {
  const say = texts[language];
  const help: Flag = { name: "help", short: "h", summary: say.help };
  const everywhere: Flag[] = [{ name: "no-color", summary: say.noColor }, help];
  const start: Flag[] = [
    { name: "version", short: "v", summary: "moltbot version" },
    { name: "gateway", summary: say.gatewayName, value: { hint: "NAME", options: [], isFile: false } },
    { name: "profile", summary: say.profile, value: { hint: "NAME", options: [], isFile: false } },
    ...everywhere,
  ];
  const places: Place[] = [];
  const names: Described[] = [];
  for (const [name, entry] of Object.entries(commands)) {
    if (typeof entry === "function") {
      const { summary, args } = await entry();
      names.push({ name, summary: summary[language] });
      places.push({
        words: [name],
        next: wordsOf(args, language),
        flags: [...flagsOf(args, language), ...everywhere],
      });
      continue;
    }
    names.push({ name, summary: entry.summary[language] });
    const inside: Described[] = [];
    let own: Flag[] = [];
    for (const [word, load] of Object.entries(entry.commands)) {
      const { summary, args } = await load();
      const flags = flagsOf(args, language);
      if (word === entry.fallback) own = flags;
      inside.push({ name: word, summary: summary[language] });
      places.push({ words: [name, word], next: wordsOf(args, language), flags: [...flags, ...everywhere] });
    }
    // A command that is the whole group is called by the group's name.
    const isAlone = entry.fallback !== undefined && inside.length === 1;
    places.push({ words: [name], next: isAlone ? [] : inside, flags: [...own, ...everywhere] });
  }
  names.push({ name: "help", summary: say.help });
  return [{ words: [], next: names, flags: start }, ...places];
}

/** The words that the first argument may be. */
function wordsOf(args: Args, language: Language): Described[] {
  const first = Object.values(args).find((arg) => arg.type === "positional");
  return (first?.options ?? []).map((name) => ({ name, summary: first?.summary[language] ?? "" }));
}

function flagsOf(args: Args, language: Language): Flag[] {
  return Object.entries(args).flatMap(([name, arg]) => flagOf(name, arg, language) ?? []);
}

function flagOf(name: string, arg: Arg, language: Language): Flag | null {
  if (arg.type === "positional") return null;
  const summary = arg.summary[language];
  const short = arg.short === undefined ? {} : { short: arg.short };
  if (arg.type === "boolean") return { name: arg.default === true ? `no-${name}` : name, summary, ...short };
  if (arg.type === "enum") {
    return { name, summary, ...short, value: { hint: name, options: arg.options, isFile: false } };
  }
  return { name, summary, ...short, value: { hint: arg.hint, options: [], isFile: arg.hint === "FILE" } };
}
