import { describe, expect, test } from "bun:test";
import type { Block, Document, Inline } from "#src/channels/document.ts";
import { parseMarkdown } from "./markdown.ts";
import { splitDocument } from "./split.ts";

/** Markup as a platform that has some: it counts towards the length. */
function render(blocks: readonly Block[]): string {
  return blocks
    .map((block): string => {
      switch (block.is) {
        case "paragraph":
          return inline(block.children);
        case "heading":
          return `<b>${inline(block.children)}</b>`;
        case "code":
          return `<pre lang=${block.language}>${block.text}</pre>`;
        case "quote":
          return `<q>${render(block.blocks)}</q>`;
        case "list":
          return block.items
            .map((item, index) => `${block.ordered ? `${block.start + index}.` : "-"} ${render(item.blocks)}`)
            .join("\n");
        case "table":
          return [block.header, ...block.rows].map((row) => row.map(inline).join("|")).join("\n");
        default:
          return "---";
      }
    })
    .join("\n\n");
}

function inline(inlines: readonly Inline[]): string {
  return inlines
    .map((each): string => {
      switch (each.is) {
        case "text":
          return each.text;
        case "code":
          return `<c>${each.text}</c>`;
        case "break":
          return "\n";
        case "link":
          return `<a ${each.href}>${inline(each.children)}</a>`;
        default:
          return `<${each.is}>${inline(each.children)}</>`;
      }
    })
    .join("");
}

/** What people read, without blanks; the headers of tables apart, which parts repeat. */
function textOf(blocks: readonly Block[]): string {
  const ofInlines = (inlines: readonly Inline[]): string =>
    inlines
      .map((each) => (each.is === "break" ? "" : "text" in each ? each.text : ofInlines(each.children)))
      .join("");
  return blocks
    .map((block): string => {
      if (block.is === "code") return block.text;
      if (block.is === "quote") return textOf(block.blocks);
      if (block.is === "list") return block.items.map((item) => textOf(item.blocks)).join("");
      if (block.is === "table") return block.rows.flat().map(ofInlines).join("");
      return block.is === "rule" ? "" : ofInlines(block.children);
    })
    .join("")
    .replace(/\s+/g, "");
}

const units = {
  utf16: ({ blocks }: Document) => render(blocks).length,
  bytes: ({ blocks }: Document) => Buffer.byteLength(render(blocks)),
  codepoints: ({ blocks }: Document) => [...render(blocks)].length,
};

function randomFrom(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return { next, of: <T>(options: readonly T[]): T => options[next(options.length)] as T };
}

/** A text such as an agent or a prankster might write. */
function randomMarkdown(seed: number): string {
  const { next, of } = randomFrom(seed);
  const word = () =>
    of([
      "a",
      "word",
      "Straße",
      "日本語のテキスト",
      "👩‍👩‍👧‍👦",
      "x".repeat(next(90)),
      "**",
      "_",
      "`",
      "<b>",
      "&amp;",
      "||",
    ]);
  const words = (most: number) => Array.from({ length: 1 + next(most) }, word).join(" ");
  const piece = (): string => {
    const said = words(25);
    return of([
      said,
      `**${words(12)}**`,
      `_${words(9)} **${words(5)}**_`,
      `[${words(5)}](https://example.org/${"p".repeat(next(60))})`,
      `\`${"c".repeat(next(80))}\``,
      `~~${words(3)}~~`,
      `||${words(3)}||`,
    ]);
  };
  const block = (): string =>
    of([
      () => `${piece()} ${piece()}\n${piece()}`,
      () => `# ${words(20)}`,
      () =>
        `\`\`\`${of(["", "ts", "python"])}\n${Array.from({ length: next(30) }, () => words(8)).join("\n")}\n\`\`\``,
      () => Array.from({ length: 1 + next(8) }, (_, at) => `${at + 5}. ${piece()}`).join("\n"),
      () => Array.from({ length: 1 + next(8) }, () => `${"  ".repeat(next(3))}- [ ] ${piece()}`).join("\n"),
      () => `> ${piece()}\n> > ${piece()}`,
      () => `|a|b|\n|-|-|\n${Array.from({ length: next(9) }, () => `|${words(4)}|${words(4)}|`).join("\n")}`,
      () => "---",
    ])();
  return Array.from({ length: 1 + next(9) }, block).join("\n\n");
}

