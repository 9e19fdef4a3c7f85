import type { Told } from "#src/lib/told-error.ts";
import type { ServiceDescription } from "./description.ts";
import { failed, type RunProgram, typed } from "./programs.ts";
import {
  endedWith,
  notInstalled,
  type Report,
  ServiceError,
  type ServiceState,
  type Services,
} from "./services.ts";
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
    if (ran.code !== 0) {
      const away = absence(ran.err, scope);
      throw away === null
        ? failed("systemctl", all, ran, hintFor(ran.err, scope))
        : new ServiceError(away, 1, { cause: failed("systemctl", all, ran) });
    }
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
      if (!(cause instanceof ServiceError)) throw cause;
      throw withJournal(cause.told, (await state(service)).lastExit, journal, cause);
    }
    const { running, pid, lastExit } = await state(service);
    if (!running) {
      const down = { en: `${name(service)} does not stay up`, zh: `${name(service)} 启动后又退出了` };
      throw withJournal(down, lastExit, journal);
    }
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
    text(service) {
      refuseUnusable(service.program[0]);
      return text(service);
    },
    state,
    async install(service, report) {
      refuseUnusable(service.program[0]);
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

/** systemd starts nothing whose path has quotes, backslashes or control characters, however they are written. */
function refuseUnusable(path: string): void {
  const sign = /["'\\\p{Cc}]/u.exec(path)?.[0];
  if (sign === undefined) return;
  const shown = JSON.stringify(sign);
  throw new ServiceError(
    {
      en: `systemd starts no program with ${shown} in its path: ${path}; move it, as to ~/.local/bin, and install again`,
      zh: `systemd 无法启动路径中含有 ${shown} 的程序：${path}；请把它移到例如 ~/.local/bin 后重新安装`,
    },
    78,
  );
}

/** How `journalctl` is asked for what a service said. */
export function journalArgs({ unit }: ServiceDescription, scope: Scope): string[] {
  return [scope === "user" ? `--user-unit=${unit}.service` : `--unit=${unit}.service`];
}

function withJournal(why: Told, lastExit: number | null, journal: string, cause?: Error): ServiceError {
  const ended = endedWith(lastExit);
  return new ServiceError(
    {
      en: `${why.en}${ended.en}; what it said: ${journal}`,
      zh: `${why.zh}${ended.zh}；查看它的输出：${journal}`,
    },
    1,
    cause === undefined ? undefined : { cause },
  );
}

/** Why nobody answers for systemd; null where it did, or where that cannot be told. */
function absence(said: string, scope: Scope): Told | null {
  if (/not been booted with systemd|host is down/i.test(said)) {
    return {
      en: "systemd does not run on this computer, as in a container; let whatever runs there run: moltbot gateway --service",
      zh: "本机没有运行 systemd（例如容器中）；请用那里的管理程序运行：moltbot gateway --service",
    };
  }
  if (scope === "system" || !/\bbus\b|XDG_RUNTIME_DIR|DBUS_SESSION/i.test(said)) return null;
  return {
    en: "systemd has no session for this user, so its services cannot be asked; log in directly (ssh, not su), or use --system as root",
    zh: "systemd 没有此用户的会话，无法访问其服务；请直接登录（用 ssh，不要用 su），或以 root 身份使用 --system",
  };
}

function hintFor(said: string, scope: Scope): Told | null {
  if (scope !== "system" || !/denied|authentication|privilege/i.test(said)) return null;
  return { en: "run it as root, with sudo", zh: "请用 sudo 以 root 身份运行" };
}
