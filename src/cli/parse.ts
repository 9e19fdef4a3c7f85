import { type ArgsDef, parseArgs } from "citty";
import { suggest } from "#src/config/suggest.ts";
import type { Arg, Args, Positional } from "./command.ts";
import { UsageError } from "./exit.ts";
import type { Language } from "./language.ts";
import { texts } from "./texts.ts";

/**
 * The values of a command's arguments. citty reads them, but only after every token was held against the
 * declaration: by itself it takes unknown flags, missing values and superfluous words without a word.
 */
export function parseTokens(
  args: Args,
  tokens: readonly string[],
  language: Language,
): Record<string, unknown> {
  const { plain, many } = refuseWrong(args, tokens, language);
  const parsed = parseArgs(plain, toCitty(args));
  const values: Record<string, unknown> = {};
  for (const [name, arg] of Object.entries(args)) {
    const value: unknown = parsed[name];
    if (arg.type === "string" && arg.many) values[name] = many.get(name) ?? [];
    else values[name] = arg.type === "boolean" ? (value ?? arg.default ?? false) : value;
  }
  return values;
}

/** A whole number within bounds, or a usage error that names the flag. */
export function wholeNumber(
  flag: string,
  given: string,
  bounds: { min: number; max: number },
  language: Language,
): number {
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw new UsageError(texts[language].notANumber(flag, given, bounds.min, bounds.max));
}

function toCitty(args: Args): ArgsDef {
  const entries = Object.entries(args).map(([name, arg]) => {
    const alias = "short" in arg && arg.short !== undefined ? { alias: arg.short } : {};
    if (arg.type === "enum") return [name, { type: arg.type, options: [...arg.options], ...alias }];
    if (arg.type === "positional") return [name, { type: arg.type, required: arg.required }];
    return [name, { type: arg.type, ...alias }];
  });
  return Object.fromEntries(entries) as ArgsDef;
}

interface Checked {
  /** The tokens, with every value that could pass for a flag tied to its own. */
  plain: string[];
  /** The values of flags that may be given several times. */
  many: Map<string, string[]>;
}

/** A number below zero, such as the id of a group. */
const belowZero = /^-\d/;

function refuseWrong(args: Args, tokens: readonly string[], language: Language): Checked {
  const say = texts[language];
  const plain: string[] = [];
  const many = new Map<string, string[]>();
  const seen = new Set<string>();
  const words: string[] = [];
  const rest = [...tokens];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (token === "--") {
      plain.push(token, ...rest);
      words.push(...rest.splice(0));
    } else if (token.startsWith("-") && token !== "-") {
      const { name, arg, written, value } = readFlag(args, token, language);
      const isMany = arg.type === "string" && arg.many === true;
      if (seen.has(name) && !isMany) throw new UsageError(say.twice(written));
      seen.add(name);
      if (arg.type === "boolean") {
        if (value !== undefined) throw new UsageError(say.takesNoValue(written));
        plain.push(token);
        continue;
      }
      const given = value ?? rest.shift();
      if (given === undefined) throw new UsageError(say.needsValue(written));
      if (value === undefined && given.startsWith("-") && given !== "-" && !belowZero.test(given)) {
        throw new UsageError(say.needsValue(written), say.dashValue(written, given));
      }
      if (arg.type === "enum" && !arg.options.includes(given)) {
        throw new UsageError(say.oneOf(written, given, arg.options.join(", ")));
      }
      if (isMany) many.set(name, [...(many.get(name) ?? []), given]);
      plain.push(`--${name}=${given}`);
    } else {
      plain.push(token);
      words.push(token);
    }
  }
  refuseMissing(args, seen, words, language);
  return { plain, many };
}

function refuseMissing(args: Args, seen: ReadonlySet<string>, words: string[], language: Language): void {
  const say = texts[language];
  const places = Object.entries(args).filter((entry): entry is [string, Positional] =>
    isPositional(entry[1]),
  );
  const extra = words[places.length];
  if (extra !== undefined) throw new UsageError(say.unexpected(extra));
  const place = places[words.length];
  if (place?.[1].required) throw new UsageError(say.missing(place[0].toUpperCase()));
  for (const [name, arg] of Object.entries(args)) {
    if ("required" in arg && arg.required && !isPositional(arg) && !seen.has(name)) {
      throw new UsageError(say.missing(`--${name}`));
    }
  }
}

interface ReadFlag {
  name: string;
  arg: Exclude<Arg, Positional>;
  /** As it stands on the command line, without the value. */
  written: string;
  value: string | undefined;
}

function readFlag(args: Args, token: string, language: Language): ReadFlag {
  const equals = token.indexOf("=");
  const written = equals === -1 ? token : token.slice(0, equals);
  const value = equals === -1 ? undefined : token.slice(equals + 1);
  for (const [name, arg] of Object.entries(args)) {
    if (isPositional(arg)) continue;
    if (spellings(name, arg).includes(written)) return { name, arg, written, value };
  }
  const say = texts[language];
  const known = Object.entries(args).flatMap(([name, arg]) =>
    isPositional(arg) ? [] : spellings(name, arg),
  );
  const meant = suggest(written, [...known.filter((each) => each.startsWith("--")), "--help"]);
  throw new UsageError(say.unknownFlag(written), meant === undefined ? undefined : say.didYouMean(meant));
}

function spellings(name: string, arg: Exclude<Arg, Positional>): string[] {
  const short = arg.short === undefined ? [] : [`-${arg.short}`];
  const negated = arg.type === "boolean" && arg.default === true ? [`--no-${name}`] : [];
  return [`--${name}`, ...short, ...negated];
}

function isPositional(arg: Arg): arg is Positional {
  return arg.type === "positional";
}
