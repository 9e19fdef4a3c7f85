/** What keeps the gateway up, seen from outside: crash loops and signals. */
import { expect, test } from "bun:test";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyHome, startExecutable } from "./executable.ts";

test("after five starts that were killed the sixth serves, but runs nothing, and says so", async () => {
  const home = await emptyHome();
  try {
    for (let start = 0; start < 5; start++) {
      await using gateway = await startExecutable({ home });
      expect((await fetch(`${gateway.url}healthz`)).status).toBe(200);
    }
    {
      await using gateway = await startExecutable({ home });
      await using client = await gateway.connect();
      expect((await client.call("health", { probe: true })).problems).toMatchObject([
        { id: "crash-loop", message: expect.stringContaining("channels and runs are off") },
      ]);
      const asked = client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" });
      await expect(asked).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("crash"),
      });
      expect(gateway.output()).toContain("crash loop");
      gateway.signal("SIGTERM");
      expect(await gateway.exited).toBe(0);
    }
    await using gateway = await startExecutable({ home });
    await using client = await gateway.connect();
    expect((await client.call("health", { probe: true })).problems).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test("a stop leaves nothing that holds the process, with a client on and after a run", async () => {
  await using gateway = await startExecutable();
  const client = await gateway.connect();
  await client.call("agent", { message: "hello", idempotencyKey: "k", sessionKey: "main" });
  gateway.signal("SIGTERM");
  expect(await gateway.exited).toBe(0);
  expect(gateway.output()).not.toContain("something still ran");
});

test("asked to restart it ends for its supervisor, whoever that is, and refuses where there is none", async () => {
  const supervised = {
    "a service of ours": ['exec "$@" --service', { JOURNAL_STREAM: "1:1" }],
    "a unit of somebody else's": ['SYSTEMD_EXEC_PID=$$ exec "$@"', {}],
    "an agent of somebody else's": ['exec "$@"', { XPC_SERVICE_NAME: "homebrew.mxcl.moltbot" }],
    "whoever says so": ['exec "$@"', { MOLTBOT_SUPERVISED: "1" }],
    nobody: ['exec "$@"', {}],
    "the shell in a unit": ['SYSTEMD_EXEC_PID=1 exec "$@"', {}],
  } as const;
  for (const [who, [script, env]] of Object.entries(supervised)) {
    const isSupervised = !["nobody", "the shell in a unit"].includes(who);
    await using gateway = await startExecutable({ through: ["sh", "-c", script, "sh"], env });
    const localKey = await readFile(join(gateway.stateDir, "local.key"), "utf8");
    const scopes = ["operator.admin"];
    await using client = await gateway.connect({ auth: { token: localKey.trim() }, scopes });
    expect([who, await client.call("system.restart", {})]).toEqual([who, { restarting: isSupervised }]);
    if (!isSupervised) gateway.signal("SIGTERM");
    expect([who, await gateway.exited]).toEqual([who, isSupervised ? 75 : 0]);
  }
}, 30_000);

test("a hang-up reads the config anew and drops nobody", async () => {
  await using gateway = await startExecutable();
  await using client = await gateway.connect();
  await writeFile(join(gateway.stateDir, "moltbot.json"), '{ gateway: { reload: { mode: "off" } } }');
  while ((await client.call("health", { probe: true })).problems.length > 0) await Bun.sleep(5);
  await writeFile(join(gateway.stateDir, "moltbot.json"), "{ gateway: { port: 1 } }");
  gateway.signal("SIGHUP");
  for (;;) {
    const { problems } = await client.call("health", { probe: true });
    if (problems.some(({ message }) => message.includes("gateway.port"))) break;
    await Bun.sleep(5);
  }
  gateway.signal("SIGINT");
  expect(await gateway.exited).toBe(0);
});

test("a process that stood still keeps its clients, and those who were saying hello", async () => {
  const home = await emptyHome();
  const stateDir = join(home, ".local/state/moltbot");
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const settings = { pingIntervalMs: 250, handshakeTimeoutMs: 2_000 };
  await writeFile(join(stateDir, "moltbot.json"), JSON.stringify({ gateway: settings }));
  try {
    await using gateway = await startExecutable({ home });
    await using client = await gateway.connect();
    const greeted = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<number>();
    const stranger = new WebSocket(gateway.url.replace("http", "ws"));
    stranger.onmessage = () => greeted.resolve();
    stranger.onclose = ({ code }) => closed.resolve(code);
    await greeted.promise;
    gateway.signal("SIGSTOP");
    // Longer than every deadline, and than a pause that counts as a jump.
    await Bun.sleep(7_000);
    const answer = client.call("health", { probe: true });
    const hello = Promise.withResolvers<string>();
    stranger.onmessage = ({ data }) => hello.resolve(String(data));
    const params = {
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: "t", version: "1", platform: "x", mode: "test" },
    };
    stranger.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
    gateway.signal("SIGCONT");
    expect((await answer).ok).toBe(true);
    expect(await Promise.race([hello.promise, closed.promise])).toContain("hello-ok");
    stranger.close();
    while (!gateway.output().includes("the clock jumped")) await Bun.sleep(10);
    expect(gateway.output()).toContain("frozen");
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
