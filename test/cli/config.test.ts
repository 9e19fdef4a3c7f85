// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";

function fileOf(home: Home, text: string): string {
  const path = join(home.stateDir, "moltbot.json");
  mkdirSync(home.stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function startGateway(home: Home): Promise<Started> {
  const gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty", "--no-open"]);
  await until(() => gateway.out().includes("Ctrl-C"), gateway);
  return gateway;
}

const commented = `{
  // which model
  "agents": { "list": [{ "id": "a", "name": "Ada" }, { "id": "b" }] },
  "models": { "providers": { "p": { "baseUrl": "http://127.0.0.1:9/v1", "apiKey": "sk-secret-0123456789" } } }
}
`;

describe("without a gateway", () => {
  test("get reads the file with its defaults, and shows no secret", async () => {
    using home = openHome();
    fileOf(home, commented);
    expect(await home.run(["config", "get", "gateway.port"])).toEqual({ code: 0, out: "18789\n", err: "" });
    expect(await home.run(["config", "get", "agents.list[0].name"])).toMatchObject({ out: "Ada\n" });
    expect(await home.run(["config", "get", "agents.list.1", "--json"])).toMatchObject({
      out: '{\n  "id": "b"\n}\n',
    });
    const whole = await home.run(["config", "get"]);
    expect(JSON.parse(whole.out).models.providers.p.apiKey).toBe("[redacted]");
    expect(whole.out).not.toContain("sk-secret");
    expect(await home.run(["config", "get", "gateway.prot"])).toEqual({
      code: 1,
      out: "",
      err: "error: there is no value at gateway.prot\n  did you mean gateway.port?\n",
    });
    expect((await home.run(["config", "get", "a..b"])).code).toBe(2);
  });

  test("get does not pass the defaults for what a broken file says", async () => {
    using home = openHome();
    fileOf(home, "{ nonsense");
    const broken = await home.run(["config", "get", "gateway.port"]);
    expect(broken).toMatchObject({ code: 78, out: "" });
    expect(broken.err).toContain("moltbot.json:1:");
  });

  test("set makes the file, for its owner alone, and says from when it counts", async () => {
    using home = openHome();
    const path = join(home.stateDir, "moltbot.json");
    expect(await home.run(["config", "set", "gateway.port", "19000"])).toEqual({
      code: 0,
      out: `written to ${path} · no gateway is running here; it counts from the next start\n`,
      err: "",
    });
    expect(readFileSync(path, "utf8")).toBe('{\n  "gateway": {\n    "port": 19000\n  }\n}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(home.stateDir).mode & 0o777).toBe(0o700);
    expect((await home.run(["config", "set", "gateway.port", "19000"])).out).toBe(
      `${path} says so already\n`,
    );
  });

  test("set changes one value, one item of a list, one secret; null removes", async () => {
    using home = openHome();
    const path = fileOf(home, commented);
    const set = async (where: string, value: string, input?: string) =>
      await home.run(["config", "set", where, value], input === undefined ? {} : { input });
    expect((await set("agents.list[1].name", "Bob")).code).toBe(0);
    expect((await set("agents.defaults.model", "p/m")).code).toBe(0);
    const secret = await set("models.providers.p.apiKey", "-", "4711471147\n");
    expect(secret).toMatchObject({ code: 0, err: "" });
    const text = readFileSync(path, "utf8");
    expect(text).toContain("// which model");
    expect(Bun.JSON5.parse(text)).toEqual({
      agents: {
        list: [
          { id: "a", name: "Ada" },
          { id: "b", name: "Bob" },
        ],
        defaults: { model: "p/m" },
      },
      models: { providers: { p: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "4711471147" } } },
    });
    expect((await set("agents", "null")).code).toBe(0);
    expect((await set("models.providers", '{"q": {"baseUrl": "http://127.0.0.1:8/v1"}}')).code).toBe(0);
    expect(Bun.JSON5.parse(readFileSync(path, "utf8"))).toEqual({
      models: { providers: { q: { baseUrl: "http://127.0.0.1:8/v1" } } },
    });
    // As it stands in the file, and in the README.
    expect((await set("models.providers", "{ r: { baseUrl: 'http://127.0.0.1:7/v1', }, }")).code).toBe(0);
    expect((await set("ui.assistant.name", "[Ann]")).code).toBe(0);
    expect((await set("ui.assistant.avatar", "{ a: 1 }")).code).toBe(0);
    expect(Bun.JSON5.parse(readFileSync(path, "utf8"))).toEqual({
      models: { providers: { r: { baseUrl: "http://127.0.0.1:7/v1" } } },
      ui: { assistant: { name: "[Ann]", avatar: "{ a: 1 }" } },
    });
  });

  test("set warns of a secret in the shell's history, unless it is only named", async () => {
    using home = openHome();
    const typed = await home.run(["config", "set", "hooks.token", "sk-typed"]);
    expect(typed.code).toBe(0);
    expect(typed.err).toContain("moltbot config set hooks.token - < FILE");
    expect(typed.err).not.toContain("sk-typed");
    const env = { HOOK_TOKEN: "sk-hook" };
    const reference = await home.run(["config", "set", "hooks.token", "${HOOK_TOKEN}"], { env });
    expect(reference).toMatchObject({ code: 0, err: "" });
  });

  test("set refuses what is wrong, with its place, and touches nothing", async () => {
    using home = openHome();
    const path = fileOf(home, commented);
    const wrong = await home.run(["config", "set", "gateway.port", "many"]);
    expect(wrong).toMatchObject({ code: 78, out: "" });
    expect(wrong.err).toBe(
      'error: invalid config\n  gateway.port must be a whole number from 1 to 65535, not "many" (moltbot.json:6:13)\n',
    );
    expect(readFileSync(path, "utf8")).toBe(commented);
    expect(existsSync(`${path}.bak`)).toBe(false);
  });

  test("in Chinese nothing is left in English: what set refuses and warns of, validate, a start", async () => {
    using home = openHome();
    const env = { LANG: "zh_CN.UTF-8" };
    const path = fileOf(home, commented);
    const says = async (...args: string[]) => (await home.run(args, { env })).err;
    expect(await says("config", "set", "gateway.port", "many")).toBe(
      '错误: 这样的配置无效，未作更改\n  gateway.port 必须是 1 到 65535 的整数，而不是 "many"（moltbot.json:6:13）\n',
    );
    expect(await says("config", "set", "gateway.bind", "lan")).toContain("任何人都能进入");
    const warned = await says("config", "set", "agents.defalts", "{}");
    expect(warned).toBe("警告: 未知的键“agents.defalts”，是否想写“defaults”？（moltbot.json:3:70）\n");
    expect(await says("config", "validate")).toBe(warned);
    writeFileSync(path, '{ "models": { "providers": { "p": { "apiKey": "${NOT_SET}" } } }, "agent": {} }');
    const wrong = await says("config", "validate");
    expect(wrong).toContain("环境变量 NOT_SET 未设置");
    expect(wrong).toContain("agent 会被忽略");
    writeFileSync(path, "{ a: ");
    const broken = await says("gateway", "--port", "0", "--no-open");
    expect(broken).toBe("错误: 配置: moltbot.json:1:6：文件提前结束；请修正此处\n");
    for (const text of [warned, wrong, broken])
      expect(text).not.toMatch(/\b(is|not|the|must|key|end of|spot)\b/);
  });

  test("schema is the schema", async () => {
    using home = openHome();
    const { code, out } = await home.run(["config", "schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      $schema: "http://json-schema.org/draft-07/schema#",
      properties: { gateway: { properties: { port: { default: 18789 } } } },
    });
    expect(existsSync(home.stateDir)).toBe(false);
  });
});

test("with a gateway a change counts at once, or says that it waits", async () => {
  using home = openHome();
  fileOf(home, commented);
  const gateway = await startGateway(home);
  expect(await home.run(["config", "get", "agents.list[0].name"])).toEqual({
    code: 0,
    out: "Ada\n",
    err: "",
  });
  const path = join(home.stateDir, "moltbot.json");
  expect(await home.run(["config", "set", "agents.list[0].name", "Grace"])).toEqual({
    code: 0,
    out: `written to ${path} · in force now\n`,
    err: "",
  });
  const agents = await home.run(["call", "agents.list"]);
  expect(JSON.parse(agents.out).agents[0].name).toBe("Grace");
  expect((await home.run(["config", "set", "gateway.port", "19000"])).out).toBe(
    `written to ${path}\nrestart the gateway for: gateway.port\n`,
  );
  const program = await home.run(["config", "set", "channels.signal.cliPath", "/tmp/evil"]);
  expect(program.code).toBe(1);
  expect(program.err).toContain("names a program");
  expect((await home.run(["config", "schema"])).code).toBe(0);
  gateway.kill("SIGKILL");
  await gateway.exited;
  // What the gateway said of itself lies there still.
  expect((await home.run(["config", "get", "gateway.port"])).out).toBe("19000\n");
});
