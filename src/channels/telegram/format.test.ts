import { expect, test } from "bun:test";
import { plainDocument } from "../document.ts";
import { measure, render } from "./format.ts";

const text = (value: string) => ({ is: "text", text: value }) as const;

test("what could be markup in a text is text", () => {
  expect(render(plainDocument("<b>&amp;</b>")).html).toBe("&lt;b&gt;&amp;amp;&lt;/b&gt;");
});

test("formatting nests the same way everywhere, and monospace stands alone", () => {
  const children = [
    { is: "strong", children: [text("a"), { is: "code", text: "<x>" }, text("b")] },
    { is: "link", href: "https://example.org/?a=1&b=2", children: [text("here")] },
  ] as const;
  const { html, plain } = render({ blocks: [{ is: "paragraph", children }] });
  expect(html).toBe(
    '<b>a</b><code>&lt;x&gt;</code><b>b</b><a href="https://example.org/?a=1&amp;b=2">here</a>',
  );
  expect(plain).toBe("a<x>bhere (https://example.org/?a=1&b=2)");
});

test("quotes become one level, code blocks keep their language", () => {
  const inner = { is: "quote", blocks: [{ is: "paragraph", children: [text("in")] }] } as const;
  const outer = { is: "quote", blocks: [{ is: "paragraph", children: [text("out")] }, inner] } as const;
  const code = { is: "code", language: 'js" onload="x', text: "a < b" } as const;
  expect(render({ blocks: [outer, code] }).html).toBe(
    '<blockquote>out\n\nin</blockquote>\n\n<pre><code class="language-jsonloadx">a &lt; b</code></pre>',
  );
});

test("an address that Telegram would not open leaves only its text", () => {
  const link = { is: "link", href: "javascript:alert(1)", children: [text("click")] } as const;
  expect(render({ blocks: [{ is: "paragraph", children: [link] }] }).html).toBe("click");
});

test("the length is counted after the formatting is read, in UTF-16 units", () => {
  expect(measure(plainDocument("&&<😀>"))).toBe(6);
  expect(measure({ blocks: [{ is: "heading", level: 1, children: [text("Title")] }] })).toBe(5);
});