describe("a document in parts", () => {
  test("1,500 random ones: every part fits and says something, and together they say what was said", () => {
    for (let seed = 1; seed <= 1_500; seed += 1) {
      const document = parseMarkdown(randomMarkdown(seed));
      const { of, next } = randomFrom(seed);
      const measure = units[of(["utf16", "bytes", "codepoints"] as const)];
      const max = 120 + next(400);
      const parts = splitDocument(document, { measure, max });
      const tooLong = parts.filter((part) => measure(part) > max);
      expect({ seed, tooLong }).toEqual({ seed, tooLong: [] });
      const bare = parts.filter(
        ({ blocks }) => blocks.every(({ is }) => is === "rule") || render(blocks).trim() === "",
      );
      expect({ seed, bare }).toEqual({ seed, bare: [] });
      const hasTable = JSON.stringify(document).includes('"table"');
      const together = parts.map(({ blocks }) => textOf(blocks)).join("");
      if (!hasTable) expect({ seed, text: together }).toEqual({ seed, text: textOf(document.blocks) });
      for (const word of textOf(document.blocks).match(/[日本語]+/g) ?? []) expect(together).toContain(word);
    }
  });

  test("a long fence becomes fences of the same language, cut at lines, with every line in them", () => {
    const lines = Array.from({ length: 60 }, (_, index) => `${"  ".repeat(index % 4)}line ${index};`);
    const document = parseMarkdown(`Here:\n\n\`\`\`ts\n${lines.join("\n")}\n\`\`\`\n\nDone.`);
    const parts = splitDocument(document, { measure: units.utf16, max: 200 });
    const codes = parts.flatMap(({ blocks }) => blocks).filter((block) => block.is === "code");
    expect(codes.map(({ text }) => text).join("\n")).toBe(lines.join("\n"));
    expect(new Set(codes.map(({ language }) => language))).toEqual(new Set(["ts"]));
    expect(codes.length).toBeGreaterThan(3);
  });

  test("links and emphasis that fit stay whole, and words are not parted", () => {
    const link = "[the whole of it](https://example.org/page)";
    const document = parseMarkdown(
      Array.from({ length: 30 }, () => `some words ${link} **strong words here**`).join(" "),
    );
    const parts = splitDocument(document, { measure: units.utf16, max: 150 });
    const text = parts.map(({ blocks }) => render(blocks));
    expect(text.join("\n").match(/<a https:\/\/example\.org\/page>the whole of it<\/a>/g)).toHaveLength(30);
    expect(text.join("\n").match(/<strong>strong words here<\/>/g)).toHaveLength(30);
    const plain = text.join(" ").replace(/<[^>]*>/g, " ");
    expect(new Set(plain.split(/\s+/))).toEqual(
      new Set(["some", "words", "the", "whole", "of", "it", "strong", "here", ""]),
    );
  });

  test("a list goes on with its numbers, a heading stays with what follows, a table repeats its header", () => {
    const items = Array.from({ length: 20 }, (_, index) => `${index + 1}. item number ${index + 1}`);
    const numbers = splitDocument(parseMarkdown(items.join("\n")), { measure: units.utf16, max: 120 });
    expect(numbers.map(({ blocks }) => render(blocks)).join("\n")).toBe(items.join("\n"));
    const heading = splitDocument(parseMarkdown(`${"x ".repeat(50)}\n\n## Next\n\n${"y ".repeat(40)}`), {
      measure: units.utf16,
      max: 130,
    });
    expect(heading.map(({ blocks }) => blocks.map(({ is }) => is))).toEqual([
      ["paragraph"],
      ["heading", "paragraph"],
    ]);
    const table = splitDocument(parseMarkdown(`|h|i|\n|-|-|\n${"|some|cells|\n".repeat(20)}`), {
      measure: units.utf16,
      max: 60,
    });
    expect(table.every(({ blocks }) => render(blocks).startsWith("h|i\n"))).toBe(true);
  });

  test("what people see as one character is not parted", () => {
    const family = "👩‍👩‍👧‍👦";
    const parts = splitDocument(parseMarkdown(family.repeat(40)), { measure: units.utf16, max: 50 });
    for (const { blocks } of parts) expect(render(blocks).replaceAll(family, "")).toBe("");
  });

  test("a megabyte in one paragraph is split in reasonable time", () => {
    const before = process.cpuUsage();
    const parts = splitDocument(parseMarkdown("lorem ipsum dolor ".repeat(60_000)), {
      measure: units.utf16,
      max: 4_000,
    });
    expect(parts.length).toBeGreaterThan(250);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(10_000);
  });
});
