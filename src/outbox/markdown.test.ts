import { describe, expect, test } from "bun:test";
import type { Inline } from "#src/channels/document.ts";
import { parseMarkdown } from "./markdown.ts";

const text = (value: string): Inline => ({ is: "text", text: value });
const paragraph = (...children: Inline[]) => ({ is: "paragraph" as const, children });

describe("markdown as a tree", () => {
  test("knows what agents write: emphasis, code, links, spoilers, and line ends that stay", () => {
    expect(
      parseMarkdown("a **b *c*** `d<e` ~~f~~ [g](https://x.y/?a=1&amp;b=2) ||h|| \\*i\\* AT&amp;T\nj").blocks,
    ).toEqual([
      paragraph(
        text("a "),
        { is: "strong", children: [text("b "), { is: "emphasis", children: [text("c")] }] },
        text(" "),
        { is: "code", text: "d<e" },
        text(" "),
        { is: "strike", children: [text("f")] },
        text(" "),
        { is: "link", href: "https://x.y/?a=1&b=2", children: [text("g")] },
        text(" "),
        { is: "spoiler", children: [text("h")] },
        text(" *i* AT&T"),
        { is: "break" },
        text("j"),
      ),
    ]);
  });

  test("knows blocks: headings, fences with a language, nested lists with boxes, quotes, tables, rules", () => {
    const { blocks } = parseMarkdown(
      [
        "## Title",
        "```ts title=x",
        "a < b",
        "```",
        "3. one",
        "   - [x] in",
        "   - [ ] out",
        "4. two",
        "",
        "> quoted",
        "> > deeper",
        "",
        "| a | b |",
        "|---|---|",
        "| **1** | 2 |",
        "",
        "---",
      ].join("\n"),
    );
    expect(blocks).toEqual([
      { is: "heading", level: 2, children: [text("Title")] },
      { is: "code", language: "ts", text: "a < b" },
      {
        is: "list",
        ordered: true,
        start: 3,
        items: [
          {
            checked: null,
            blocks: [
              paragraph(text("one")),
              {
                is: "list",
                ordered: false,
                start: 1,
                items: [
                  { checked: true, blocks: [paragraph(text("in"))] },
                  { checked: false, blocks: [paragraph(text("out"))] },
                ],
              },
            ],
          },
          { checked: null, blocks: [paragraph(text("two"))] },
        ],
      },
      {
        is: "quote",
        blocks: [paragraph(text("quoted")), { is: "quote", blocks: [paragraph(text("deeper"))] }],
      },
      {
        is: "table",
        header: [[text("a")], [text("b")]],
        rows: [[[{ is: "strong", children: [text("1")] }], [text("2")]]],
      },
      { is: "rule" },
    ]);
  });

  test("HTML is shown as it was typed, and a link into a script is text", () => {
    expect(parseMarkdown("<b>x</b> [y](javascript:alert(1)) ![z](file:///etc/passwd)").blocks).toEqual([
      paragraph(text("<b>x</b> [y](javascript:alert(1)) ![z](file:///etc/passwd)")),
    ]);
    expect(parseMarkdown("<div>\nhi\n</div>").blocks).toEqual([
      paragraph(text("<div>"), { is: "break" }, text("hi"), { is: "break" }, text("</div>")),
    ]);
  });

  test("what is made to be slow or deep is read in bounded time, and its text is there", () => {
    const hostile = [
      `${">".repeat(5_000)}end`,
      `${Array.from({ length: 400 }, (_, depth) => `${"  ".repeat(depth)}- item`).join("\n")}end`,
      `${"*a ".repeat(20_000)}end`,
      `${"[".repeat(20_000)}end`,
      `${"[a](".repeat(5_000)}end`,
      `${"a\n".repeat(50_000)}end`,
      `${"`a".repeat(20_000)}end`,
      `${"<".repeat(20_000)}end`,
      `${"||a".repeat(10_000)}end`,
      `\`\`\`js\n${"a\n".repeat(50_000)}end`,
      `${"*".repeat(5_000)}end${"*".repeat(5_000)}`,
      `|a|b|\n|-|-|\n${"|x|y|\n".repeat(5_000)}\nend`,
    ];
    const before = process.cpuUsage();
    for (const each of hostile) expect(JSON.stringify(parseMarkdown(each))).toContain("end");
    const { user } = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(10_000);
  });

  test("control characters and halves of characters are gone, and nothing at all is an empty document", () => {
    expect(parseMarkdown("a\u0000b\u001bc\ud800d\te").blocks).toEqual([paragraph(text("abcd\te"))]);
    expect(parseMarkdown(" \n\n ").blocks).toEqual([]);
  });
});
