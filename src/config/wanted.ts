/** What a schema wants in the place of a value, in parts: whoever shows it has its own words. */
export type Wanted =
  | { is: "object" | "list" | "boolean" | "text" | "filled-text" }
  | { is: "number"; whole: boolean; from?: number; to?: number }
  | { is: "word"; options: readonly string[] }
  | { is: "form"; pattern: string; means: string };

/** What stands there instead, as far as it may be repeated. */
export type Given = { is: "object" | "list" | "empty" | "hidden" } | { is: "value"; text: string };

export function showWanted(wanted: Wanted): string {
  switch (wanted.is) {
    case "object":
      return "an object";
    case "list":
      return "a list";
    case "boolean":
      return "true or false";
    case "text":
      return "text in quotes";
    case "filled-text":
      return "text that is not empty";
    case "number": {
      const kind = wanted.whole ? "a whole number" : "a number";
      if (wanted.to !== undefined) return `${kind} from ${wanted.from} to ${wanted.to}`;
      return wanted.from === undefined ? kind : `${kind} not below ${wanted.from}`;
    }
    case "word":
      return `one of ${wanted.options.join(", ")}`;
    case "form":
      return `text of the form ${wanted.pattern} (${wanted.means})`;
  }
}

export function showGiven(given: Given): string {
  if (given.is === "value") return given.text;
  return { object: "an object", list: "a list", empty: "an empty text", hidden: "what stands there" }[
    given.is
  ];
}
