import { expect, test } from "bun:test";
import { fakeTerminal } from "../../test/cli/fake-terminal.ts";
import { type Commands, defineCommand } from "./command.ts";
import { CliError, exits } from "./exit.ts";
import { refusesColor, runCli } from "./run.ts";

const text = (en: string) => ({ en, zh: `中${en}` });

/** A small tree that notes what ran with which values. */
function tree() {
  const ran: unknown[] = [];
  const loaded: string[] = [];
  const house = defineCommand({
    summary: text("run the house"),
    examples: ["moltbot house --port 1"],
    args: {
      port: { type: "string", short: "p", hint: "NUMBER", summary: text("the port") },
      open: { type: "boolean", default: true, summary: text("do not open") },
      style: { type: "enum", options: ["plain", "fancy"], summary: text("how") },
      profile: { type: "string", hint: "NAME", summary: text("which") },
    },
    run: async (values) => void ran.push(["house", values]),
  });
  const look = defineCommand({
    summary: text("look"),
    examples: ["moltbot house look"],
    args: { json: { type: "boolean", summary: text("as JSON") } },
    run: async (values) => void ran.push(["look", values]),
  });
  const tell = defineCommand({
    summary: text("tell something"),
    examples: ["moltbot tell NAME --message hello"],
    args: {
      name: { type: "positional", required: true, summary: text("whom") },
      message: { type: "string", short: "m", hint: "TEXT", required: true, summary: text("what") },
    },
    run: async (values) => {
      ran.push(["tell", values]);
      return exits.unavailable;
    },
  });
  const fail = defineCommand({
    summary: text("fail"),
    examples: ["moltbot fail"],
    args: {},
    run: async () => {
      throw new CliError(exits.notRunning, "nobody is home", "ring again");
    },
  });
  const load = <T>(name: string, command: T) => {
    return async () => {
      loaded.push(name);
      return command;
    };
  };
  const commands: Commands = {
    house: {
      summary: text("run the house"),
      commands: { run: load("run", house), look: load("look", look) },
      fallback: "run",
    },
    rooms: { summary: text("rooms"), commands: { look: load("rooms look", look) } },
    tell: load("tell", tell),
    fail: load("fail", fail),
  };
  return { commands, ran, loaded };
}

async function run(argv: string[], options: Parameters<typeof fakeTerminal>[0] = {}) {
  const terminal = fakeTerminal(options);
  const { commands, ran, loaded } = tree();
  const code = await runCli(commands, argv, terminal);
  return { code, ran, loaded, out: terminal.out(), err: terminal.err() };
}

const untouched = { port: undefined, open: true, style: undefined, profile: undefined };

test("a sub-command runs alone: its parent's command does not run after it", async () => {
  const { code, ran } = await run(["house", "look", "--json"]);
  expect(ran).toEqual([["look", { json: true }]]);
  expect(code).toBe(0);
});

test("flags right after the parent belong to its own command; a value is not taken for a sub-command", async () => {
  expect((await run(["house", "--port", "19000"])).ran).toEqual([["house", { ...untouched, port: "19000" }]]);
  expect((await run(["house", "-p", "19000"])).ran).toEqual([["house", { ...untouched, port: "19000" }]]);
  expect((await run(["house", "run", "--port=19000"])).ran).toEqual([
    ["house", { ...untouched, port: "19000" }],
  ]);
  expect((await run(["house"])).ran).toEqual([["house", untouched]]);
});

test("an unknown flag is refused with what was probably meant, in both spellings", async () => {
  for (const argv of [
    ["house", "--prot=5"],
    ["house", "--prot", "5"],
  ]) {
    const { code, ran, err, out } = await run(argv);
    expect(ran).toEqual([]);
    expect(code).toBe(2);
    expect(err).toBe("error: unknown flag --prot\n  did you mean --port?\n");
    expect(out).toBe("");
  }
});

test("a flag that only resembles a known one by case is refused", async () => {
  expect((await run(["house", "--Port", "5"])).code).toBe(2);
  expect((await run(["house", "--no-port"])).code).toBe(2);
});

test("an unknown command is refused with what was probably meant", async () => {
  expect(await run(["tel"])).toMatchObject({
    code: 2,
    err: 'error: unknown command "tel"\n  did you mean moltbot tell?\n',
  });
  expect((await run(["house", "lok"])).err).toContain("did you mean moltbot house look?");
  expect((await run(["constructor"])).err).toContain('unknown command "constructor"');
});

test("a flag without its value is refused, also where another flag follows", async () => {
  expect((await run(["house", "--port"])).err).toContain("--port needs a value");
  const { code, err } = await run(["tell", "bob", "--message", "--loud"]);
  expect(code).toBe(2);
  expect(err).toBe(
    "error: --message needs a value\n  a value that starts with a dash is written --message=--loud\n",
  );
  expect((await run(["tell", "bob", "--message=--no-loud"])).ran).toEqual([
    ["tell", { name: "bob", message: "--no-loud" }],
  ]);
});

