import { type Place, showPlace } from "./json5-tree.ts";

export type Path = readonly (string | number)[];

/** Something that is wrong or suspicious at one spot of the config. */
export interface Finding {
  path: Path;
  message: string;
  /** Absent where the config is built from defaults. */
  place?: Place | undefined;
}

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

/** The message followed by where it applies: `… (moltbot.json:4:3)`. */
export function showFinding({ message, place }: Finding): string {
  return place === undefined ? message : `${message} (${showPlace(place)})`;
}
