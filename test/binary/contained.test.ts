import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connectGateway } from "#src/client/client.ts";
import { testClient } from "../wire/start-house.ts";
import { emptyHome, freePort, plainEnvironment } from "./executable.ts";

test("a stray exception and a stray rejection are contained and counted, and the gateway goes on", async () => {
  const home = await emptyHome();
  const port = freePort();
  const preload = join(import.meta.dir, "stray-errors.ts");
  const main = join(import.meta.dir, "../../src/main.ts");
  const child = Bun.spawn([process.execPath, "--preload", preload, main, "gateway", "--port", String(port)], {
    env: plainEnvironment(home),
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("gateway started")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the gateway ended: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  await using client = await connectGateway({ url: `ws://127.0.0.1:${port}/`, client: testClient });
  child.kill("SIGUSR2");
  let contained = 0;
  while (contained < 2) contained = (await client.call("health", { probe: true })).process.containedErrors;
  expect(contained).toBe(2);
  expect(child.exitCode).toBeNull();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  await rm(home, { recursive: true });
});
