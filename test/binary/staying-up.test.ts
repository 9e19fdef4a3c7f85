/** What keeps the gateway up, seen from outside: crash loops and signals. */
import { expect, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
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
      expect((await client.call("health", { probe: true })).problems).toEqual([
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
