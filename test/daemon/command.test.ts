/** `moltbot service`, as a person runs it. */
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { runCli } from "#src/cli/run.ts";
import { openService } from "#src/cli/service-access.ts";
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
