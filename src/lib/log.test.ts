import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { scratchDir } from "../../test/store/scratch-dir.ts";
import { createLog, type LogOptions } from "./log.ts";

interface LogLine {
  "0": string;
  "1": string;
  fields?: Record<string, unknown>;
  _meta: { logLevelName: string; date: string; name: string };
  time: string;
}

const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A log in a directory of its own, with a clock that the test sets. */
function logging(options: Partial<LogOptions> = {}) {
  const scratch = scratchDir();
  const clock = { now: start };
  const file = join(scratch.path, "logs", "moltbot.log");
  const log = createLog({ file, level: "debug", now: () => clock.now, ...options });
  return {
    log,
    clock,
    file,
    directory: join(scratch.path, "logs"),
    text: () => readFileSync(file, "utf8"),
    lines(): LogLine[] {
      log.flush();
      return readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    },
    [Symbol.dispose]() {
      log.close();
      scratch[Symbol.dispose]();
    },
  };
}

test("a line in the file has the form that clients of logs.tail read", () => {
  using house = logging();
  house.log
    .child("channels")
    .child("telegram")
    .warn("message refused", { account: "main", tries: 3, last: true });
  expect(house.lines()).toEqual([
    {
      "0": '{"subsystem":"channels/telegram"}',
      "1": "message refused account=main tries=3 last=true",
      fields: { account: "main", tries: 3, last: true },
      _meta: {
        name: '{"subsystem":"channels/telegram"}',
        logLevelName: "WARN",
        date: "2026-01-02T03:04:05.000Z",
      },
      time: "2026-01-02T03:04:05.000Z",
    },
  ]);
});

test("a line is in the file by the next loop turn, and the file is its owner's alone", async () => {
  using house = logging();
  house.log.info("one");
  await new Promise((resolve) => setImmediate(resolve));
  expect(house.text()).toContain('"1":"one"');
  expect(statSync(house.file).mode & 0o777).toBe(0o600);
});

test("lines below the level are left out, and the terminal has a level of its own", () => {
  const printed: string[] = [];
  using house = logging({
    level: "info",
    stdout: "pretty",
    stdoutLevel: "error",
    print: (text) => printed.push(text),
  });
  house.log.debug("no");
  house.log.info("file only");
  house.log.error("both", { why: "two words" });
  expect(house.lines().map((line) => line["1"])).toEqual(["file only", 'both why="two words"']);
  expect(printed).toHaveLength(1);
  expect(printed[0]).toMatch(/^\d\d:\d\d:\d\d error both why="two words"\n$/);
});

test("the terminal gets colour only when asked, and JSON when asked", () => {
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  const now = () => start;
  createLog({ level: "info", stdout: "pretty", color: true, print, now }).info("hello");
  createLog({ level: "info", stdout: "json", print, now }).child("a").info("hello");
  expect(printed[0]).toContain("\u001b[36minfo ");
  expect(JSON.parse(printed[1] ?? "")).toMatchObject({ "0": '{"subsystem":"a"}', "1": "hello" });
});

test("secrets are left out by their key, by their value and by their form", () => {
  using house = logging();
  house.log.secrets.add("hunter2-hunter2");
  house.log.secrets.add("hunter2");
  house.log.secrets.add("p@ss word");
  house.log.info("connecting with hunter2-hunter2 to wss://u:pw@host/?token=abc&x=1", {
    botToken: "plain",
    nested: { list: [{ apiKey: "plain" }], note: "hunter2" },
    url: "https://x/?q=p%40ss%20word",
    header: "Bearer abcdefghijkl",
    bot: "123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr",
    tokens: 12,
    maxTokens: 4096,
    sessionKey: "agent:main:main",
  });
  const [line] = house.lines();
  expect(line?.fields).toEqual({
    botToken: "[redacted]",
    nested: '{"list":[{"apiKey":"[redacted]"}],"note":"[redacted]"}',
    url: "https://x/?q=[redacted]",
    header: "Bearer [redacted]",
    bot: "[redacted]",
    tokens: 12,
    maxTokens: 4096,
    sessionKey: "agent:main:main",
  });
  expect(line?.["1"]).toStartWith(
    "connecting with [redacted] to wss://[redacted]@host/?token=[redacted]&x=1 botToken=[redacted]",
  );
});

