import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { channelsAdd, channelsLogin } from "#src/cli/commands/channels-add.ts";
import { commands } from "#src/cli/commands.ts";
import { qrLines } from "#src/cli/qr.ts";
import { runCli } from "#src/cli/run.ts";
import { type FakePlatform, fakePlatform } from "../fakes/fake-channel.ts";
import { startHouse } from "../wire/start-house.ts";
import { type FakeTerminal, fakeTerminal } from "./fake-terminal.ts";
import { openHome } from "./run-moltbot.ts";

const token = "tok-right-1";

/** A gateway of this home, with a scripted platform. */
async function world(platform: FakePlatform, config: Record<string, unknown> = {}) {
  const home = openHome();
  await mkdir(home.stateDir, { recursive: true, mode: 0o700 });
  const house = await startHouse({ stateDir: home.stateDir, channels: [platform.listed], config });
  const path = join(home.stateDir, "moltbot.json");
  return {
    home,
    house,
    config: () => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}),
    async [Symbol.asyncDispose]() {
      await house.stop();
      home[Symbol.dispose]();
    },
  };
}

describe("moltbot channels, by a script", () => {
  test("add takes a token from a pipe; list, status and remove follow", async () => {
    const platform = fakePlatform();
    await using here = await world(platform);
    expect(await here.home.run(["channels"])).toEqual({
      code: 0,
      out: "no channel is set up\nadd one: moltbot channels add fake\n",
      err: "",
    });
    const added = await here.home.run(["channels", "add", "fake", "--token", "-"], { input: `${token}\n` });
    expect(added).toEqual({
      code: 0,
      out: "✓ Fake default is set up, as right_bot · works without restart\n  its token is in a file that only you can read\n",
      err: "",
    });
    await platform.line(token);
    expect((await here.home.run(["channels", "list"])).out).toBe("Fake default  connected as right_bot\n");
    const status = await here.home.run(["channels", "status", "--probe"]);
    expect(status.code).toBe(0);
    expect(status.out).toMatch(
      /^Fake default {2}connected as right_bot · last proof \d+ s ago · direct messages: pairing\n {2}the platform answers as right_bot \(1 ms\)\n$/,
    );
    const json = JSON.parse((await here.home.run(["channels", "status", "--json"])).out);
    expect(json.channelAccounts.fake).toMatchObject([{ accountId: "default", connected: true }]);
    const unasked = await here.home.run(["channels", "remove", "fake"]);
    expect(unasked).toMatchObject({ code: 2, out: "" });
    expect(platform.lines.size).toBe(1);
    const removed = await here.home.run(["channels", "remove", "fake", "--yes"]);
    expect(removed).toMatchObject({ code: 0, out: "✓ fake default is removed\n" });
    expect(here.config()).toEqual({ channels: {} });
    expect(platform.lines.size).toBe(0);
  });

  test("what the platform refuses is the sentence, exit 1, and nothing is written", async () => {
    await using here = await world(fakePlatform());
    const { code, out, err } = await here.home.run(["channels", "add", "fake", "--token", "tok-wrong"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toStartWith("error: Fake does not take it: the token is not known");
    expect(here.config()).toEqual({});
    const added = await here.home.run(["channels", "add", "fake", "--token", "tok-wrong", "--no-test"]);
    expect(added.code).toBe(0);
    const status = await here.home.run(["channels", "status"]);
    expect(status.code).toBe(1);
    expect(status.out).toContain("Fake default  blocked");
    expect(status.out).toContain("\n  the token is not known; make another\n");
    for (const LANG of ["C.UTF-8", "zh_CN.UTF-8"]) {
      const gateway = {
        MOLTBOT_STATE_DIR: here.home.stateDir,
        MOLTBOT_GATEWAY_PORT: String(here.house.port),
      };
      const env = { HOME: here.home.path, LANG, NO_COLOR: "1", ...gateway };
      const narrow = Object.assign(fakeTerminal({ env, stdin: true, stdout: true }), { columns: 48 });
      expect([await runCli(commands, ["channels", "status", "--probe"], narrow), narrow.err()]).toEqual([
        1,
        "",
      ]);
      const lines = narrow.out().trimEnd().split("\n");
      expect(lines.length).toBeGreaterThanOrEqual(3);
      expect(lines.filter((line) => Bun.stringWidth(line) > 48)).toEqual([]);
    }
  });

  test("logout forgets the login and keeps the account; a second one has a name", async () => {
    const platform = fakePlatform();
    await using here = await world(platform, { channels: { fake: { token } } });
    const args = ["channels", "add", "fake", "--account", "work", "--token", "tok-right-2"];
    const settings = ["--settings", '{"dmPolicy":"disabled"}', "--json"];
    expect(JSON.parse((await here.home.run([...args, ...settings])).out)).toMatchObject({
      accountId: "work",
    });
    expect(here.config().channels.fake.accounts).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own references look like this
      work: { dmPolicy: "disabled", token: "${secret:fake.work.token}" },
    });
    const out = await here.home.run(["channels", "logout", "fake", "--account", "work", "--yes"]);
    expect(out).toMatchObject({ code: 0, out: "✓ fake work is logged out\n" });
    const list = await here.home.run(["channels", "list"], { env: { LANG: "zh_CN.UTF-8" } });
    expect(list.out).toContain("Fake work     需要登录");
  });

  test("what is missing is named with the flag that gives it", async () => {
    await using here = await world(fakePlatform());
    for (const [args, says] of [
      [["add"], "one of fake"],
      [["add", "fake"], "--token -"],
      [["add", "nope", "--token", "x"], "there is no channel nope"],
      [["add", "fake", "--settings", "[]"], "no JSON object"],
      [["login", "fake"], "--token"],
    ] as const) {
      const { code, err } = await here.home.run(["channels", ...args]);
      expect([args, code]).toEqual([args, 2]);
      expect(err).toContain(says);
    }
  });
});

