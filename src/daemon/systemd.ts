import type { ServiceDescription } from "./description.ts";
import { failed, type RunProgram, typed } from "./programs.ts";
import { notInstalled, type Report, ServiceError, type ServiceState, type Services } from "./services.ts";
import { type Scope, unitText } from "./systemd-unit.ts";
import { putUnitFile, readUnitFile, removeUnitFile } from "./unit-file.ts";

export interface SystemdOptions {
  scope: Scope;
  /** Where units of this scope lie: `~/.config/systemd/user` or `/etc/systemd/system`. */
  directory: string;
  run: RunProgram;
}

const asked = "LoadState,ActiveState,MainPID,ExecMainStatus,UnitFileState,NeedDaemonReload";

/** systemd, for this user or for the whole system. */
export function createSystemd({ scope, directory, run }: SystemdOptions): Services {
  const name = ({ unit }: ServiceDescription) => `${unit}.service`;
  const path = (service: ServiceDescription) => `${directory}/${name(service)}`;
  const text = (service: ServiceDescription) => unitText(service, scope);
  const prefix = scope === "user" ? ["--user"] : [];

  async function call(...args: string[]): Promise<string> {
    const all = [...prefix, ...args];
    const ran = await run("systemctl", all);
    if (ran.code !== 0) throw failed("systemctl", all, ran, hintFor(ran.err, scope));
    return ran.out;
  }

  async function systemctl(report: Report, ...args: string[]): Promise<void> {
    await call(...args);
    report({ is: "ran", command: typed("systemctl", [...prefix, ...args]) });
  }

  async function state(service: ServiceDescription): Promise<ServiceState & { stale: boolean }> {
    const said = await call("show", name(service), `--property=${asked}`);
    const told = new Map(said.split("\n").map((line) => line.split(/=(.*)/s, 2) as [string, string]));
    const pid = Number(told.get("MainPID") ?? 0);
    const active = told.get("ActiveState") ?? "";
    const written = readUnitFile(path(service));
    const over = active === "failed" || active === "inactive";
    return {
      installed: written !== null,
      current: written === text(service),
      loaded: told.get("LoadState") === "loaded",
      enabled: told.get("UnitFileState") === "enabled",
      running: active === "active" || active === "reloading",
      pid: pid > 0 ? pid : null,
      lastExit: over ? Number(told.get("ExecMainStatus") ?? 0) : null,
      stale: told.get("NeedDaemonReload") === "yes",
    };
  }

  async function begin(
    verb: "start" | "restart",
    service: ServiceDescription,
    report: Report,
  ): Promise<void> {
    const journal = typed("journalctl", [...journalArgs(service, scope), "-n", "20"]);
    // After too many failures in a row systemd starts nothing until it is told to forget them. There may be none.
    await run("systemctl", [...prefix, "reset-failed", name(service)]);
    try {
      await systemctl(report, verb, name(service));
    } catch (cause) {
      const { lastExit } = await state(service);
      const ended = lastExit === null || lastExit === 0 ? "" : ` (it ended with ${lastExit})`;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ServiceError(`${why}${ended}; what it said: ${journal}`, 1, { cause });
    }
    const { running, pid } = await state(service);
    if (!running) throw new ServiceError(`${name(service)} does not stay up; what it said: ${journal}`);
    report({ is: "running", pid });
  }

  async function known(service: ServiceDescription, report: Report) {
    const now = await state(service);
    if (!now.installed) throw notInstalled(service);
    if (now.stale || !now.loaded) await systemctl(report, "daemon-reload");
    return now;
  }

  return {
    kind: "systemd",
    path,
    text,
    state,
    async install(service, report) {
      // Where systemd does not answer there is nothing to write for.
      await state(service);
      const changed = putUnitFile(path(service), text(service), report);
      const before = await state(service);
      if (changed || before.stale || !before.loaded) await systemctl(report, "daemon-reload");
      if (!before.enabled) await systemctl(report, "enable", name(service));
      if (before.running && !changed && !before.stale) {
        return report({ is: "already-running", pid: before.pid });
      }
      await begin(before.running ? "restart" : "start", service, report);
    },
    async uninstall(service, report) {
      const before = await state(service);
      if (!before.installed && !before.running && !before.enabled) return report({ is: "not-installed" });
      await systemctl(report, "disable", "--now", name(service));
      removeUnitFile(path(service), report);
      await systemctl(report, "daemon-reload");
      await run("systemctl", [...prefix, "reset-failed", name(service)]);
    },
    async start(service, report) {
      const before = await known(service, report);
      if (before.running) return report({ is: "already-running", pid: before.pid });
      await begin("start", service, report);
    },
    async stop(service, report) {
      const before = await known(service, report);
      // One that waits for its next start has no process, and is to be stopped all the same.
      if (before.lastExit !== null) return report({ is: "already-stopped" });
      await systemctl(report, "stop", name(service));
      report({ is: "stopped" });
    },
    async restart(service, report) {
      await known(service, report);
      await begin("restart", service, report);
    },
  };
}

/** How `journalctl` is asked for what a service said. */
export function journalArgs({ unit }: ServiceDescription, scope: Scope): string[] {
  return [scope === "user" ? `--user-unit=${unit}.service` : `--unit=${unit}.service`];
}

function hintFor(said: string, scope: Scope): string {
  if (scope === "user" && /\bbus\b|XDG_RUNTIME_DIR|DBUS_SESSION/i.test(said)) {
    return "systemd has no session for this user; log in directly (ssh, not su), or use --system as root";
  }
  return scope === "system" && /denied|authentication|privilege/i.test(said)
    ? "run it as root, with sudo"
    : "";
}
