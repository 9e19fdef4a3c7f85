/** What the command line does by itself, with no gateway to ask. */
import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHome, until } from "./run-moltbot.ts";

test("every command that needs one says so, with the command that starts it, and 4", async () => {
  using home = openHome();
  // The default port may be anybody's; a port that nobody listens on is not.
  const free = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const port = String(free.port);
  await free.stop(true);
  const env = { MOLTBOT_GATEWAY_PORT: port };
  for (const args of [
    ["health"],
    ["status"],
    ["call", "health"],
    ["chat"],
    ["agent", "-m", "hi"],
    ["logs", "-f"],
  ]) {
    expect(await home.run(args, { env })).toEqual({
      code: 4,
      out: "",
      err: `error: no gateway is running at ws://127.0.0.1:${port}\n  start it: moltbot gateway\n`,
    });
  }
  expect(await home.run(["health", "--url", `ws://127.0.0.1:${port}`])).toMatchObject({
    code: 69,
    out: "",
  });
});

test("config path and validate work, and write nothing", async () => {
  using home = openHome();
  const path = join(home.stateDir, "moltbot.json");
  expect(await home.run(["config", "path"])).toEqual({ code: 0, out: `${path}\n`, err: "" });
  expect(await home.run(["config", "validate"])).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse((await home.run(["config", "validate", "--json"])).out)).toEqual({
    path,
    exists: false,
    valid: true,
    issues: [],
    warnings: [],
    off: [],
  });
  expect(existsSync(home.stateDir)).toBe(false);
});

test("who reads may leave: no complaint", async () => {
  using home = openHome();
  const main = join(import.meta.dir, "../../src/main.ts");
  const script = `"${process.execPath}" "${main}" --help | true; echo "\${PIPESTATUS[0]}"`;
  const shell = Bun.spawnSync(["bash", "-c", script], {
    env: { PATH: process.env.PATH ?? "", HOME: home.path },
  });
  expect(shell.stdout.toString()).toBe("0\n");
  expect(shell.stderr.toString()).toBe("");
});

test("the first byte of a command comes within 150 ms of its start, at its quickest of five", async () => {
  using home = openHome();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    const command = home.start(["--version"]);
    await until(() => command.out() !== "", command);
    times.push(performance.now() - before);
    await command.exited;
  }
  expect(Math.min(...times)).toBeLessThan(150);
});

test("the version loads neither gateway nor client nor validators", async () => {
  using home = openHome();
  const preload = join(home.path, "preload.ts");
  writeFileSync(
    preload,
    'process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache))));',
  );
  const main = join(import.meta.dir, "../../src/main.ts");
  const { stdout } = Bun.spawnSync([process.execPath, "--preload", preload, main, "--version"]);
  const paths: string[] = JSON.parse(stdout.toString().split("\n")[1] ?? "");
  expect(paths).toContain(join(main));
  const heavy = paths.filter((path) =>
    /src\/(gateway|client|agents|store)\/|node_modules|validators|protocol\//.test(path),
  );
  expect(heavy).toEqual([]);
});
