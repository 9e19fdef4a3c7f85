import { expect, test } from "bun:test";
import { cut, fold, pad, pairs, plain, wrap } from "./layout.ts";

test("widths are those of the terminal: a Chinese character takes two places", () => {
  expect(cut("你好世界", 8)).toBe("你好世界");
  expect(cut("你好世界", 7)).toBe("你好世…");
  expect(cut("hello", 4)).toBe("hel…");
  expect(pad("你好", 6)).toBe("你好  ");
  expect(pad("longer", 3)).toBe("longer");
});

test("what others wrote commands no terminal", () => {
  expect(plain("a\u001b[2Jb\u0007c\rd\n\te\u009b31mf\u202eg")).toBe("a[2Jbcd\n\te31mfg");
  expect(plain("👩‍👩‍👧 你好 é")).toBe("👩‍👩‍👧 你好 é");
});

test("lines break between words and between Chinese characters, never before their punctuation", () => {
  expect(wrap("the quick brown fox", 10)).toEqual(["the quick", "brown fox"]);
  expect(wrap("查找或检查配置文件。", 10)).toEqual(["查找或检查", "配置文件。"]);
  expect(wrap("查找或检查，配置", 10)).toEqual(["查找或检", "查，配置"]);
  expect(wrap("用 moltbot open 打开", 8)).toEqual(["用", "moltbot", "open 打", "开"]);
  expect(wrap("see http://127.0.0.1:18789/ now", 10)).toEqual(["see", "http://127.0.0.1:18789/", "now"]);
  expect(wrap("", 10)).toEqual([""]);
});

test("names stand beside what is said of them, or above it where the terminal is narrow", () => {
  const rows = [
    ["--json", "print JSON, and nothing else at all"],
    ["--长", "说明"],
  ] as const;
  expect(pairs(rows, null)).toEqual(["  --json  print JSON, and nothing else at all", "  --长    说明"]);
  expect(pairs(rows, 34)).toEqual([
    "  --json  print JSON, and nothing",
    "          else at all",
    "  --长    说明",
  ]);
  expect(pairs(rows, 30)).toEqual([
    "  --json",
    "      print JSON, and nothing",
    "      else at all",
    "  --长",
    "      说明",
  ]);
});

test("what does not fit goes on below, further in, and stays in one line where nobody looks", () => {
  const text = "connected as somebody · last proof 2 s ago";
  expect(fold(text, 30, "      ", "name  ")).toEqual([
    "name  connected as somebody ·",
    "      last proof 2 s ago",
  ]);
  expect(fold(text, null, "      ", "name  ")).toEqual([`name  ${text}`]);
  // Too narrow for its indent: the words stay whole, and the terminal breaks the lines.
  expect(fold(text, 5, "  ")).toEqual(["  connected as somebody", "  · last proof 2 s ago"]);
});
