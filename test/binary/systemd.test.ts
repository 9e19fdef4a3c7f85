/** The service under the machine's own systemd, where the user running the tests has one. */
import { expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { executable, freePort } from "./executable.ts";

const profile = `systemd-test-${process.pid}`;

interface State {
  installed: boolean;
  running: boolean;
  pid: number | null;
}

/** Why there is nothing to test against; null where there is. A container has no systemd, so this skips, aloud. */
function missingSystemd(): string | null {
  if (process.platform !== "linux") return "systemd is Linux's";
  if (Bun.which("systemctl") === null) return "there is no systemctl";
  const asked = Bun.spawnSync(["systemctl", "--user", "show-environment"], {
    stdin: "ignore",
    timeout: 5_000,
  });
  return asked.exitCode === 0 ? null : `systemctl --user: ${asked.stderr.toString().trim()}`;
}

const missing = missingSystemd();
if (missing !== null) console.warn(`the service is not tried under a real systemd: ${missing}`);

async function moltbot(...args: string[]): Promise<{ code: number; out: string }> {
  const child = Bun.spawn([executable(), ...args, "--profile", profile], {
    env: { ...process.env, MOLTBOT_NO_OPEN: "1" },
    cwd: homedir(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const out = await new Response(child.stdout).text();
  return { code: await child.exited, out };
}

async function state(): Promise<State> {
  return JSON.parse((await moltbot("service", "status", "--json")).out) as State;
}

/** Asks until it is so; the test's own time limit ends it. */
async function until(holds: (state: State) => boolean): Promise<State> {
  for (;;) {
    const now = await state();
    if (holds(now)) return now;
    await Bun.sleep(100);
  }
}

test.skipIf(missing !== null)(
  "a real systemd runs it, takes it up after a crash, and leaves it stopped when it was stopped",
  async () => {
    const { out } = await moltbot("paths", "--json");
    const paths = JSON.parse(out) as Record<"config" | "state", { path: string }>;
    const config = paths.config.path;
    const stateDir = paths.state.path;
    mkdirSync(dirname(config), { recursive: true, mode: 0o700 });
    writeFileSync(config, JSON.stringify({ gateway: { port: freePort() } }), { mode: 0o600 });
    try {
      expect((await moltbot("service", "install")).code).toBe(0);
      const { pid } = await until(({ running }) => running);
      expect((await moltbot("health")).code).toBe(0);
      expect((await moltbot("service", "install")).code).toBe(0);
      expect(await state()).toMatchObject({ running: true, pid });

      process.kill(pid as number, "SIGKILL");
      const again = await until((now) => now.running && now.pid !== pid);
      expect(again.pid).not.toBeNull();

      expect((await moltbot("service", "stop")).code).toBe(0);
      expect(await state()).toMatchObject({ installed: true, running: false });
      expect((await moltbot("service", "start")).code).toBe(0);
      await until(({ running }) => running);
    } finally {
      await moltbot("service", "uninstall");
      rmSync(stateDir, { recursive: true, force: true });
    }
    expect(await state()).toMatchObject({ installed: false, running: false });
  },
  60_000,
);