test("nothing that a stranger sends can pose as another line or move the cursor", () => {
  const printed: string[] = [];
  using house = logging({ stdout: "pretty", print: (text) => printed.push(text) });
  house.log
    .child("gate\nway")
    .warn("refused\r\nFAKE", { agent: "\u001b[31m\nFAKE\u2028\u202e\u009b", "k\ney": 1 });
  const everything =
    house
      .lines()
      .map((line) => line["1"])
      .join("") + printed.join("").slice(0, -1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(everything).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(everything).toContain("\\u001b[31m\\u000aFAKE");
});

test("a field is cut to 256 characters, and no half of a secret is left at the cut", () => {
  using house = logging();
  house.log.secrets.add("topsecretvalue");
  house.log.info("long", { a: "x".repeat(10_000), b: `${"y".repeat(250)}topsecretvalue` });
  const fields = house.lines().map((line) => line.fields);
  const { a, b } = fields[0] as { a: string; b: string };
  expect([a.length, a.at(-1), b.length]).toEqual([256, "…", 256]);
  expect(b).not.toContain("topsec");
});

test("an error is written with its cause and its stack; what cannot be read does no harm", () => {
  using house = logging();
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  house.log.error("failed", {
    error: new TypeError("outer", { cause: new Error("inner") }),
    cycle,
    big: 10n,
    none: undefined,
    nothing: null,
    infinite: Number.POSITIVE_INFINITY,
  });
  const [line] = house.lines();
  expect(line?.fields).toMatchObject({
    error: "TypeError: outer < inner",
    cycle: "[unreadable]",
    big: "10",
    nothing: "null",
    infinite: "null",
  });
  expect(line?.fields?.stack).toContain("log.test.ts");
  expect(line?.["1"]).not.toContain("log.test.ts");
});

test("equal lines are folded after the fifth in a minute, and the count is told", () => {
  using house = logging();
  for (let attempt = 1; attempt <= 1000; attempt++)
    house.log.error("send failed", { attempt, reason: "no route" });
  house.log.info("something else");
  expect(house.lines().map((line) => line["1"])).toEqual([
    ...[1, 2, 3, 4, 5].map((attempt) => `send failed attempt=${attempt} reason="no route"`),
    "something else",
  ]);
  house.clock.now += 60_000;
  house.log.info("a minute later");
  expect(house.lines().slice(6)).toMatchObject([
    { "1": 'send failed attempt=1000 reason="no route" repeated=995', _meta: { logLevelName: "ERROR" } },
    { "1": "a minute later" },
  ]);
});

test("failures that differ in their fields are folded later, other lines never", () => {
  using house = logging();
  for (const letter of Array.from({ length: 80 }, (_, index) => String.fromCodePoint(0x4e00 + index))) {
    house.log.warn("peer refused", { letter });
    house.log.info("run ended", { letter });
  }
  const messages = house.lines().map((line) => line["1"]);
  expect(messages.filter((message) => message.startsWith("peer refused"))).toHaveLength(50);
  expect(messages.filter((message) => message.startsWith("run ended"))).toHaveLength(80);
});

test("counts are told when the log closes, and nothing is written after", () => {
  using house = logging();
  for (let count = 0; count < 7; count++) house.log.info("again");
  house.log.close();
  house.log.info("too late");
  expect(
    house
      .lines()
      .map((line) => line["1"])
      .slice(5),
  ).toEqual(["again repeated=2"]);
});

test("1,000 failures a second for 10 minutes leave less than 2 MB and the right count", () => {
  using house = logging();
  for (let second = 0; second < 600; second++) {
    for (let count = 0; count < 1000; count++) {
      house.log.error("channel failed", { run: crypto.randomUUID(), attempt: count });
    }
    house.clock.now += 1000;
  }
  house.log.close();
  const told = house.lines().reduce((sum, { fields }) => sum + Number(fields?.repeated ?? 1), 0);
  expect(statSync(house.file).size).toBeLessThan(2 * 1024 * 1024);
  expect(told).toBe(600_000);
});

test("the file is rotated by size, and so many are kept", () => {
  using house = logging({ maxBytes: 2000, files: 3 });
  for (let count = 0; count < 100; count++) {
    house.log.info(`line ${String.fromCodePoint(0x4e00 + count)}`);
    house.log.flush();
  }
  expect(readdirSync(house.directory).toSorted()).toEqual(["moltbot.log", "moltbot.log.1", "moltbot.log.2"]);
  for (const name of readdirSync(house.directory)) {
    expect(statSync(join(house.directory, name)).size).toBeLessThanOrEqual(2000);
  }
  expect(house.text()).toContain(`line ${String.fromCodePoint(0x4e00 + 99)}`);
});

test("a log that somebody removed is begun again", () => {
  using house = logging();
  house.log.info("before");
  house.log.flush();
  rmSync(house.directory, { recursive: true });
  house.log.info("after");
  expect(house.lines().map((line) => line["1"])).toEqual(["after"]);
});

test("a full disk throws nothing, and afterwards the log says how much it lost", () => {
  let full = false;
  using house = logging({
    write: (file, bytes) => {
      if (full) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      return writeSync(file, bytes);
    },
  });
  house.log.info("before");
  house.log.flush();
  full = true;
  for (const word of ["a", "b", "c"]) {
    house.log.info(`during ${word}`);
    house.log.flush();
  }
  full = false;
  house.log.info("after");
  expect(house.lines().map((line) => line["1"])).toEqual([
    "before",
    "lines could not be written lost=3",
    "after",
  ]);
});
