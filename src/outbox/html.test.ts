import { expect, test } from "bun:test";
import type { Block, Inline } from "#src/channels/document.ts";
import { parseHtml } from "./html.ts";

const text = (value: string): Inline => ({ is: "text", text: value });
const paragraph = (...children: Inline[]): Block => ({ is: "paragraph", children });

test("a client's HTML is the tree that its Markdown would be", () => {
  const html =
    'a &lt; <b>bold <i>both</i></b> <s>off</s> <span class="tg-spoiler">hidden</span><br>' +
    '<a href="https://example.org/?a=1&amp;b=2">link</a> <code>x &amp;&amp; y</code>';
  expect(parseHtml(html).blocks).toEqual([
    paragraph(
      text("a < "),
      { is: "strong", children: [text("bold "), { is: "emphasis", children: [text("both")] }] },
      text(" "),
      { is: "strike", children: [text("off")] },
      text(" "),
      { is: "spoiler", children: [text("hidden")] },
      { is: "break" },
      { is: "link", href: "https://example.org/?a=1&b=2", children: [text("link")] },
      text(" "),
      { is: "code", text: "x && y" },
    ),
  ]);
});

test("blocks are blocks", () => {
  const html =
    '<h2>Title</h2>one\ntwo<pre><code class="language-ts">if (a &lt; b) {}</code></pre>' +
    "<blockquote>said</blockquote><ol><li>first</li><li>second</li></ol>";
  expect(parseHtml(html).blocks).toEqual([
    { is: "heading", level: 2, children: [text("Title")] },
    paragraph(text("one"), { is: "break" }, text("two")),
    { is: "code", language: "ts", text: "if (a < b) {}" },
    { is: "quote", blocks: [paragraph(text("said"))] },
    {
      is: "list",
      ordered: true,
      start: 1,
      items: ["first", "second"].map((each) => ({ checked: null, blocks: [paragraph(text(each))] })),
    },
  ]);
});

test("what is wrong, unknown or no formatting does no harm", () => {
  expect(parseHtml("1 < 2 & <b>open <i>x</b> y</i><script>alert(1)</script>").blocks).toEqual([
    paragraph(
      text("1 < 2 & "),
      { is: "strong", children: [text("open "), { is: "emphasis", children: [text("x")] }] },
      text(" y"),
    ),
  ]);
  expect(parseHtml('<a href="javascript:x()">go</a>').blocks).toEqual([paragraph(text("go"))]);
  expect(parseHtml("<b></b>  ").blocks).toEqual([]);
  const deep = parseHtml(`${"<b>".repeat(2_000)}in`).blocks;
  expect(JSON.stringify(deep)).toContain('"in"');
});
