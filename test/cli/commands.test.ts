import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";
import { scriptedGateway } from "./scripted-gateway.ts";

async function startGateway(
  home: Home,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<Started> {
  const gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty", ...args], { env });
  await until(() => /(Ctrl-C[.。]\s)/.test(gateway.out()), gateway);
  return gateway;
}

function pageOf(gateway: Started): string {
  return /http:\/\/127\.0\.0\.1:\d+\//.exec(gateway.out())?.[0] ?? "";
}

describe("with a gateway", () => {
  let home: Home;
  let gateway: Started;

  beforeAll(async () => {
    home = openHome();
    gateway = await startGateway(home);
  });
  afterAll(() => home[Symbol.dispose]());

  test("its first lines are the banner", () => {
    const lines = gateway.out().split("\n");
    expect(lines[0]).toMatch(/^moltbot \d+\.\d+\.\d+ \(\w+-\w+\) · ready in \d+\.\d s$/);
    expect(gateway.out()).toContain("created, private to you");
    expect(gateway.out()).toContain("a built-in helper answers, it is not an AI");
  });

  test("health and status answer for people and for programs", async () => {
    const health = await home.run(["health"]);
    expect(health).toMatchObject({ code: 0, err: "" });
    expect(health.out).toMatch(new RegExp(`^ok · running .* · pid ${gateway.pid} · `));
    const summary = JSON.parse((await home.run(["health", "--json", "--probe"])).out);
    expect(summary).toMatchObject({ ok: true, model: "none", process: { pid: gateway.pid } });

    const status = await home.run(["status"]);
    expect(status.out).toContain("model     built-in helper (not an AI)");
    expect(JSON.parse((await home.run(["status", "--json"])).out)).toMatchObject({
      health: { ok: true },
      status: { sessions: { count: expect.any(Number) } },
    });
  });

  test("call prints the result, the first answer or the final one", async () => {
    const echo = await home.run(["call", "system.echo", "--params", '{"text":"你好"}']);
    expect(JSON.parse(echo.out)).toEqual({ ok: true, text: "你好" });
    const params = (key: string) =>
      JSON.stringify({ message: "/status", idempotencyKey: key, sessionKey: "calls" });
    const first = await home.run(["call", "agent", "--params", params("first")]);
    expect(JSON.parse(first.out)).toMatchObject({ runId: "first", status: "accepted" });
    const final = await home.run(["call", "agent", "--params", params("final"), "--expect-final"]);
    expect(JSON.parse(final.out)).toMatchObject({ runId: "final", status: "ok" });
  });

  test("call refuses what is wrong before it is sent, and says what", async () => {
    expect(await home.run(["call", "system.echo", "--params", '{"txt":1}'])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("invalid system.echo params: must have required property 'text'"),
    });
    expect(await home.run(["call", "health", "--params", "{"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("--params is no JSON"),
    });
    expect(await home.run(["call", "healht"])).toMatchObject({
      code: 2,
      err: 'error: this gateway has no method "healht"\n  did you mean health?\n',
    });
  });

  test("the key of this user opens what needs an admin; a method that fails ends with 1 and its own words", async () => {
    await home.run(["agent", "-m", "/help", "--session", "injected"]);
    const inject = (sessionKey: string) => {
      const params = JSON.stringify({ sessionKey, message: "from the command line" });
      return home.run(["call", "chat.inject", "--params", params]);
    };
    expect(JSON.parse((await inject("injected")).out)).toMatchObject({ ok: true });
    expect(await inject("never-used")).toEqual({ code: 1, out: "", err: "error: session not found\n" });
  });

  test("without the key it is a device of this computer's own user, and paired without a question", async () => {
    const url = pageOf(gateway);
    const away = { MOLTBOT_STATE_DIR: join(home.path, "elsewhere") };
    expect((await home.run(["health", "--url", url], { env: away })).code).toBe(0);
    const inject = ["call", "chat.inject", "--params", '{"sessionKey":"x","message":"y"}', "--url", url];
    expect((await home.run(inject, { env: away })).err).toBe("error: session not found\n");
    const { paired } = JSON.parse((await home.run(["devices", "--json"])).out);
    expect(paired).toMatchObject([{ clientId: "cli", approvedVia: "local" }]);
  });

  test("agent prints the reply, or all of it as JSON", async () => {
    const reply = await home.run(["agent", "--message", "/help", "--session", "agent-test"]);
    expect(reply).toMatchObject({ code: 0, err: "" });
    expect(reply.out).toContain("/status");
    const { out } = await home.run(["agent", "-m", "hello", "--session", "agent-test", "--json"]);
    const result = JSON.parse(out);
    expect(result).toMatchObject({ status: "ok", result: { meta: { runtime: "concierge" } } });
    expect(result.result.payloads[0].text).not.toBe("");
  });

  test("chat answers line by line where it is no terminal", async () => {
    const { code, out, err } = await home.run(["chat", "--session", "piped"], {
      input: "/whoami\n/status\n",
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("agent:main:piped");
    expect(out).toContain("not an AI");
    const history = await home.run(["call", "chat.history", "--params", '{"sessionKey":"piped"}']);
    expect(JSON.parse(history.out).messages.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
  });

  test("logs shows the end of the log, filtered and as JSON", async () => {
    const { code, out } = await home.run(["logs", "--limit", "50"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d\d:\d\d:\d\d info {2}gateway: gateway started url=/);
    expect((await home.run(["logs", "--level", "fatal"])).out).toBe("");
    for (const line of (await home.run(["logs", "--json"])).out.trim().split("\n")) JSON.parse(line);
  });

  test("a second gateway on the same state is refused with 3 and told who runs", async () => {
    expect(await home.run(["gateway", "--port", "0"])).toMatchObject({
      code: 3,
      out: "",
      err: `error: a gateway is already running (pid ${gateway.pid})\n  Page: ${pageOf(gateway)}   Open it: moltbot open\n  Status: moltbot status   Logs: moltbot logs -f\n`,
    });
  });

  test("another profile has a gateway of its own", async () => {
    const { code, err } = await home.run(["--profile", "work", "health"]);
    expect(code).toBe(4);
    expect(err).toContain("moltbot gateway --profile work");
  });

  test("its files are private", () => {
    expect(statSync(home.stateDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(home.stateDir, "local.key")).mode & 0o777).toBe(0o600);
  });
});

describe("with a gateway that is told what to say", () => {
  const line = (text: string) => {
    return JSON.stringify({
      "0": "{}",
      "1": text,
      _meta: { logLevelName: "INFO" },
      time: "2026-11-21T12:00:00.000Z",
    });
  };

  test("logs -f goes on from where it was, also after the gateway came back", async () => {
    using home = openHome();
    const cursors: unknown[] = [];
    using gateway = scriptedGateway({
      methods: {
        "logs.tail": ({ id, params }, peer) => {
          cursors.push(params.cursor);
          if (cursors.length === 3) peer.close(1012, "service restart");
          else
            peer.answer(id, {
              file: "x.log",
              cursor: cursors.length,
              size: 9,
              lines: [line(`n${cursors.length}`)],
            });
        },
      },
    });
    const following = home.start(["logs", "-f", "--url", gateway.url]);
    await until(() => following.out().includes("n5"), following);
    following.kill("SIGTERM");
    await following.exited;
    expect(cursors.slice(0, 5)).toEqual([undefined, 1, 2, 2, 4]);
    expect(following.out()).toMatch(/n1\n.*n2\n.*n4\n.*n5\n/);
    expect(following.err()).toStartWith("connection lost, reconnecting…\n");
  });

  test("Ctrl-C during a run tells the gateway to stop it, and waits for its end", async () => {
    using home = openHome();
    let runId = "";
    let stopped = false;
    using gateway = scriptedGateway({
      methods: {
        agent: ({ id, params }, peer) => {
          runId = String(params.idempotencyKey);
          peer.answer(id, { runId, status: "accepted", acceptedAt: 1 });
          finish = () => peer.answer(id, { runId, status: "ok", summary: "aborted", result: resultOf(true) });
        },
        "chat.abort": ({ id, params }, peer) => {
          stopped = params.runId === runId;
          peer.answer(id, { ok: true, aborted: true, runIds: [runId] });
          finish();
        },
      },
    });
    let finish = () => {};
    const running = home.start(["agent", "-m", "a long story", "--url", gateway.url]);
    await until(() => runId !== "", running);
    running.kill("SIGINT");
    expect(await running.exited).toMatchObject({ code: 1, err: "error: aborted\n" });
    expect(stopped).toBe(true);
  });

  test("that another model answered is said beside the answer, and is part of the JSON", async () => {
    using home = openHome();
    const notice = "two/m answered instead of one/m: one is having trouble (503).";
    using gateway = scriptedGateway({
      methods: {
        agent: ({ id, params }, peer) => {
          const run = { runId: params.idempotencyKey };
          peer.answer(id, { ...run, status: "accepted", acceptedAt: 1 });
          const { meta } = resultOf(false);
          const result = { payloads: [{ text: "from the second" }], meta: { ...meta, notice } };
          peer.answer(id, { ...run, status: "ok", summary: "completed", result });
        },
      },
    });
    const said = await home.run(["agent", "-m", "hello", "--url", gateway.url]);
    expect(said).toMatchObject({ code: 0, out: "from the second\n", err: `${notice}\n` });
    const { out, err } = await home.run(["agent", "-m", "hello", "--json", "--url", gateway.url]);
    expect([JSON.parse(out).result.meta.notice, err]).toEqual([notice, ""]);
  });

  test("an answer that breaks the contract is an error, not output", async () => {
    using home = openHome();
    using gateway = scriptedGateway({ methods: { health: ({ id }, peer) => peer.answer(id, { ok: true }) } });
    const { code, out, err } = await home.run(["health", "--json", "--url", gateway.url]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("the answer to health breaks the contract");
  });
});

function resultOf(aborted: boolean) {
  const agentMeta = { sessionId: "s", provider: "p", model: "m" };
  return { payloads: [], meta: { durationMs: 1, runtime: "model", agentMeta, aborted } };
}

describe("starting and stopping", () => {
  test("a stop that hangs on a part of the gateway is ended, and says so", async () => {
    using home = openHome();
    const preload = join(import.meta.dir, "../fakes/server-that-stays.ts");
    const gateway = await startGateway(home, [], { BUN_OPTIONS: `--preload=${preload}` });
    gateway.kill("SIGTERM");
    expect(await gateway.exited).toMatchObject({
      code: 0,
      err: expect.stringContaining("the stop did not come to its end within 5 s"),
    });
  });

  test("SIGTERM ends it with 0 and gives the state free", async () => {
    using home = openHome();
    const gateway = await startGateway(home);
    const before = performance.now();
    gateway.kill("SIGTERM");
    const { code, err } = await gateway.exited;
    expect(code).toBe(0);
    expect(err).toBe("stopping… (Ctrl-C again ends it at once)\n");
    expect(performance.now() - before).toBeLessThan(5000);
    const again = await startGateway(home);
    expect(again.out()).not.toContain("created, private to you");
    again.kill("SIGINT");
    expect((await again.exited).code).toBe(0);
  });

  test("where it is no terminal the log is JSON and nothing else", async () => {
    using home = openHome();
    const gateway = home.start(["gateway", "--port", "0"]);
    await until(() => gateway.out().includes("gateway started"), gateway);
    gateway.kill("SIGTERM");
    const { out } = await gateway.exited;
    for (const line of out.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("_meta");
  });

  test("a token closes the gateway to whoever does not bring it; this user's key opens it still", async () => {
    using home = openHome();
    const gateway = await startGateway(home, ["--token", "open-sesame"]);
    const url = pageOf(gateway);
    const away = { MOLTBOT_STATE_DIR: join(home.path, "elsewhere") };
    expect((await home.run(["health"])).code).toBe(0);
    expect(await home.run(["health", "--url", url], { env: away })).toMatchObject({
      code: 77,
      err: expect.stringContaining("--token"),
    });
    expect((await home.run(["health", "--url", url, "--token", "wrong"], { env: away })).code).toBe(77);
    expect((await home.run(["health", "--url", url, "--token", "open-sesame"], { env: away })).code).toBe(0);
    const env = { ...away, CLAWDBOT_GATEWAY_TOKEN: "open-sesame" };
    expect((await home.run(["health", "--url", url], { env })).code).toBe(0);
    expect(gateway.out()).not.toContain("open-sesame");
  });

  test("a port that a stranger has is named, with 78, and the stranger lives", async () => {
    using home = openHome();
    using stranger = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("mine") });
    const { code, err } = await home.run(["gateway", "--port", String(stranger.port)]);
    expect(code).toBe(78);
    expect(err).toContain(`port ${stranger.port} is in use by `);
    expect(err).toContain("moltbot gateway --port NUMBER");
    expect(await (await fetch(stranger.url)).text()).toBe("mine");
  });

  test("a config that cannot be parsed ends the start with 78, line and column", async () => {
    using home = openHome();
    mkdirSync(home.stateDir, { mode: 0o700 });
    writeFileSync(join(home.stateDir, "moltbot.json"), "{\n  gateway: {\n    port: ,\n  },\n}\n");
    const { code, out, err } = await home.run(["gateway"]);
    expect({ code, out }).toEqual({ code: 78, out: "" });
    expect(err).toContain("moltbot.json:3:11");
    expect(await home.run(["config", "validate"])).toMatchObject({
      code: 78,
      err: expect.stringContaining("moltbot.json:3:11"),
    });
  });

  test("a typo in the config is named with its line and what was meant; the gateway starts all the same", async () => {
    using home = openHome();
    mkdirSync(home.stateDir, { mode: 0o700 });
    const config = [
      "{",
      '  "chanels": {},',
      '  "models": {',
      '    "providers": {',
      '      "local": { "baseUrl": 11434 },',
      "    },",
      "  },",
      "}",
    ].join("\n");
    writeFileSync(join(home.stateDir, "moltbot.json"), config, { mode: 0o600 });
    const gateway = await startGateway(home);
    expect(gateway.err()).toBe(
      'config: line 2: unknown key "chanels" – did you mean "channels"? (ignored)\n' +
        "config: line 5: models.providers.local.baseUrl must be text in quotes, not 11434 – models.providers.local is OFF until fixed\n",
    );
    expect((await home.run(["status"])).out).toContain("moltbot config validate");
    gateway.kill("SIGTERM");
    expect((await gateway.exited).code).toBe(0);
    const chinese = await startGateway(home, [], { LANG: "zh_CN.UTF-8" });
    expect(chinese.err()).toBe(
      "配置: 第 2 行：未知的键“chanels”，是否想写“channels”？（已忽略）\n" +
        "配置: 第 5 行：models.providers.local.baseUrl 必须是带引号的文字，而不是 11434；修正之前停用 models.providers.local\n",
    );
  });

  test("a bind that would leave a door open is refused", async () => {
    using home = openHome();
    expect(await home.run(["gateway", "--bind", "lan"])).toMatchObject({
      code: 78,
      err: expect.stringContaining("--token"),
    });
  });

  test("over SSH it says how to reach the page", async () => {
    using home = openHome();
    const env = { SSH_CONNECTION: "203.0.113.9 50122 192.0.2.7 22", USER: "ann" };
    const gateway = await startGateway(home, [], env);
    expect(gateway.out()).toMatch(/ssh -N -L (\d+):127\.0\.0\.1:\1 ann@192\.0\.2\.7/);
  });

  test("in a Chinese locale it speaks Chinese", async () => {
    using home = openHome();
    const env = { LANG: "zh_CN.UTF-8" };
    expect((await home.run(["health"], { env })).err).toStartWith("错误: ");
    const gateway = await startGateway(home, [], env);
    expect(gateway.out()).toContain("由内置助手应答，它不是 AI");
  });
});
