import type { Sentence } from "#src/lib/sentence.ts";
import { type Place, showPlace } from "./json5-tree.ts";
import type { Given, Wanted } from "./wanted.ts";

export type Path = readonly (string | number)[];

/** Something that is wrong or suspicious at one spot of the config. */
export interface Finding {
  path: Path;
  message: string;
  zh: string;
  /** Absent where the config is built from defaults. */
  place?: Place | undefined;
  /** The message in parts, where it is of a kind that others have words of their own for. */
  parts?: FindingParts;
}

/** `key` is the path as `showPath` writes it. */
export type FindingParts =
  | { is: "unknown-key"; key: string; meant: string | null }
  | { is: "missing" | "twice"; key: string }
  | { is: "wrong"; key: string; wanted: Wanted; given: Given };

/** `agents.list[0].id`; keys that are no plain words stand in quotes. */
export function showPath(path: Path): string {
  let shown = "";
  for (const step of path) {
    if (typeof step === "number") shown += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) shown += shown === "" ? step : `.${step}`;
    else shown += `[${JSON.stringify(step)}]`;
  }
  return shown;
}

/** What `showPath` writes, or a path with plain dots such as `agents.list.0.id`; null for any other text. */
export function parsePath(text: string): Path | null {
  const step = /(?:^|\.)([^.[\]"\s]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  const path: (string | number)[] = [];
  while (step.lastIndex < text.length) {
    const [, word, index, quoted] = step.exec(text) ?? [];
    if (word !== undefined) path.push(word);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined && isJson(quoted)) path.push(JSON.parse(quoted));
    else return null;
  }
  return path.length === 0 ? null : path;
}

/** The message followed by where it applies: `… (moltbot.json:4:3)`. */
export function showFinding({ message, zh, place }: Finding): Sentence {
  const where = place === undefined ? null : showPlace(place);
  return where === null ? { en: message, zh } : { en: `${message} (${where})`, zh: `${zh}（${where}）` };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
