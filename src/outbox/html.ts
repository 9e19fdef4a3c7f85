import type { Block, Document, Inline, ListItem } from "#src/channels/document.ts";
import { decodeEntities } from "./entities.ts";
import { isEmptyBlock, linesOf, toLink, trimmed } from "./markdown.ts";

interface Element {
  tag: string;
  href: string;
  /** The classes, as one text. */
  kind: string;
  children: Node[];
}

type Node = Element | string;

/** Below this, formatting is text: every renderer walks the tree by recursion. */
const deepest = 16;
const unsaid = new Set(["script", "style", "head", "title"]);
const blockTags = /^(?:p|div|blockquote|pre|h[1-6]|ul|ol|li|hr)$/;
const styles: Readonly<Record<string, "strong" | "emphasis" | "strike" | "spoiler">> = {
  b: "strong",
  strong: "strong",
  i: "emphasis",
  em: "emphasis",
  s: "strike",
  strike: "strike",
  del: "strike",
  "tg-spoiler": "spoiler",
};

/** The HTML of a client as a tree. What it has besides formatting is left out, and never run or loaded by anybody. */
export function parseHtml(html: string): Document {
  const { children } = treeOf(html.replace(/\r\n?/g, "\n"));
  return { blocks: blocksOf(children) };
}

function treeOf(html: string): Element {
  const root: Element = { tag: "", href: "", kind: "", children: [] };
  const open = [root];
  const inner = () => open.at(-1) ?? root;
  new HTMLRewriter()
    .on("*", {
      element(found) {
        if (open.length > deepest) return;
        const href = found.getAttribute("href") ?? "";
        const kind = found.getAttribute("class") ?? "";
        const element: Element = { tag: found.tagName.toLowerCase(), href, kind, children: [] };
        inner().children.push(element);
        if (element.tag === "br" || element.tag === "hr" || element.tag === "img" || !found.canHaveContent)
          return;
        open.push(element);
        found.onEndTag(() => {
          const at = open.lastIndexOf(element);
          if (at > 0) open.length = at;
        });
      },
    })
    .onDocument({
      text({ text }) {
        const { children } = inner();
        const last = children.at(-1);
        if (typeof last === "string") children[children.length - 1] = last + text;
        else if (text !== "") children.push(text);
      },
    })
    .transform(html);
  return root;
}

function blocksOf(nodes: readonly Node[]): Block[] {
  const blocks: Block[] = [];
  let line: Node[] = [];
  const endLine = () => {
    blocks.push({ is: "paragraph", children: trimmed(line.flatMap(inlineOf)) });
    line = [];
  };
  for (const node of nodes) {
    if (typeof node === "string" || !blockTags.test(node.tag)) {
      line.push(node);
      continue;
    }
    endLine();
    blocks.push(...blockOf(node));
  }
  endLine();
  return blocks.filter((block) => !isEmptyBlock(block));
}

function blockOf({ tag, children }: Element): Block[] {
  switch (tag) {
    case "blockquote":
      return [{ is: "quote", blocks: blocksOf(children) }];
    case "pre":
      return [{ is: "code", language: languageOf(children), text: textOf(children).replace(/^\n|\n$/g, "") }];
    case "ul":
    case "ol":
      return [{ is: "list", ordered: tag === "ol", start: 1, items: itemsOf(children) }];
    case "hr":
      return [{ is: "rule" }];
    case "p":
    case "div":
    case "li":
      return blocksOf(children);
    default:
      return [{ is: "heading", level: Number(tag.slice(1)), children: trimmed(children.flatMap(inlineOf)) }];
  }
}

function itemsOf(nodes: readonly Node[]): ListItem[] {
  return nodes
    .filter((node) => typeof node !== "string")
    .map(({ tag, children }) => ({
      checked: null,
      blocks: tag === "li" ? blocksOf(children) : blocksOf([{ tag, href: "", kind: "", children }]),
    }));
}

function inlineOf(node: Node): Inline[] {
  if (typeof node === "string") return linesOf(decodeEntities(node));
  const { tag, href, kind, children } = node;
  if (unsaid.has(tag)) return [];
  if (tag === "br") return [{ is: "break" }];
  if (tag === "code") return [{ is: "code", text: textOf(children) }];
  const inner = children.flatMap(inlineOf);
  if (tag === "a") return toLink(href, inner, textOf(children));
  const style = tag === "span" && /(?:^|\s)tg-spoiler(?:\s|$)/.test(kind) ? "spoiler" : styles[tag];
  return style === undefined ? inner : [{ is: style, children: inner }];
}

function textOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return decodeEntities(node);
      return node.tag === "br" ? "\n" : unsaid.has(node.tag) ? "" : textOf(node.children);
    })
    .join("");
}

function languageOf(nodes: readonly Node[]): string {
  const code = nodes.find((node) => typeof node !== "string" && node.tag === "code");
  const kind = code === undefined || typeof code === "string" ? "" : code.kind;
  return /(?:^|\s)language-([\w+#.-]{1,32})/.exec(kind)?.[1] ?? "";
}
