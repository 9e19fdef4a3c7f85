import { Marked, type Token, type Tokens } from "marked";
import type { Block, Cell, Document, Inline, ListItem } from "#src/channels/document.ts";
import { plainDocument } from "#src/channels/document.ts";
import { decodeEntities } from "./entities.ts";

/** What one call of the parser is given: its time grows with the square of some texts. */
const pieceChars = 16_384;
/** Below this, formatting is text: no platform shows it, and every renderer walks the tree by recursion. */
const deepest = 16;

const spoiler = {
  name: "spoiler",
  level: "inline" as const,
  start: (source: string) => source.indexOf("||"),
  tokenizer(this: { lexer: { inlineTokens(text: string): Token[] } }, source: string) {
    const [raw, text] = /^\|\|(?=\S)([^|\n]*[^|\s])\|\|/.exec(source) ?? [];
    if (raw === undefined || text === undefined) return undefined;
    return { type: "spoiler", raw, text, tokens: this.lexer.inlineTokens(text) };
  },
};

let parser: Marked | undefined;

/** The Markdown of an agent as a tree. Never throws: what cannot be read as Markdown is plain text. */
export function parseMarkdown(markdown: string): Document {
  const text = markdown.replace(/\r\n?/g, "\n").replace(unwanted, "");
  return { blocks: piecesOf(text).flatMap(blocksOfPiece) };
}

/** Control characters and halves of characters, which no platform shows; line feeds and tabs stay. */
const unwanted = /(?![\t\n])\p{Cc}|\p{Cs}/gu;

function blocksOfPiece(text: string): Block[] {
  if (text.trim() === "") return [];
  if (text.length > 2 * pieceChars || /^(?:[ \t]*>){30}/m.test(text)) return [...plain(text)];
  try {
    parser ??= new Marked({ gfm: true, breaks: true, extensions: [spoiler] });
    const blocks = toBlocks(parser.lexer(text), 0);
    return blocks.length === 0 ? [...plain(text)] : blocks;
  } catch {
    return [...plain(text)];
  }
}

function plain(text: string): readonly Block[] {
  return plainDocument(text).blocks.filter((block) => !isEmptyBlock(block));
}

/** The text cut at blank lines outside of fences, so that no piece is much longer than the parser should be given. */
function piecesOf(text: string): string[] {
  if (text.length <= pieceChars) return [text];
  const pieces: string[] = [];
  let lines: string[] = [];
  let length = 0;
  let fence: string | null = null;
  for (const line of text.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark[0] === fence[0] && mark.length >= fence.length) fence = null;
    }
    if (fence === null && line.trim() === "" && length > pieceChars / 2) {
      pieces.push(lines.join("\n"));
      lines = [];
      length = 0;
    }
    lines.push(line);
    length += line.length + 1;
  }
  pieces.push(lines.join("\n"));
  return pieces;
}

function toBlocks(tokens: readonly Token[], depth: number): Block[] {
  const blocks: Block[] = [];
  for (const token of tokens as readonly Tokens.Generic[]) {
    const block = toBlock(token, depth);
    if (block !== null && !isEmptyBlock(block)) blocks.push(block);
  }
  return blocks;
}

