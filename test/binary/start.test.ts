import { describe, expect, test } from "bun:test";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import { chatOf, modelConfig, textOfEvent } from "../wire/model-house.ts";
import { openMutePeer } from "../wire/mute-peer.ts";
import { emptyHome, freePort, run, startExecutable } from "./executable.ts";

describe("a fresh machine", () => {
  test("gets a page, a schema and an answer, with an empty home and no network", async () => {
    await using gateway = await startExecutable();
    const page = await fetch(gateway.url);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    const html = await page.text();
    const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] as string);
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      const file = await fetch(new URL(asset, gateway.url));
      expect(file.status).toBe(200);
      expect(file.headers.get("cache-control")).toContain("immutable");
    }
    const schema = (await (await fetch(`${gateway.url}protocol.schema.json`)).json()) as { $schema: string };
    expect(schema.$schema).toContain("draft-07");
    await using client = await gateway.connect();
    const chat = chatOf(client, "k");
    await client.call("chat.send", { sessionKey: "main", message: "hello", idempotencyKey: "k" });
    expect((await chat).at(-1)).toMatchObject({ state: "final", message: { runtime: "concierge" } });
  });

  test("is served by its own command line", async () => {
    await using gateway = await startExecutable();
    const ask = (...args: string[]) => run(gateway.home, args);
    const agent = await ask("agent", "--message", "hello", "--json");
    expect(agent).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(agent.stdout)).toMatchObject({
      status: "ok",
      result: { meta: { runtime: "concierge" } },
    });
    const echo = await ask("call", "system.echo", "--params", '{"text":"x"}');
    expect(JSON.parse(echo.stdout)).toEqual({ ok: true, text: "x" });
    expect((await ask("status")).stdout).toContain(`pid ${gateway.pid}`);
    expect((await ask("logs", "--limit", "5")).stdout).toContain("gateway started");
  });

  test("keeps its state to itself", async () => {
    await using gateway = await startExecutable();
    // The first lines reach the terminal before the file; a round trip lets them.
    await using client = await gateway.connect();
    await client.call("health", {});
    expect((await stat(gateway.stateDir)).mode & 0o777).toBe(0o700);
    for (const name of ["moltbot.db", "local.key", "gateway.lock", "gateway.json", "logs/moltbot.log"]) {
      expect([name, (await stat(join(gateway.stateDir, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  test("takes nothing from the directory that it is started in", async () => {
    const home = await emptyHome();
    await writeFile(join(home, ".env"), "MOLTBOT_GATEWAY_TOKEN=planted\n");
    await writeFile(join(home, "bunfig.toml"), 'preload = ["./planted.ts"]\n');
    await writeFile(join(home, "planted.ts"), 'await Bun.write("planted.txt", "ran");\n');
    await using gateway = await startExecutable({ home });
    await using client = await gateway.connect();
    expect(client.hello.auth.method).toBe("none");
    expect(await Bun.file(join(home, "planted.txt")).exists()).toBe(false);
    await rm(home, { recursive: true });
  });
});

describe("HTTP", () => {
  test("answers its four probes, and nothing else without the secret", async () => {
    await using gateway = await startExecutable({ args: ["--token", "s3cret"] });
    const get = (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${gateway.port}${path}`, init);
    expect(await (await get("/healthz")).json()).toEqual({ ok: true, status: "live" });
    expect(await (await get("/readyz")).json()).toMatchObject({ ready: true, failing: [] });
    expect(await (await get("/startupz")).json()).toMatchObject({ ok: true, status: "started" });
    expect((await get("/anything")).status).toBe(401);
    expect((await get("/anything", { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    expect((await get("/anything", { headers: { authorization: "Bearer s3cret" } })).status).toBe(404);
    expect((await get("/healthz", { method: "POST" })).status).toBe(405);
    for (const path of ["/..%2fetc/passwd", "/a%00b", "/a%5cb", "/%", "/%252e"]) {
      expect([path, (await get(path)).status]).toEqual([path, 400]);
    }
    expect((await get("/", { headers: { host: "evil.example" } })).status).toBe(403);
    expect((await get("/", { headers: { origin: "https://evil.example" } })).status).toBe(403);
  });
});

describe("a second gateway", () => {
  test("on the same state is refused within a second, naming the first", async () => {
    await using gateway = await startExecutable();
    const begun = performance.now();
    const second = await run(gateway.home, ["gateway", "--port", String(freePort())]);
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(second.code).toBe(3);
    expect(second.stdout + second.stderr).toContain(`pid ${gateway.pid}`);
    expect(second.stdout + second.stderr).toContain(gateway.url);
    await using client = await gateway.connect();
    expect(await client.call("health", {})).toMatchObject({ ok: true });
  });

  test("starts after a kill, whatever the first has left", async () => {
    const home = await emptyHome();
    {
      await using gateway = await startExecutable({ home });
      gateway.signal("SIGKILL");
      await gateway.exited;
    }
    await writeFile(join(home, ".local/state/moltbot/gateway.json"), '{"pid":1,"startedAt":0,"version":"x"}');
    await using again = await startExecutable({ home });
    await using client = await again.connect();
    expect(await client.call("health", {})).toMatchObject({ ok: true });
    await rm(home, { recursive: true });
  });

  test("does not touch a stranger who has the port, but names it", async () => {
    const home = await emptyHome();
    using stranger = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("mine") });
    const refused = await run(home, ["gateway", "--port", String(stranger.port)]);
    expect(refused.code).toBe(78);
    expect(refused.stderr).toContain(`port ${stranger.port} is in use by`);
    expect(refused.stderr).toContain(`pid ${process.pid}`);
    expect(await (await fetch(stranger.url)).text()).toBe("mine");
    await rm(home, { recursive: true });
  });
});

describe("a broken config", () => {
  async function withConfig(text: string) {
    const home = await emptyHome();
    await mkdir(join(home, ".local/state/moltbot"), { recursive: true, mode: 0o700 });
    await writeFile(join(home, ".local/state/moltbot/moltbot.json"), text, { mode: 0o600 });
    const result = await run(home, ["gateway", "--port", String(freePort())]);
    await rm(home, { recursive: true });
    return result;
  }

  test("that cannot be read ends the start with line and column", async () => {
    const { code, stderr } = await withConfig("{\n  gateway: {\n    port: 1,,\n  }\n}\n");
    expect(code).toBe(78);
    expect(stderr).toContain("3:13");
  });
  test("that would open a door ends the start", async () => {
    const { code, stderr } = await withConfig('{ gateway: { bind: "lan" } }');
    expect(code).toBe(78);
    expect(stderr).toContain("gateway.auth.token");
    expect((await withConfig('{ gateway: { auth: { mode: "token" } } }')).code).toBe(78);
  });
});

describe("the end", () => {
  test("comes within five seconds of SIGTERM, with slow and hostile clients, and with exit 0", async () => {
    await using gateway = await startExecutable();
    await using client = await gateway.connect();
    using deaf = await openMutePeer(gateway.port);
    deaf.stopReading();
    const half = await Bun.connect({ hostname: "127.0.0.1", port: gateway.port, socket: { data() {} } });
    half.write("GET / HTTP/1.1\r\nHost:");
    const shutdown = Promise.withResolvers<void>();
    client.events("shutdown", () => shutdown.resolve());
    const begun = performance.now();
    gateway.signal("SIGTERM");
    await shutdown.promise;
    expect(await client.closed).toMatchObject({ code: 1012, reason: "service restart" });
    expect(await gateway.exited).toBe(0);
    expect(performance.now() - begun).toBeLessThan(5_000);
    half.end();
  });
});

describe("a crash", () => {
  test("loses no acknowledged message: the turn runs again, once, and is answered once", async () => {
    await using model = await startModelEndpoint({ mode: "slow", reply: () => "here I am" });
    const home = await emptyHome();
    await mkdir(join(home, ".local/state/moltbot"), { recursive: true, mode: 0o700 });
    const config = JSON.stringify(modelConfig(model.baseUrl));
    await writeFile(join(home, ".local/state/moltbot/moltbot.json"), config, { mode: 0o600 });
    const params = { sessionKey: "main", message: "are you there?", idempotencyKey: "k" };
    {
      await using gateway = await startExecutable({ home });
      await using client = await gateway.connect();
      await client.call("chat.send", params);
      await client.call("chat.send", { ...params, message: "and now?", idempotencyKey: "k2" });
      await model.waitForRequest(1);
      gateway.signal("SIGKILL");
      await gateway.exited;
    }
    model.setMode("normal");
    await using gateway = await startExecutable({ home });
    await using client = await gateway.connect();
    expect(await client.call("agent.wait", { runId: "k" })).toMatchObject({ status: "ok" });
    expect(await client.call("agent.wait", { runId: "k2" })).toMatchObject({ status: "ok" });
    const again = await client.call("chat.send", params);
    expect(again).toEqual({ runId: "k", status: "ok" });
    const { messages } = await client.call("chat.history", { sessionKey: "main" });
    expect(messages.map(({ role, idempotencyKey }) => [role, idempotencyKey])).toEqual([
      ["user", "k"],
      ["assistant", undefined],
      ["user", "k2"],
      ["assistant", undefined],
    ]);
    expect(textOfEvent({ message: messages[1] } as never)).toBe("here I am");
    expect(model.requests).toHaveLength(3);
    await rm(home, { recursive: true });
  });

  test("again and again in the same turn marks it interrupted, before the crash brake holds everything", async () => {
    await using model = await startModelEndpoint({ mode: "slow" });
    const home = await emptyHome();
    await mkdir(join(home, ".local/state/moltbot"), { recursive: true, mode: 0o700 });
    const config = JSON.stringify(modelConfig(model.baseUrl));
    await writeFile(join(home, ".local/state/moltbot/moltbot.json"), config, { mode: 0o600 });
    const turn = { sessionKey: "main", message: "x", idempotencyKey: "k" };
    for (const nth of [1, 2, 3, 4]) {
      await using gateway = await startExecutable({ home });
      if (nth === 1) {
        await using client = await gateway.connect();
        await client.call("chat.send", turn);
      }
      await model.waitForRequest(nth);
      gateway.signal("SIGKILL");
      await gateway.exited;
    }
    await using gateway = await startExecutable({ home });
    await using client = await gateway.connect();
    const wait = await client.call("agent.wait", { runId: "k" });
    expect(wait).toMatchObject({ status: "error", error: expect.stringContaining("interrupted") });
    const { messages } = await client.call("chat.history", { sessionKey: "main" });
    expect(messages.at(-1)).toMatchObject({ role: "assistant", stopReason: "interrupted" });
    expect(model.requests).toHaveLength(4);
    model.setMode("normal");
    await client.call("chat.send", { ...turn, idempotencyKey: "k2" });
    expect(await client.call("agent.wait", { runId: "k2" })).toMatchObject({ status: "ok" });
    await rm(home, { recursive: true });
  });
});
