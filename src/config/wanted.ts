/** What a schema wants in the place of a value, in parts: whoever shows it has its own words. */
export type Wanted =
  | { is: "object" | "list" | "boolean" | "text" | "filled-text" }
  | { is: "number"; whole: boolean; from?: number; to?: number }
  | { is: "word"; options: readonly string[] }
  | { is: "form"; pattern: string; means: string };

/** What stands there instead, as far as it may be repeated. */
export type Given = { is: "object" | "list" | "empty" | "hidden" } | { is: "value"; text: string };

/** As `must be …` goes on. */
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

/** The same in Chinese, as `必须是…` goes on. */
export function wantedZh(wanted: Wanted): string {
  switch (wanted.is) {
    case "object":
      return "对象";
    case "list":
      return "列表";
    case "boolean":
      return " true 或 false";
    case "text":
      return "带引号的文字";
    case "filled-text":
      return "非空文字";
    case "number": {
      const kind = wanted.whole ? "整数" : "数字";
      if (wanted.to !== undefined) return ` ${wanted.from} 到 ${wanted.to} 的${kind}`;
      return wanted.from === undefined ? kind : `不小于 ${wanted.from} 的${kind}`;
    }
    case "word":
      return `以下之一：${wanted.options.join("、")}`;
    case "form":
      return `形如 ${wanted.pattern} 的文字`;
  }
}

/** The same in Chinese. */
export function givenZh(given: Given): string {
  if (given.is === "value") return ` ${given.text}`;
  return { object: "对象", list: "列表", empty: "空文字", hidden: "现有的值" }[given.is];
}
