import { afterAll, beforeAll, expect, test } from "bun:test";
import { lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { runCli } from "#src/cli/run.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";

let home: Home;
let gateway: Started;

beforeAll(async () => {
  home = openHome();
  gateway = home.start(["gateway", "--port", "0"]);
  await until(() => gateway.out().includes("gateway started"), gateway);
  await say("main", "/status");
  await say("lisbon", "/echo where to?");
  await say("cjk", "/echo 你好，世界");
});
afterAll(() => home[Symbol.dispose]());

async function say(session: string, message: string): Promise<void> {
  expect(await home.run(["agent", "-m", message, "-s", session])).toMatchObject({ code: 0 });
}

/** The same command as a person at a screen of this width sees it. */
async function onScreen(argv: string[], columns: number) {
  const env = { HOME: home.path, MOLTBOT_STATE_DIR: home.stateDir, NO_COLOR: "1" };
  const terminal = Object.assign(fakeTerminal({ env, stdin: true, stdout: true }), { columns });
  const code = await runCli(commands, argv, terminal);
  return { code, lines: terminal.out().trimEnd().split("\n"), err: terminal.err() };
}

test("list shows the latest first, aligned whatever the script, and finds by key, name or title", async () => {
  const { code, out } = await home.run(["sessions", "list"]);
  expect(code).toBe(0);
  const ages = String.raw`(?:\d+ [sm] )*(?:\d+ s) ago`;
  expect(out).toMatch(
    new RegExp(
      `^agent:main:cjk     ${ages}  /echo 你好，世界\nagent:main:lisbon  ${ages}  /echo where to\\?\nagent:main:main    ${ages}  /status\n$`,
    ),
  );
  expect((await home.run(["sessions", "list", "--search", "你好"])).out).toMatch(/^agent:main:cjk .*\n$/);
  expect((await home.run(["sessions", "list", "--search", "nothing"])).out).toBe(
    'no session has "nothing" in its key, name or title\n',
  );
  expect((await home.run(["sessions", "list", "--limit", "1"])).out).toContain(
    "… 2 more; all of them: --limit 3",
  );
  const { sessions } = JSON.parse((await home.run(["sessions", "list", "--json"])).out);
  expect(sessions).toHaveLength(3);
  expect((await home.run(["sessions", "list", "--limit", "0"])).code).toBe(2);
});

test("no line is wider than the screen", async () => {
  for (const columns of [80, 60, 40, 25]) {
    const { lines } = await onScreen(["sessions", "list"], columns);
    for (const line of lines) expect([line, Bun.stringWidth(line) <= columns]).toEqual([line, true]);
    expect(lines).toHaveLength(columns < 60 ? 6 : 3);
  }
});

test("show prints who said what, by key, by the end of the key or by name", async () => {
  for (const name of ["lisbon", "LISBON", "agent:main:lisbon"]) {
    const { code, out } = await home.run(["sessions", "show", name]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^"\/echo where to\?" \(agent:main:lisbon\) · .* ago · 2 messages\n\nyou · \d{4}-\d\d-\d\d \d\d:\d\d\n\/echo where to\?\n\nhelper, not an AI · .*\nwhere to\?\n$/,
    );
  }
  expect((await home.run(["sessions", "show", "lisbon", "-n", "1"])).out).toContain("… 1 earlier");
  const history = JSON.parse((await home.run(["sessions", "show", "lisbon", "--json"])).out);
  expect(history).toMatchObject({ totalMessages: 2, messages: [{ role: "user" }, { role: "assistant" }] });
  expect(await home.run(["sessions", "show", "lisbn"])).toEqual({
    code: 1,
    out: "",
    err: 'error: there is no session "lisbn"\n  did you mean lisbon?\n',
  });
  const chinese = await home.run(["sessions", "show", "cjk"], { env: { LANG: "zh_CN.UTF-8" } });
  expect(chinese.out).toContain("2 条消息");
  expect(chinese.out).toContain("内置助手，不是 AI · ");
});

test("what a stranger wrote cannot command the terminal, and is exported as it was", async () => {
  await say("evil", "/echo \u001b]0;owned\u0007\u001b[2Jred");
  expect((await home.run(["sessions", "show", "evil"])).out).not.toMatch(/(?!\n)\p{Cc}/u);
  expect((await home.run(["sessions", "list"])).out).not.toMatch(/(?!\n)\p{Cc}/u);
  expect((await home.run(["sessions", "export", "evil"])).out).toContain("\\u001b[2Jred");
  expect((await home.run(["sessions", "delete", "evil", "--yes"])).code).toBe(0);
});

test("rename gives a name by which it is found, and takes it away; no session comes to be by it", async () => {
  expect(await home.run(["sessions", "rename", "lisbon", "The trip"])).toMatchObject({
    code: 0,
    out: 'agent:main:lisbon is now called "The trip"\n',
  });
  expect((await home.run(["sessions", "show", "The trip"])).out).toStartWith(
    '"The trip" (agent:main:lisbon)',
  );
  expect((await home.run(["sessions", "rename", "cjk", "The trip"])).code).toBe(1);
  expect((await home.run(["sessions", "rename", "The trip", ""])).out).toContain("has no name any more");
  expect((await home.run(["sessions", "rename", "The trip", "x"])).code).toBe(1);
  expect((await home.run(["sessions", "rename", "lisbon", "x".repeat(65)])).code).toBe(2);
  expect(JSON.parse((await home.run(["sessions", "list", "--json"])).out).totalCount).toBe(3);
});

test("export writes lines or Markdown, to a file of its owner's alone, and replaces none unasked", async () => {
  const { out } = await home.run(["sessions", "export", "lisbon"]);
  const messages = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(messages.map(({ role, content }) => [role, content[0].text])).toEqual([
    ["user", "/echo where to?"],
    ["assistant", "where to?"],
  ]);
  const file = join(home.path, "lisbon.md");
  expect(await home.run(["sessions", "export", "lisbon", "--output", file])).toEqual({
    code: 0,
    out: "",
    err: `2 messages written to ${file}\n`,
  });
  const document = readFileSync(file, "utf8");
  expect(document).toStartWith("# /echo where to?\n\n`agent:main:lisbon`\n\n## you · ");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await home.run(["sessions", "export", "cjk", "--output", file])).toMatchObject({
    code: 1,
    err: expect.stringContaining("--force"),
  });
  expect(readFileSync(file, "utf8")).toBe(document);
  const again = await home.run(["sessions", "export", "cjk", "-o", file, "--force", "--format", "jsonl"]);
  expect(again.code).toBe(0);
  expect(JSON.parse(readFileSync(file, "utf8").split("\n")[0] ?? "").content[0].text).toBe(
    "/echo 你好，世界",
  );
});

