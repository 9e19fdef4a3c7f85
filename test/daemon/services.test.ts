/** A service's life, against supervisors that record what they are asked. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayService } from "#src/daemon/description.ts";
import { openServices } from "#src/daemon/open-services.ts";
import { openSupervisedHome, recorder, type SupervisedHome } from "./supervisor.ts";

const label = "com.moltbot.gateway";
const unit = "moltbot-gateway.service";

function described({ home, env }: SupervisedHome, path = "/opt/homebrew/opt/moltbot/bin/moltbot") {
  return gatewayService({ command: [path], home, env, profile: undefined, system: false });
}

test("launchd: install, update, stop, start, restart, uninstall", async () => {
  using at = openSupervisedHome();
  const launchd = openServices({ platform: "darwin", env: at.env, home: at.home, uid: 501, system: false });
  const service = described(at);
  const file = join(at.home, "Library/LaunchAgents/com.moltbot.gateway.plist");
  const { steps, report } = recorder();

  await launchd.install(service, report);
  expect(at.orders()).toEqual([`launchctl enable gui/501/${label}`, `launchctl bootstrap gui/501 ${file}`]);
  expect(steps).toEqual([
    { is: "written", path: file },
    { is: "ran", command: `launchctl enable gui/501/${label}` },
    { is: "ran", command: `launchctl bootstrap gui/501 ${file}` },
    { is: "running", pid: 500 },
  ]);
  expect(await launchd.state(service)).toEqual({
    installed: true,
    current: true,
    loaded: true,
    enabled: true,
    running: true,
    pid: 500,
    lastExit: null,
  });
  expect(existsSync(join(at.home, "Library/Logs/moltbot"))).toBe(true);

  // Again changes nothing.
  steps.length = 0;
  await launchd.install(service, report);
  expect(at.orders()).toEqual([]);
  expect(steps).toEqual([
    { is: "unchanged", path: file },
    { is: "already-running", pid: 500 },
  ]);

  // A file of another version is replaced, and what runs by it leaves before the new one is read.
  const moved = described(at, "/usr/local/bin/moltbot");
  expect(await launchd.state(moved)).toMatchObject({ installed: true, current: false });
  await launchd.install(moved, report);
  expect(at.orders()).toEqual([
    `launchctl bootout gui/501/${label}`,
    `launchctl enable gui/501/${label}`,
    `launchctl bootstrap gui/501 ${file}`,
  ]);
  expect(readFileSync(file, "utf8")).toContain("<string>/usr/local/bin/moltbot</string>");

  // What is stopped has left launchd, so a start loads it again.
  await launchd.stop(moved, report);
  await launchd.stop(moved, report);
  expect(steps.slice(-2)).toEqual([{ is: "stopped" }, { is: "already-stopped" }]);
  expect(await launchd.state(moved)).toMatchObject({ loaded: false, running: false, installed: true });
  expect(at.orders()).toEqual([`launchctl bootout gui/501/${label}`]);
  await launchd.start(moved, report);
  expect(at.orders()).toEqual([`launchctl enable gui/501/${label}`, `launchctl bootstrap gui/501 ${file}`]);
  await launchd.start(moved, report);
  expect(at.orders()).toEqual([]);

  await launchd.restart(moved, report);
  expect(at.orders()).toEqual([`launchctl kickstart -k gui/501/${label}`]);
  expect(steps.at(-1)).toEqual({ is: "running", pid: 503 });

  await launchd.uninstall(moved, report);
  expect(at.orders()).toEqual([`launchctl bootout gui/501/${label}`]);
  expect(existsSync(file)).toBe(false);
  await launchd.uninstall(moved, report);
  expect(steps.at(-1)).toEqual({ is: "not-installed" });
  expect(launchd.start(moved, report)).rejects.toMatchObject({ exitCode: 4 });
});

test("launchd: a service that its user switched off, and one that has ended, are started again", async () => {
  using at = openSupervisedHome();
  const launchd = openServices({ platform: "darwin", env: at.env, home: at.home, uid: 501, system: false });
  const service = described(at);
  const { steps, report } = recorder();
  writeFileSync(
    join(at.home, "launchd.json"),
    JSON.stringify({ loaded: {}, disabled: [label], nextPid: 500 }),
  );
  await launchd.install(service, report);
  expect(await launchd.state(service)).toMatchObject({ enabled: true, running: true });
  // Loaded, but its process has ended cleanly: it is started, not loaded twice.
  const kept = JSON.parse(readFileSync(join(at.home, "launchd.json"), "utf8"));
  kept.loaded[label].pid = 0;
  writeFileSync(join(at.home, "launchd.json"), JSON.stringify(kept));
  at.orders();
  await launchd.start(service, report);
  expect(at.orders()).toEqual([`launchctl kickstart gui/501/${label}`]);
  expect(steps.at(-1)).toEqual({ is: "running", pid: 501 });
});

test("systemd: install, update, stop, start, restart, uninstall", async () => {
  using at = openSupervisedHome();
  const systemd = openServices({ platform: "linux", env: at.env, home: at.home, uid: 1000, system: false });
  const service = described(at);
  const file = join(at.units, unit);
  const { steps, report } = recorder();

  await systemd.install(service, report);
  expect(at.orders()).toEqual([
    "systemctl --user daemon-reload",
    `systemctl --user enable ${unit}`,
    `systemctl --user reset-failed ${unit}`,
    `systemctl --user start ${unit}`,
  ]);
  expect(steps[0]).toEqual({ is: "written", path: file });
  expect(steps.at(-1)).toEqual({ is: "running", pid: 700 });

  steps.length = 0;
  await systemd.install(service, report);
  expect(at.orders()).toEqual([]);
  expect(steps).toEqual([
    { is: "unchanged", path: file },
    { is: "already-running", pid: 700 },
  ]);

  const moved = described(at, "/usr/local/bin/moltbot");
  await systemd.install(moved, report);
  expect(at.orders()).toEqual([
    "systemctl --user daemon-reload",
    `systemctl --user reset-failed ${unit}`,
    `systemctl --user restart ${unit}`,
  ]);
  expect(steps.at(-1)).toEqual({ is: "running", pid: 701 });

  await systemd.stop(moved, report);
  await systemd.stop(moved, report);
  expect(steps.slice(-2)).toEqual([{ is: "stopped" }, { is: "already-stopped" }]);
  expect(at.orders()).toEqual([`systemctl --user stop ${unit}`]);
  await systemd.start(moved, report);
  await systemd.restart(moved, report);
  expect(steps.at(-1)).toEqual({ is: "running", pid: 703 });
  expect(await systemd.state(moved)).toMatchObject({ running: true, enabled: true, current: true });

  at.orders();
  await systemd.uninstall(moved, report);
  expect(at.orders().slice(0, 2)).toEqual([
    `systemctl --user disable --now ${unit}`,
    "systemctl --user daemon-reload",
  ]);
  expect(existsSync(file)).toBe(false);
  expect(await systemd.state(moved)).toMatchObject({ installed: false, loaded: false, running: false });
  await systemd.uninstall(moved, report);
  expect(steps.at(-1)).toEqual({ is: "not-installed" });
  expect(systemd.stop(moved, report)).rejects.toMatchObject({ exitCode: 4 });
});

test("systemd: a unit that somebody changed is put right, and read anew", async () => {
  using at = openSupervisedHome();
  const systemd = openServices({ platform: "linux", env: at.env, home: at.home, uid: 1000, system: false });
  const service = described(at);
  const { steps, report } = recorder();
  await systemd.install(service, report);
  const file = join(at.units, unit);
  writeFileSync(file, readFileSync(file, "utf8").replace("Restart=on-failure", "Restart=always"));
  expect(await systemd.state(service)).toMatchObject({ current: false });
  at.orders();
  await systemd.install(service, report);
  expect(steps).toContainEqual({ is: "replaced", path: file });
  expect(at.orders()).toContain("systemctl --user daemon-reload");
  expect(await systemd.state(service)).toMatchObject({ current: true });
});

test("systemd: a start that fails says what failed, what it ended with, and where the rest is", async () => {
  using at = openSupervisedHome();
  const systemd = openServices({ platform: "linux", env: at.env, home: at.home, uid: 1000, system: false });
  const install = systemd.install(described(at, "/broken/moltbot"), recorder().report);
  await expect(install).rejects.toThrow(
    `systemctl --user start ${unit} failed (exit 1: Job for ${unit} failed.) (it ended with 78: its config is ` +
      `wrong, or its port is in use; see: moltbot doctor); what it said: journalctl --user-unit=${unit} -n 20`,
  );
});

test("a computer without the supervisor is told so, and no file is left there that nothing reads", async () => {
  using at = openSupervisedHome();
  const env = { ...at.env, PATH: "/nowhere" };
  const systemd = openServices({ platform: "linux", env, home: at.home, uid: 1000, system: false });
  await expect(systemd.state(described(at))).rejects.toThrow("there is no systemctl on this computer");
  await expect(systemd.install(described(at), recorder().report)).rejects.toThrow("there is no systemctl");
  expect(existsSync(systemd.path(described(at)))).toBe(false);
  expect(() => openServices({ platform: "win32", env, home: at.home, uid: 0, system: false })).toThrow(
    "moltbot gateway --service",
  );
  expect(() => openServices({ platform: "darwin", env, home: at.home, uid: 501, system: true })).toThrow(
    "--system is for Linux",
  );
});

test("systemd starts nothing from a path with quotes, so such a unit is refused before it is written", async () => {
  using at = openSupervisedHome();
  const systemd = openServices({ platform: "linux", env: at.env, home: at.home, uid: 1000, system: false });
  for (const path of [
    '/opt/my "bot"/moltbot',
    "/opt/it's/moltbot",
    "/opt/back\\slash/moltbot",
    "/opt/a\nb/moltbot",
  ]) {
    const service = described(at, path);
    await expect(systemd.install(service, recorder().report)).rejects.toThrow(
      "systemd starts no program with",
    );
    expect(() => systemd.text(service)).toThrow(path);
    expect(existsSync(systemd.path(service))).toBe(false);
    // One that was there under another name can be taken away all the same.
    await systemd.uninstall(service, recorder().report);
  }
  expect(at.orders()).toEqual([]);
});
