/** `moltbot service`, as a person runs it. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { runCli } from "#src/cli/run.ts";
import { openService } from "#src/cli/service-access.ts";
import { locationsFor } from "#src/cli/surroundings.ts";
import { acquireGatewayLock } from "#src/store/lock.ts";
import { fakeTerminal } from "../cli/fake-terminal.ts";
import { openSupervisedHome, type SupervisedHome } from "./supervisor.ts";

async function run(at: SupervisedHome, line: string, env: Record<string, string> = {}) {
  const terminal = fakeTerminal({ env: { ...at.env, ...env }, color: false });
  const code = await runCli(commands, line.split(" "), terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const onLinux = test.skipIf(process.platform !== "linux");

onLinux("a service is installed, looked at, stopped and removed, each step in a line", async () => {
  using at = openSupervisedHome();
  const file = join(at.units, "moltbot-gateway-work.service");
  const unit = "moltbot-gateway-work.service";
  expect(await run(at, "service status --profile work")).toMatchObject({
    code: 4,
    out: expect.stringContaining("install it: moltbot service install --profile work"),
  });
  expect(await run(at, "service start --profile work")).toEqual({
    code: 4,
    out: "",
    err: "error: the service is not installed\n  install it: moltbot service install --profile work\n",
  });
  const installed = await run(at, "service install --profile work", { OPENAI_API_KEY: "sk-1" });
  expect(installed).toMatchObject({
    code: 0,
    out: [
      `wrote ${file}`,
      "ran systemctl --user daemon-reload",
      `ran systemctl --user enable ${unit}`,
      `ran systemctl --user start ${unit}`,
      "it runs, pid 700\n",
    ].join("\n"),
  });
  expect(installed.err).toContain("the service does not get OPENAI_API_KEY from this shell");
  expect(JSON.parse((await run(at, "service status --profile work --json")).out)).toEqual({
    supervisor: "systemd",
    file,
    installed: true,
    current: true,
    loaded: true,
    enabled: true,
    running: true,
    pid: 700,
    lastExit: null,
    homebrew: null,
  });
  expect(await run(at, "service stop --profile work")).toMatchObject({ code: 0, err: "" });
  expect((await run(at, "service status --profile work")).out).toContain(
    "moltbot service start --profile work",
  );
  expect((await run(at, "service uninstall --profile work")).out).toContain(`removed ${file}`);
});

onLinux("--print shows the file and does nothing", async () => {
  using at = openSupervisedHome();
  const { code, out, err } = await run(at, "service install --print");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("[Service]\nType=notify\n");
  expect(at.orders()).toEqual([]);
});

onLinux("Homebrew's service and ours are not both installed", async () => {
  using at = openSupervisedHome();
  const theirs = join(at.units, "homebrew.moltbot.service");
  mkdirSync(at.units, { recursive: true });
  writeFileSync(theirs, "[Service]\n");
  const { code, err } = await run(at, "service install");
  expect(code).toBe(3);
  expect(err).toContain(theirs);
  expect(err).toContain("brew services stop moltbot");
  expect(at.orders()).toEqual([]);
  expect(await run(at, "service status")).toMatchObject({
    code: 0,
    out: expect.stringContaining("brew services info moltbot"),
  });
});

test("on macOS the same commands speak to launchd, and see Homebrew's agent", () => {
  using at = openSupervisedHome();
  const agent = join(at.home, "Library/LaunchAgents/homebrew.mxcl.moltbot.plist");
  mkdirSync(dirname(agent), { recursive: true });
  writeFileSync(agent, "");
  const terminal = fakeTerminal({ env: at.env });
  const machine = { platform: "darwin", uid: 501, command: ["/opt/moltbot"] } as const;
  const access = openService({ system: false }, terminal, machine);
  expect(access.services.kind).toBe("launchd");
  expect(access.homebrew).toBe(agent);
  expect(access.service.program).toEqual(["/opt/moltbot", "gateway", "--service"]);
});

onLinux("without a session of systemd every verb says so in a sentence, in both languages", async () => {
  const said: [string, string, string][] = [
    ["Failed to connect to bus: No medium found", "has no session for this user", "没有此用户的会话"],
    [
      "Failed to connect to user scope bus via local transport: $DBUS_SESSION_BUS_ADDRESS and $XDG_RUNTIME_DIR not defined",
      "has no session for this user",
      "没有此用户的会话",
    ],
    [
      "System has not been booted with systemd as init system (PID 1).",
      "does not run on this computer",
      "没有运行 systemd",
    ],
  ];
  for (const [raw, english, chinese] of said) {
    using at = openSupervisedHome();
    const systemctl = join(at.home, "bin/systemctl");
    writeFileSync(systemctl, `#!/bin/sh\necho '${raw}' >&2\nexit 1\n`);
    chmodSync(systemctl, 0o755);
    for (const verb of ["status", "stop", "uninstall", "install", "start"]) {
      if (verb === "start") {
        mkdirSync(at.units, { recursive: true });
        writeFileSync(join(at.units, "moltbot-gateway.service"), "");
      }
      const { code, out, err } = await run(at, `service ${verb}`);
      expect([verb, code, out, err.includes(english), err.includes("systemctl")]).toEqual([
        verb,
        1,
        "",
        true,
        false,
      ]);
      expect((await run(at, `service ${verb}`, { LANG: "zh_CN.UTF-8" })).err).toContain(chinese);
    }
  }
});

onLinux("beside a gateway that was started by hand no service is installed or started", async () => {
  using at = openSupervisedHome();
  const { stateDir } = locationsFor(at.env, "work");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const claim = acquireGatewayLock(stateDir, { pid: 4711, startedAt: 1, version: "1.0.0" });
  if (!("lock" in claim)) throw new Error("the state is held");
  const refused = {
    code: 3,
    out: "",
    err: expect.stringMatching(/a gateway runs already on the same state.*pid 4711\n.*kill 4711/),
  };
  expect(await run(at, "service install --profile work")).toMatchObject(refused);
  expect(at.orders()).toEqual([]);
  claim.lock.release();
  expect((await run(at, "service install --profile work")).code).toBe(0);
  expect((await run(at, "service stop --profile work")).code).toBe(0);
  const again = acquireGatewayLock(stateDir, { pid: 4711, startedAt: 1, version: "1.0.0" });
  expect(await run(at, "service start --profile work")).toMatchObject(refused);
  if ("lock" in again) again.lock.release();
  // What one that crashed left behind is in nobody's way.
  writeFileSync(join(stateDir, "gateway.json"), JSON.stringify({ pid: 1, startedAt: 1, version: "1.0.0" }));
  expect((await run(at, "service start --profile work")).code).toBe(0);
});

onLinux("a program on the gateway's port is named before the service is started", async () => {
  using at = openSupervisedHome();
  using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { stateDir } = locationsFor(at.env, "work");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(stateDir, "moltbot.json"), `{ gateway: { port: ${server.port} } }`, { mode: 0o600 });
  const { err } = await run(at, "service install --profile work");
  expect(err).toContain(`port ${server.port} is in use by bun`);
  expect(err).toContain(`(pid ${process.pid})`);
});