test("an export goes where a file can be, and never in the place of something else", async () => {
  const refused = async (output: string) => {
    const { code, out, err } = await home.run(["sessions", "export", "lisbon", "--force", "-o", output]);
    return { code, out, err };
  };
  const missing = join(home.path, "nowhere");
  expect(await refused(join(missing, "lisbon.md"))).toEqual({
    code: 1,
    out: "",
    err: `error: there is no folder ${missing}\n  make it first, or name another place\n`,
  });
  expect(await refused(home.path)).toMatchObject({ code: 1, err: expect.stringContaining("is no file") });
  // As root, a file would take the place of a device for the whole computer.
  const pipe = join(home.path, "pipe");
  expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
  expect(await refused(pipe)).toMatchObject({ code: 1, err: expect.stringContaining("is no file") });
  expect(statSync(pipe).isFIFO()).toBe(true);

  const kept = join(home.path, "kept.jsonl");
  writeFileSync(kept, "");
  const link = join(home.path, "link.jsonl");
  symlinkSync(kept, link);
  expect((await refused(link)).code).toBe(0);
  expect(readFileSync(kept, "utf8")).toContain("where to?");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test("an export of more than one page is whole and in order", async () => {
  const token = readFileSync(join(home.stateDir, "local.key"), "utf8").trim();
  const { connectGateway } = await import("#src/client/client.ts");
  const { url } = JSON.parse(readFileSync(join(home.stateDir, "gateway.json"), "utf8")) as { url: string };
  await using client = await connectGateway({
    url: url.replace("http", "ws"),
    client: { id: "test", version: "1", platform: "linux", mode: "test" },
    scopes: ["operator.read", "operator.write", "operator.admin"],
    auth: { token },
  });
  await client.call("sessions.patch", { key: "long" });
  for (let i = 0; i < 2100; i += 1)
    await client.call("chat.inject", { sessionKey: "long", message: `n${i}` });
  const { out } = await home.run(["sessions", "export", "long"]);
  const texts = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).content[0].text);
  expect(texts).toEqual(Array.from({ length: 2100 }, (_, i) => `n${i}`));
  expect((await home.run(["sessions", "delete", "long", "-y"])).code).toBe(0);
});

test("reset and delete ask, and do nothing without a yes", async () => {
  for (const verb of ["reset", "delete"]) {
    const { code, err } = await home.run(["sessions", verb, "lisbon"]);
    expect(code).toBe(2);
    expect(err).toContain('"/echo where to?" (agent:main:lisbon)');
    expect(err).toContain("--yes");
  }
  expect((await home.run(["sessions", "show", "lisbon"])).out).toContain("2 messages");
  expect((await home.run(["sessions", "reset", "lisbon", "--yes"])).out).toBe(
    "agent:main:lisbon starts afresh\n",
  );
  expect((await home.run(["sessions", "show", "lisbon"])).out).toContain("nothing has been said here");
  expect((await home.run(["sessions", "delete", "lisbon", "--yes"])).out).toBe(
    "agent:main:lisbon is deleted\n",
  );
  expect((await home.run(["sessions", "show", "lisbon"])).code).toBe(1);
  expect(await home.run(["sessions", "delete", "main", "--yes"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("main session"),
  });
});
