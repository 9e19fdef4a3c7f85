import { expect, test } from "bun:test";
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHouse } from "./start-house.ts";

/** Connects, introduces itself, prints the answer. Run by another user, who may read nothing of ours. */
const stranger = `
  const socket = new WebSocket(process.argv[1]);
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.event === "connect.challenge") socket.send(JSON.stringify({
      type: "req", id: "c1", method: "connect",
      params: { minProtocol: 3, maxProtocol: 3, client: { id: "cli", version: "1", platform: "linux", mode: "cli" }, scopes: ["operator.read"] },
    }));
    if (frame.id === "c1") { console.log(JSON.stringify(frame)); process.exit(0); }
  };
  socket.onclose = () => process.exit(1);
`;

// Only root may become somebody else.
const asRoot = test.if(process.platform === "linux" && process.getuid?.() === 0);

asRoot("a program of another user of this machine is not local", async () => {
  await using house = await startHouse();
  // Bun itself may stand where nobody else may look.
  const open = await mkdtemp(join(tmpdir(), "moltbot-stranger-"));
  const bun = join(open, "bun");
  await copyFile(process.execPath, bun);
  await chmod(open, 0o755);
  await chmod(bun, 0o755);
  const run = async (...as: string[]) => {
    const child = Bun.spawn([...as, bun, "-e", stranger, house.socketUrl], {
      cwd: "/",
      env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const text = await new Response(child.stdout).text();
    await child.exited;
    return JSON.parse(text || "{}") as { ok?: boolean; error?: { details: { code: string } } };
  };
  expect(await run()).toMatchObject({ ok: true });
  const other = await run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  expect(other).toMatchObject({ ok: false, error: { details: { code: "DEVICE_IDENTITY_REQUIRED" } } });
  await rm(open, { recursive: true });
});