describe("moltbot channels, by a person", () => {
  function sit(here: { home: { stateDir: string; path: string } }): FakeTerminal {
    const env = { MOLTBOT_STATE_DIR: here.home.stateDir, HOME: here.home.path, NO_COLOR: "1" };
    return fakeTerminal({ env, stdin: true, stdout: true });
  }

  async function shows(terminal: FakeTerminal, text: string): Promise<void> {
    const giveUp = performance.now() + 5_000;
    while (!terminal.out().includes(text)) {
      if (performance.now() > giveUp)
        throw new Error(`never showed "${text}": ${terminal.out()}${terminal.err()}`);
      await Bun.sleep(5);
    }
  }

  const nothing = { json: false, test: true };

  test("add: a wrong token, why, the right one; neither is shown, and the account works", async () => {
    const platform = fakePlatform();
    await using here = await world(platform);
    const terminal = sit(here);
    const done = channelsAdd.run({ ...nothing }, terminal);
    await shows(terminal, "Token: ");
    expect(terminal.out()).toContain("from the fake father");
    terminal.input.write("tok-wrong\n");
    await shows(terminal, "Token: \nToken: ");
    // What it is good to know is said once.
    expect(terminal.out().split("from the fake father").length).toBe(2);
    expect(terminal.err()).toContain("that is no token of this platform");
    terminal.input.write(`${token}\n`);
    expect(await done).toBe(0);
    expect(terminal.out()).toContain("✓ Fake default is set up, as right_bot · works without restart");
    expect(terminal.out()).toContain("press Start");
    expect(terminal.out()).not.toContain("tok-");
    await platform.line(token);
    expect(here.config().channels.fake.allowFrom).toEqual(["42"]);

    const again = sit(here);
    const second = channelsAdd.run({ ...nothing, channel: "fake" }, again);
    await shows(again, "A short name for another one");
    again.input.write("work\n");
    await shows(again, "Token: ");
    again.input.write("tok-right-2\n");
    expect(await second).toBe(0);
    expect(Object.keys(here.config().channels.fake.accounts)).toEqual(["work"]);
    terminal.input.destroy();
    again.input.destroy();
  });

  test("login shows the QR code, and waits for the phone", async () => {
    const platform = fakePlatform({ byToken: false });
    await using here = await world(platform, { channels: { fake: {} } });
    const terminal = sit(here);
    const done = channelsLogin.run({ channel: "fake" }, terminal);
    await shows(terminal, "scan it · good for ");
    for (const line of qrLines("fake:1", false)) expect(terminal.out()).toContain(`${line}\n`);
    platform.scan();
    expect(await done).toBe(0);
    expect(terminal.out()).toContain("the phone is being linked\n");
    expect(terminal.out()).toContain("✓ Fake default is set up, as +1555");
    terminal.input.destroy();
  });

  test("who leaves while the phone is waited for has changed nothing", async () => {
    const platform = fakePlatform({ byToken: false });
    await using here = await world(platform, { channels: { fake: {} } });
    const terminal = sit(here);
    const done = channelsLogin.run({ channel: "fake" }, terminal);
    await shows(terminal, "scan it");
    terminal.input.end();
    await expect(done).rejects.toThrow("nothing was changed");
    await platform.line("default");
    expect(here.config()).toEqual({ channels: { fake: {} } });
  });
});

test("a QR code is dark on white in colour, and drawn in light blocks without", () => {
  const plain = qrLines("moltbot", false);
  const colored = qrLines("moltbot", true);
  expect(plain.length).toBe(colored.length);
  const width = Bun.stringWidth(plain[0] ?? "");
  expect(plain.every((line) => Bun.stringWidth(line) === width)).toBe(true);
  expect(Math.ceil(width / 2)).toBe(plain.length);
  // The quiet zone is light: full blocks on a dark screen, blanks on white.
  expect(plain[0]).toBe("█".repeat(width));
  expect(colored[0]).toBe(`\u001b[30;107m${" ".repeat(width)}\u001b[0m`);
});

test("pairing takes a code alone, or with its channel", async () => {
  const platform = fakePlatform();
  await using here = await world(platform, { channels: { fake: { token } } });
  const line = await platform.line(token);
  const code = async (id: string) => {
    const conversation = { kind: "direct", id } as const;
    const sender = { id, isBot: false };
    const told = { type: "message", id, conversation, sender, at: 1, text: "hi", attachments: [] } as const;
    await line.receive([{ ...told, mentionsUs: "no" }]);
    const listed = JSON.parse((await here.home.run(["pairing", "list", "--json"])).out);
    return listed.requests[0].code as string;
  };
  const approved = await here.home.run(["pairing", "approve", await code("1")]);
  expect(approved).toMatchObject({ code: 0, err: "" });
  const denied = await here.home.run(["pairing", "deny", "fake", await code("2")]);
  expect(denied).toMatchObject({ code: 0, err: "" });
});
