import { Marked, type Token, type Tokens } from "marked";
import type { Clean } from "./clean.ts";

/** One top-level piece of a message, such as a paragraph or a code block; its text decides how it looks. */
export interface Block {
  raw: string;
  html: string;
}

export interface Markdown {
  /** The pieces of a text, in order. Pieces that were there before are not parsed to HTML again. */
  blocks(text: string): Block[];
  /** The piece as elements that can do no harm, whatever the text was. */
  elements(block: Block): DocumentFragment;
}

/** Tags that models write into markdown; with attributes, or any others, they are shown as they were typed. */
const bareTag = /<\/?(?:br|sub|sup|kbd|mark|u|b|i|s|em|strong|details|summary)\s*\/?>/gi;

/** Turns the messages' markdown into elements. Pictures become links: fetching one would tell its server. */
export function createMarkdown(clean: Clean): Markdown {
  const parser = new Marked({
    gfm: true,
    breaks: true,
    renderer: {
      image: ({ href, text }: Tokens.Image) =>
        `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
      checkbox: ({ checked }: Tokens.Checkbox) => (checked ? "☑ " : "☐ "),
      html: ({ text }: Tokens.HTML | Tokens.Tag) => keepBareTags(text),
      code: ({ text, lang }: Tokens.Code) =>
        `<pre title="${escapeHtml(lang?.split(/\s/)[0] ?? "")}"><code>${escapeHtml(text)}</code></pre>`,
    },
  });
  const parsed = new Map<string, string>();

  function toHtml(token: Token): string {
    const level = token.type === "heading" ? token.depth : "";
    const key = `${level}${token.raw}`;
    let html = parsed.get(key);
    if (html === undefined) {
      html = parser.parser([token]);
      // Streaming leaves a piece behind per frame; a full cache starts anew.
      if (parsed.size > 2_000) parsed.clear();
      parsed.set(key, html);
    }
    return html;
  }

  function blocks(text: string): Block[] {
    const tokens = parser.lexer(text).filter((token) => token.type !== "space");
    levelHeadings(tokens);
    return tokens.map((token) => ({ raw: token.raw, html: toHtml(token) }));
  }

  function elements({ html }: Block): DocumentFragment {
    const fragment = clean(html);
    for (const link of fragment.querySelectorAll("a")) {
      link.rel = "noopener noreferrer";
      link.target = "_blank";
    }
    return fragment;
  }

  return { blocks, elements };
}

/** Headings of a message start below the page's own and leave no level out. */
function levelHeadings(tokens: readonly Token[]): void {
  const headings = tokens.filter((token): token is Tokens.Heading => token.type === "heading");
  const depths = [...new Set(headings.map(({ depth }) => depth))].sort();
  for (const heading of headings) heading.depth = Math.min(6, 3 + depths.indexOf(heading.depth));
}

function keepBareTags(html: string): string {
  const kept = html.match(bareTag) ?? [];
  return html
    .split(bareTag)
    .map((between, index) => between.replace(/</g, "&lt;").replace(/>/g, "&gt;") + (kept[index] ?? ""))
    .join("");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
