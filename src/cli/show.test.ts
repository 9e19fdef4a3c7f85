import { expect, test } from "bun:test";
import { languageOf } from "./language.ts";
import { showLogLine } from "./log-line.ts";
import { createReplyWriter, textOf } from "./reply.ts";
import { showBytes, showSpan } from "./span.ts";

const plain = { color: false };
const all = { level: undefined, json: false };

function line(level: string, message = "client connected client=cli"): string {
  const name = JSON.stringify({ subsystem: "gateway" });
  const time = "2026-11-21T12:00:00.000Z";
  return JSON.stringify({ "0": name, "1": message, _meta: { name, logLevelName: level, date: time }, time });
}

test("a log line for a person: time, level, subsystem, message", () => {
  expect(showLogLine(line("INFO"), all, plain)).toMatch(
    /^\d\d:00:00 info {2}gateway: client connected client=cli$/,
  );
});

test("the lines of other versions carry their fields as a further argument", () => {
  const raw = JSON.stringify({
    "0": '{"subsystem":"ws"}',
    "1": { code: 1008, reason: "slow consumer" },
    "2": "closed",
    _meta: { logLevelName: "WARN" },
    time: "2026-11-21T12:00:00.000Z",
  });
  expect(showLogLine(raw, all, plain)).toEndWith('warn  ws: closed code=1008 reason="slow consumer"');
});

test("a level leaves out what lies below it, and what is no log line is shown as it is", () => {
  const warn = { level: "warn", json: false } as const;
  expect(showLogLine(line("INFO"), warn, plain)).toBeNull();
  expect(showLogLine(line("ERROR"), warn, plain)).toContain("error gateway:");
  expect(showLogLine("panic: out of memory", warn, plain)).toBe("panic: out of memory");
  expect(showLogLine("{}", warn, plain)).toBe("{}");
});

test("as JSON the line stays as it is", () => {
  expect(showLogLine(line("INFO"), { level: undefined, json: true }, plain)).toBe(line("INFO"));
  expect(showLogLine(line("INFO"), { level: "error", json: true }, plain)).toBeNull();
});

test("a growing reply is written once; one that starts over begins on a new line", () => {
  let written = "";
  const writer = createReplyWriter((text) => {
    written += text;
  });
  for (const text of ["Hel", "Hello", "Hello wor", "Hello world"]) writer.show(text);
  writer.show("Other");
  writer.end();
  writer.show("Next\n");
  writer.end();
  expect(written).toBe("Hello world\nOther\nNext\n");
});

test("the text of a message leaves out thoughts and tools", () => {
  const content = [
    { type: "thinking" as const, thinking: "hm" },
    { type: "text" as const, text: "a" },
    { type: "toolCall" as const, id: "1", name: "x", arguments: {} },
    { type: "text" as const, text: "b" },
  ];
  expect(textOf({ content })).toBe("ab");
  expect(textOf(undefined)).toBe("");
});

test("spans and sizes in their largest units", () => {
  expect([0, 999, 59_000, 7_440_000, 7_200_000, 90_061_000].map((ms) => showSpan(ms, "en"))).toEqual([
    "0 s",
    "0 s",
    "59 s",
    "2 h 4 m",
    "2 h",
    "1 d 1 h",
  ]);
  expect(showSpan(7_440_000, "zh")).toBe("2 小时 4 分");
  expect([900, 2048, 44_040_192].map(showBytes)).toEqual(["900 B", "2 KB", "42 MB"]);
});

test("the language follows the locale by the precedence of its variables", () => {
  expect(languageOf({})).toBe("en");
  expect(languageOf({ LANG: "zh_CN.UTF-8" })).toBe("zh");
  expect(languageOf({ LANG: "zh" })).toBe("zh");
  expect(languageOf({ LANG: "zh_CN.UTF-8", LC_ALL: "C" })).toBe("en");
  expect(languageOf({ LANG: "en_US.UTF-8", LC_MESSAGES: "zh_TW.UTF-8" })).toBe("zh");
  expect(languageOf({ LANG: "zhuang" })).toBe("en");
});