test("a switch takes no value, a choice only what it offers, nothing may be given twice", async () => {
  expect((await run(["house", "--no-open=yes"])).err).toContain("--no-open is a switch and takes no value");
  expect((await run(["house", "--style", "loud"])).err).toContain(
    '--style cannot be "loud"; it is one of: plain, fancy',
  );
  expect((await run(["house", "--port", "1", "-p", "2"])).err).toContain("-p is given twice");
});

test("what a command needs must be there, and nothing beyond it", async () => {
  expect(await run(["tell", "--message", "x"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("NAME is missing"),
  });
  expect((await run(["tell", "bob"])).err).toContain("--message is missing");
  expect((await run(["tell", "bob", "ann", "-m", "x"])).err).toContain('unexpected argument "ann"');
  expect((await run(["house", "run", "19000"])).err).toContain('unexpected argument "19000"');
  expect((await run(["tell", "bob"])).err).toContain("see: moltbot tell --help");
});

test("after -- words are words", async () => {
  expect((await run(["tell", "-m", "x", "--", "--no-color"])).ran).toEqual([
    ["tell", { name: "--no-color", message: "x" }],
  ]);
});

test("a negated switch is off, and on without the flag", async () => {
  expect((await run(["house", "--no-open"])).ran).toEqual([["house", { ...untouched, open: false }]]);
});

test("--profile may stand before the command", async () => {
  expect((await run(["--profile", "work", "house", "--port", "1"])).ran).toEqual([
    ["house", { ...untouched, profile: "work", port: "1" }],
  ]);
  expect((await run(["--profile=work", "house"])).ran).toEqual([
    ["house", { ...untouched, profile: "work" }],
  ]);
  expect((await run(["--profile"])).code).toBe(2);
  expect((await run(["--profile", "work", "tell", "bob", "-m", "x"])).err).toContain(
    "unknown flag --profile",
  );
});

test("a command's exit code is the process's", async () => {
  expect((await run(["tell", "bob", "-m", "x"])).code).toBe(69);
});

test("an error goes to stderr with its way out and its exit code, without stack", async () => {
  expect(await run(["fail"])).toMatchObject({
    code: 4,
    out: "",
    err: "error: nobody is home\n  ring again\n",
  });
});

test("errors speak the language of the locale", async () => {
  const { err } = await run(["house", "--prot", "5"], { env: { LANG: "zh_CN.UTF-8" } });
  expect(err).toBe("错误: 未知选项 --prot\n  是否想输入 --port？\n");
});

test("help names everything and runs nothing", async () => {
  const root = await run(["--help"]);
  expect(root).toMatchObject({ code: 0, ran: [], err: "" });
  for (const part of ["house", "rooms", "tell", "fail", "--profile", "--version"])
    expect(root.out).toContain(part);
  expect((await run([])).out).toBe(root.out);

  const tell = await run(["tell", "--help"]);
  expect(tell).toMatchObject({ code: 0, ran: [] });
  expect(tell.out).toContain("moltbot tell NAME --message TEXT [flags]");
  expect(tell.out).toContain("-m, --message TEXT");
  expect(tell.out).toContain("moltbot tell NAME --message hello");

  const house = await run(["house", "-h"]);
  expect(house.out).toContain("--no-open");
  expect(house.out).toContain("--style plain|fancy");
  // The group's own command must not hide the others.
  expect(house.out).toContain("moltbot house [COMMAND] [flags]");
  expect(house.out).toMatch(/^ {2}house look {2,}look$/m);
  expect((await run(["tell", "--help"], { env: { LANG: "zh_CN.UTF-8" } })).out).toStartWith(
    "中tell something",
  );
});

test("a group without a command of its own explains itself and fails", async () => {
  const { code, out, err } = await run(["rooms"]);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain("rooms look");
});

test("the version loads no command", async () => {
  const { code, loaded, out } = await run(["--version"]);
  expect(code).toBe(0);
  expect(loaded).toEqual([]);
  expect(out).toMatch(/^moltbot \d+\.\d+\.\d+ \(\w+-\w+, \w+\)\n$/);
});

test("only the command that runs is loaded", async () => {
  expect((await run(["tell", "bob", "-m", "x"])).loaded).toEqual(["tell"]);
});

const colored = (options: Parameters<typeof fakeTerminal>[0], argv = ["--help"]) => {
  return run(argv, { color: !refusesColor(argv), ...options }).then(({ out }) => out.includes("\u001b["));
};

test("colour: only on a terminal, unless it is forced or refused", async () => {
  expect(await colored({ stdout: true })).toBe(true);
  expect(await colored({ stdout: false })).toBe(false);
  expect(await colored({ stdout: true, env: { NO_COLOR: "1" } })).toBe(false);
  expect(await colored({ stdout: true, env: { TERM: "dumb" } })).toBe(false);
  expect(await colored({ stdout: false, env: { CLICOLOR_FORCE: "1" } })).toBe(true);
  expect(await colored({ stdout: false, env: { CLICOLOR_FORCE: "0" } })).toBe(false);
  expect(await colored({ stdout: true }, ["--no-color", "--help"])).toBe(false);
  expect(
    await colored({ stdout: true, env: { CLICOLOR_FORCE: "1" } }, ["house", "--help", "--no-color"]),
  ).toBe(false);
});
