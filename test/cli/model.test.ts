import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelAdd } from "#src/cli/commands/model-add.ts";
import { type EndpointOptions, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { type HouseOptions, startHouse } from "../wire/start-house.ts";
import { type FakeTerminal, fakeTerminal } from "./fake-terminal.ts";
import { openHome } from "./run-moltbot.ts";

const key = "sk-right-0123456789abcdef";

/** A gateway of this home, and a model server that lets one key in. */
async function world(endpoint: EndpointOptions = {}, options: HouseOptions = {}) {
  const home = openHome();
  const { mkdir } = await import("node:fs/promises");
  await mkdir(home.stateDir, { recursive: true, mode: 0o700 });
  const model = await startModelEndpoint({ key, models: ["m1", "m2"], ...endpoint });
  const place = { id: "ollama", name: "Ollama", port: model.port };
  const house = await startHouse({
    stateDir: home.stateDir,
    env: { MOLTBOT_NO_DISCOVERY: "" },
    modelPlaces: [place],
    ...options,
  });
  const config = join(home.stateDir, "moltbot.json");
  return {
    home,
    model,
    house,
    config: () => (existsSync(config) ? readFileSync(config, "utf8") : ""),
    async [Symbol.asyncDispose]() {
      await house.stop();
      await model.close();
      home[Symbol.dispose]();
    },
  };
}

describe("moltbot model, by a script", () => {
  test("another provider that is off keeps no choice from being made; what is not there is said in the terminal's words", async () => {
    const baseUrl = "http://127.0.0.1:9/v1";
    const apiKey = "$" + "{NOT_SET_ANYWHERE}";
    const providers = {
      own: { baseUrl, models: [{ id: "m" }] },
      keyless: { baseUrl, apiKey, models: [{ id: "m" }] },
    };
    await using here = await world({}, { config: { models: { providers } } });
    const used = await here.home.run(["model", "use", "own/m", "--no-test"]);
    expect(used).toMatchObject({
      code: 0,
      out: expect.stringContaining("own/m is chosen, and was not tested"),
    });
    const silent = await here.home.run(["model", "use", "own/m"]);
    expect(silent).toMatchObject({ code: 1, out: "" });
    expect(silent.err).toContain("own/m is chosen, but does not answer now: No model server answers at");
    expect((await here.home.run(["model", "list"])).out).toContain("own/m  answers");
    const unlisted = await here.home.run(["model", "use", "own/x"]);
    expect(unlisted).toMatchObject({ code: 1, err: expect.stringContaining("the nearest are own/m") });
    const unknown = await here.home.run(["model", "use", "nope/m"], { env: { LANG: "zh_CN.UTF-8" } });
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain("没有模型 nope/m");
    expect(unknown.err).toContain("moltbot model list");
  });

  test("add takes a key from a pipe, tests it, and says what came of it", async () => {
    await using here = await world();
    const args = ["model", "add", "acme", "--base-url", here.model.baseUrl, "--key", "-"];
    const { code, out, err } = await here.home.run(args, { input: `${key}\n` });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^✓ acme\/m1 answers \(\d+ ms\)\n {2}the key is in a file that only you can read\n {2}acme\/m1 answers from now on · applied without restart\n$/,
    );
    const { code: listed, out: list } = await here.home.run(["model", "list"]);
    expect(listed).toBe(0);
    expect(list).toContain("acme/m1  answers · runs here, free · key: secret:acme");
    expect(list).not.toContain(key);
    expect((await here.home.run(["model", "test"])).out).toMatch(/^✓ acme\/m1 answers \(\d+ ms\)\n$/);
    expect((await here.home.run(["model", "use", "acme/m2"])).out).toBe(
      "✓ acme/m2 answers from now on · applied without restart\n",
    );
    const json = await here.home.run(["model", "list", "--json"]);
    expect(JSON.parse(json.out).models).toMatchObject([
      { id: "m1", isDefault: false },
      { id: "m2", isDefault: true },
    ]);
  });

  test("a wrong key is the sentence, exit 1, and nothing is written", async () => {
    await using here = await world();
    const args = [
      "model",
      "add",
      "acme",
      "--base-url",
      here.model.baseUrl,
      "--model",
      "m1",
      "--key",
      "sk-no",
    ];
    const { code, out, err } = await here.home.run(args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trim()).toBe(
      "error: acme refused the key (401): check it and give it again; nothing was written",
    );
    expect(here.config()).toBe("");
    const unasked = await here.home.run([...args, "--no-test", "--json"]);
    expect(JSON.parse(unasked.out)).toMatchObject({ model: "acme/m1", latencyMs: null });
    const tested = await here.home.run(["model", "test", "acme/m1"]);
    expect(tested).toMatchObject({ code: 1, out: "" });
    expect(tested.err).toContain("acme refused the key (401): put a valid one into ");
    expect(tested.err).toContain("or add it again: moltbot model add acme");
    for (const [lang, says] of [
      ["C", "unknown model: no/no; the nearest are acme/m1; see those that are there: moltbot model list"],
      ["zh_CN.UTF-8", "没有模型 no/no；最接近的是 acme/m1；查看已有的：moltbot model list"],
    ] as const) {
      const unknown = await here.home.run(["model", "test", "no/no"], { env: { LANG: lang } });
      expect(unknown.code).toBe(1);
      expect(unknown.err).toContain(says);
      expect(unknown.err).not.toContain("/model ");
    }
  });

  test("a server that does not run is said in words, with what to do", async () => {
    await using here = await world();
    await here.model.close();
    const { code, err } = await here.home.run(["model", "add", "acme", "--base-url", here.model.baseUrl]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: No model server answers at http:\/\/127\.0\.0\.1:\d+: start acme there/);
    expect(err).not.toContain("ECONNREFUSED");
  });

  test("a choice in a part of the config that is off names what has to be mended, not a restart", async () => {
    await using here = await world();
    await here.home.run(["model", "add", "acme", "--base-url", here.model.baseUrl, "--key", key]);
    const right = here.config();
    const path = join(here.home.stateDir, "moltbot.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(right), agents: { list: "none" } }));
    here.house.gateway.reload();
    const used = await here.home.run(["model", "use", "acme/m2"]);
    expect({ code: used.code, out: used.out }).toEqual({ code: 78, out: "" });
    expect(used.err).toStartWith("error: acme/m2 is written down, but does not count: ");
    expect(used.err).toMatch(/\n {2}agents\.list must be a list, not "none" \(moltbot\.json:\d+:\d+\)\n/);
    expect(used.err).not.toContain("restart");
    const json = await here.home.run(["model", "use", "acme/m2", "--json"]);
    expect(json.code).toBe(78);
    expect(JSON.parse(json.out)).toMatchObject({
      applied: false,
      mendFirst: [expect.any(String)],
      test: null,
    });
    const chinese = await here.home.run(["model", "use", "acme/m2"], { env: { LANG: "zh_CN.UTF-8" } });
    expect(chinese.err).toContain("agents.list 必须是列表");
    writeFileSync(path, here.config().replace('"none"', "[]"));
    here.house.gateway.reload();
    expect((await here.home.run(["model", "list"])).out).toContain("acme/m2  answers");
  });

  test("what is missing is named with the flag that gives it", async () => {
    await using here = await world();
    for (const [args, says] of [
      [[], "anthropic, openai, openrouter, ollama"],
      [["anthropic"], "--key -"],
      [["mine"], "--base-url"],
    ] as const) {
      const { code, err } = await here.home.run(["model", "add", ...args]);
      expect(code).toBe(2);
      expect(err).toContain(says);
    }
  });

  test("list offers what was found, and says so where there is nothing", async () => {
    await using here = await world({ key: "" });
    const { out } = await here.home.run(["model"]);
    expect(out).toContain("no model is set up");
    expect(out).toContain("  Ollama · 2 models · moltbot model add ollama");
    const zh = await here.home.run(["model", "list"], { env: { LANG: "zh_CN.UTF-8" } });
    expect(zh.out).toContain("在本机发现，尚未使用");
  });
});

describe("moltbot model add, by a person", () => {
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

  const nothing = { json: false, default: false, test: true };

  test("picks a server that was found, and a model of it", async () => {
    await using here = await world({ key: "", models: ["small", "large"] });
    const terminal = sit(here);
    const done = modelAdd.run({ ...nothing }, terminal);
    await shows(terminal, "Which one? [1-5]");
    expect(terminal.out()).toContain("1  Ollama – 2 models found here");
    terminal.input.write("9\n1\n");
    await shows(terminal, "Which model answers? [1-2]");
    terminal.input.write("2\n");
    expect(await done).toBe(0);
    expect(terminal.out()).toContain("ollama/large answers from now on · applied without restart");
    expect(JSON.parse(here.config())).toMatchObject({
      models: {
        providers: { ollama: { baseUrl: here.model.baseUrl, models: [{ id: "large" }, { id: "small" }] } },
      },
    });
  });

  test("types a wrong key, sees why, types the right one; neither is shown", async () => {
    await using here = await world();
    const terminal = sit(here);
    const done = modelAdd.run(
      { ...nothing, provider: "acme", "base-url": here.model.baseUrl, model: "m1" },
      terminal,
    );
    await shows(terminal, "Key (empty for none): ");
    terminal.input.write("sk-wrong-0123456789abcdef\n");
    await shows(terminal, "try another key");
    expect(terminal.err()).toContain("acme refused the key (401)");
    expect(here.config()).toBe("");
    terminal.input.write(`${key}\n`);
    expect(await done).toBe(0);
    expect(terminal.out()).toContain("acme/m1 answers from now on");
    expect(terminal.out()).not.toContain("sk-");
    terminal.input.destroy();
  });

  test("leaves, and nothing was changed", async () => {
    await using here = await world();
    const terminal = sit(here);
    const done = modelAdd.run({ ...nothing }, terminal);
    await shows(terminal, "Which one?");
    terminal.input.end();
    await expect(done).rejects.toThrow("nothing was changed");
    expect(here.config()).toBe("");
  });
});