function toBlock(token: Tokens.Generic, depth: number): Block | null {
  if (depth > deepest) return paragraph([{ is: "text", text: token.raw.trim() }]);
  switch (token.type) {
    case "space":
      return null;
    case "def":
    case "html":
      return paragraph(linesOf(token.raw.trim()));
    case "heading":
      return { is: "heading", level: token.depth as number, children: inlinesOf(token, depth) };
    case "code":
      return {
        is: "code",
        language: /^[\w+#.-]{1,32}/.exec(String(token.lang ?? ""))?.[0] ?? "",
        text: String(token.text),
      };
    case "hr":
      return { is: "rule" };
    case "blockquote":
      return { is: "quote", blocks: toBlocks(token.tokens ?? [], depth + 1) };
    case "list":
      return {
        is: "list",
        ordered: token.ordered === true,
        start: typeof token.start === "number" ? token.start : 1,
        items: (token.items as Tokens.ListItem[]).map((item) => toItem(item, depth + 1)),
      };
    case "table":
      return {
        is: "table",
        header: (token.header as Tokens.TableCell[]).map((cell) => toCell(cell, depth)),
        rows: (token.rows as Tokens.TableCell[][]).map((row) => row.map((cell) => toCell(cell, depth))),
      };
    default:
      return paragraph(inlinesOf(token, depth));
  }
}

function toItem(item: Tokens.ListItem, depth: number): ListItem {
  return {
    checked: item.task ? item.checked === true : null,
    blocks: toBlocks(
      item.tokens.filter(({ type }) => type !== "checkbox"),
      depth,
    ),
  };
}

function toCell(cell: Tokens.TableCell, depth: number): Cell {
  return toInlines(cell.tokens, depth + 1);
}

function paragraph(children: readonly Inline[]): Block {
  return { is: "paragraph", children };
}

function inlinesOf(token: Tokens.Generic, depth: number): Inline[] {
  return trimmed(
    token.tokens === undefined ? linesOf(decodeEntities(token.raw)) : toInlines(token.tokens, depth + 1),
  );
}

function toInlines(tokens: readonly Token[], depth: number): Inline[] {
  return joined((tokens as readonly Tokens.Generic[]).flatMap((token) => toInline(token, depth)));
}

function toInline(token: Tokens.Generic, depth: number): Inline[] {
  if (depth > 2 * deepest) return linesOf(token.raw);
  const children = () => toInlines(token.tokens ?? [], depth + 1);
  switch (token.type) {
    case "strong":
      return [{ is: "strong", children: children() }];
    case "em":
      return [{ is: "emphasis", children: children() }];
    case "del":
      return [{ is: "strike", children: children() }];
    case "spoiler":
      return [{ is: "spoiler", children: children() }];
    case "codespan":
      return [{ is: "code", text: String(token.text) }];
    case "br":
      return [{ is: "break" }];
    case "checkbox":
      return [];
    case "escape":
      return [{ is: "text", text: String(token.text) }];
    case "html":
      return /^<br\s*\/?>$/i.test(token.raw) ? [{ is: "break" }] : linesOf(token.raw);
    case "link":
      return toLink(String(token.href), children(), token.raw);
    case "image":
      return toLink(
        String(token.href),
        [{ is: "text", text: decodeEntities(String(token.text || token.href)) }],
        token.raw,
      );
    default:
      return token.tokens === undefined
        ? linesOf(decodeEntities(String(token.text ?? token.raw)))
        : children();
  }
}

/** A link that people can follow; what leads elsewhere, such as into a script, is shown as it was written. */
export function toLink(href: string, children: Inline[], raw: string): Inline[] {
  const target = decodeEntities(href);
  if (!/^(?:https?|mailto|tel):[^\s]+$/i.test(target)) return linesOf(raw);
  return [
    { is: "link", href: target, children: isBlank(children) ? [{ is: "text", text: target }] : children },
  ];
}

/** A text whose line ends are breaks. */
export function linesOf(text: string): Inline[] {
  return text
    .split("\n")
    .flatMap((line, index): Inline[] => [
      ...(index === 0 ? [] : [{ is: "break" } as const]),
      ...(line === "" ? [] : [{ is: "text", text: line } as const]),
    ]);
}

/** Neighbouring texts as one. */
function joined(inlines: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  for (const inline of inlines) {
    const last = result.at(-1);
    if (inline.is === "text" && last?.is === "text")
      result[result.length - 1] = { is: "text", text: last.text + inline.text };
    else result.push(inline);
  }
  return result;
}

/** Without blanks and breaks at both ends. */
export function trimmed(inlines: readonly Inline[]): Inline[] {
  let [from, to] = [0, inlines.length];
  const isBare = (inline: Inline | undefined) =>
    inline?.is === "break" || (inline?.is === "text" && inline.text.trim() === "");
  while (from < to && isBare(inlines[from])) from += 1;
  while (to > from && isBare(inlines[to - 1])) to -= 1;
  return inlines.slice(from, to);
}

function isBlank(inlines: readonly Inline[]): boolean {
  return inlines.every((inline) => {
    if (inline.is === "break") return true;
    return "text" in inline ? inline.text.trim() === "" : isBlank(inline.children);
  });
}

/** Whether a platform would have nothing to show. */
export function isEmptyBlock(block: Block): boolean {
  switch (block.is) {
    case "paragraph":
    case "heading":
      return isBlank(block.children);
    case "code":
      return block.text.trim() === "";
    case "quote":
      return block.blocks.every(isEmptyBlock);
    case "list":
      return block.items.every(({ blocks }) => blocks.every(isEmptyBlock));
    case "table":
      return [block.header, ...block.rows].every((row) => row.every(isBlank));
    case "rule":
      return false;
  }
}
