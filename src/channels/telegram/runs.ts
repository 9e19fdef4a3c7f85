import type { Block, Cell, Document, Inline, ListItem } from "../document.ts";

/** A stretch of text with everything that holds for it. */
export interface Run {
  text: string;
  bold?: true;
  italic?: true;
  strike?: true;
  spoiler?: true;
  /** Monospace within a line. */
  code?: true;
  /** Monospace as a block; the language may be empty. */
  pre?: { language: string };
  href?: string;
  /** Inside a quotation. Telegram knows one level of it. */
  quote?: true;
}

type Style = Omit<Run, "text">;

/** Columns of a table that still stand side by side on a phone. */
const tableColumns = 44;

/** A document as one sequence of styled text: what people will read, in the order in which they will read it. */
export function runsOf({ blocks }: Document): Run[] {
  return trimmed(merged(blocksOf(blocks, {}, 0)));
}

function blocksOf(blocks: readonly Block[], style: Style, depth: number): Run[] {
  return blocks.flatMap((block, index): Run[] => {
    const runs = blockOf(block, style, depth);
    return index === 0 ? runs : [between(blocks[index - 1], block, style), ...runs];
  });
}

/** A list stands close to the paragraph that introduces it; everything else stands apart. */
function between(before: Block | undefined, after: Block, style: Style): Run {
  const isClose = after.is === "list" && before?.is === "paragraph";
  return { text: isClose ? "\n" : "\n\n", ...quoteOf(style) };
}

function blockOf(block: Block, style: Style, depth: number): Run[] {
  switch (block.is) {
    case "paragraph":
      return inlinesOf(block.children, style);
    case "heading":
      return inlinesOf(block.children, { ...style, bold: true });
    case "code":
      return [{ text: clean(block.text), ...quoteOf(style), pre: { language: block.language } }];
    case "quote":
      return blocksOf(block.blocks, { ...style, quote: true }, depth);
    case "list":
      return listOf(block, style, depth);
    case "table":
      return tableOf(block.header, block.rows, style);
    case "rule":
      return [{ text: "———", ...style }];
  }
}

function listOf(list: Extract<Block, { is: "list" }>, style: Style, depth: number): Run[] {
  return list.items.flatMap((item, index): Run[] => {
    const indent = "  ".repeat(depth);
    const sign = signOf(item, list.ordered ? `${list.start + index}.` : "•");
    const head: Run = { text: `${index === 0 ? "" : "\n"}${indent}${sign} `, ...quoteOf(style) };
    const body = item.blocks.flatMap((block, place): Run[] => {
      const runs = blockOf(block, style, depth + 1);
      return place === 0 ? runs : [{ text: "\n", ...quoteOf(style) }, ...runs];
    });
    return [head, ...body];
  });
}

function signOf({ checked }: ListItem, sign: string): string {
  return checked === null ? sign : checked ? "☑" : "☐";
}

function tableOf(header: readonly Cell[], rows: readonly (readonly Cell[])[], style: Style): Run[] {
  const texts = [header, ...rows].map((row) => row.map((cell) => plain(inlinesOf(cell, {}))));
  const widths = texts[0]?.map((_, column) =>
    Math.max(...texts.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  if (widths === undefined) return [];
  const total = widths.reduce((sum, width) => sum + width + 3, -3);
  if (total > tableColumns || texts.some((row) => row.some((cell) => cell.includes("\n")))) {
    return rowsOf(header, rows, style);
  }
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return cell + " ".repeat(width - Bun.stringWidth(cell));
      })
      .join(" │ ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
  const [head = [], ...body] = texts;
  return [
    { text: [line(head), rule, ...body.map(line)].join("\n"), ...quoteOf(style), pre: { language: "" } },
  ];
}

/** A wide table: each row under its first cell, each further cell after the name of its column. */
function rowsOf(header: readonly Cell[], rows: readonly (readonly Cell[])[], style: Style): Run[] {
  return rows.flatMap((row, index): Run[] => {
    const gap: Run[] = index === 0 ? [] : [{ text: "\n\n", ...quoteOf(style) }];
    const cells = row.flatMap((cell, column): Run[] => {
      if (column === 0) return inlinesOf(cell, { ...style, bold: true });
      const name: Run = { text: `\n• ${plain(inlinesOf(header[column] ?? [], {}))}: `, ...quoteOf(style) };
      return [name, ...inlinesOf(cell, style)];
    });
    return [...gap, ...cells];
  });
}

function inlinesOf(children: readonly Inline[], style: Style): Run[] {
  return children.flatMap((inline) => inlineOf(inline, style));
}

function inlineOf(inline: Inline, style: Style): Run[] {
  switch (inline.is) {
    case "text":
      return [{ text: clean(inline.text), ...style }];
    case "code":
      return [{ text: clean(inline.text), ...style, code: true }];
    case "break":
      return [{ text: "\n", ...style }];
    case "link": {
      const href = hrefOf(inline.href);
      return inlinesOf(inline.children, href === null ? style : { ...style, href });
    }
    case "strong":
      return inlinesOf(inline.children, { ...style, bold: true });
    case "emphasis":
      return inlinesOf(inline.children, { ...style, italic: true });
    case "strike":
      return inlinesOf(inline.children, { ...style, strike: true });
    case "spoiler":
      return inlinesOf(inline.children, { ...style, spoiler: true });
  }
}

/** Telegram opens these; of any other address only its text is shown. */
function hrefOf(href: string): string | null {
  const url = URL.parse(href.trim());
  if (url === null || !["http:", "https:", "tg:", "mailto:", "tel:"].includes(url.protocol)) return null;
  return url.href;
}

function quoteOf(style: Style): Style {
  return style.quote ? { quote: true } : {};
}

/** What Telegram would refuse or cut out by itself, and then measure differently. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\t\n]/gu, "");
}

function merged(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (run.text === "") continue;
    if (last !== undefined && isSameStyle(last, run)) last.text += run.text;
    else result.push({ ...run });
  }
  return result;
}

function isSameStyle(one: Run, other: Run): boolean {
  if (one.pre || other.pre) return false;
  const keys = ["bold", "italic", "strike", "spoiler", "code", "href", "quote"] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** Telegram takes space off both ends. */
function trimmed(runs: Run[]): Run[] {
  for (let first = runs[0]; first !== undefined; first = runs[0]) {
    first.text = first.text.trimStart();
    if (first.text !== "") break;
    runs.shift();
  }
  for (let last = runs.at(-1); last !== undefined; last = runs.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text !== "") break;
    runs.pop();
  }
  return runs;
}

function plain(runs: readonly Run[]): string {
  return runs.map(({ text }) => text).join("");
}
