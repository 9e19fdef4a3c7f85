import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startExecutable } from "./executable.ts";

const readme = await Bun.file(join(import.meta.dir, "../../README.md")).text();

/** The seed's minimal client: connect and health, nothing more. */
const seedClient = `
import { WebSocket } from "ws";
const ws = new WebSocket("ws://127.0.0.1:18789");
ws.on("open", () => {
  const client = { id: "cli", displayName: "example", version: "dev", platform: "node", mode: "cli" };
  ws.send(JSON.stringify({ type: "req", id: "c1", method: "connect", params: { minProtocol: 3, maxProtocol: 3, client } }));
});
ws.on("message", (data) => {
  const msg = JSON.parse(String(data));
  if (msg.type === "res" && msg.id === "c1" && msg.ok) ws.send(JSON.stringify({ type: "req", id: "h1", method: "health" }));
  if (msg.type === "res" && msg.id === "h1") {
    console.log("health:", msg.payload.ok);
    ws.close();
  }
});
`;

async function runClient(source: string): Promise<string> {
  await using gateway = await startExecutable();
  const directory = await mkdtemp(join(tmpdir(), "moltbot-readme-"));
  const file = join(directory, "client.mjs");
  await writeFile(file, source.replace("127.0.0.1:18789", `127.0.0.1:${gateway.port}`));
  const child = Bun.spawn([process.execPath, file], { stdout: "pipe", stderr: "inherit", cwd: directory });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  await rm(directory, { recursive: true });
  return text;
}

test("the client that README prints gets an answer", async () => {
  const source = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  expect(source).toContain("connect.challenge");
  expect(await runClient(source as string)).toContain("/help");
});

test("the seed's minimal client gets its health", async () => {
  expect(await runClient(seedClient)).toBe("health: true\n");
});

test("README names no command that does not exist", async () => {
  const { commands } = await import("#src/cli/commands.ts");
  const named = [...readme.matchAll(/moltbot ([a-z]+)\b/g)].map((match) => match[1] as string);
  expect(named.length).toBeGreaterThan(5);
  for (const name of named) expect(Object.keys(commands)).toContain(name);
});
