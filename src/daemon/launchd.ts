import { mkdirSync } from "node:fs";
import type { Told } from "#src/lib/told-error.ts";
import type { ServiceDescription } from "./description.ts";
import { launchAgentDirectories, launchAgentText } from "./launchd-plist.ts";
import { failed, type RunProgram, typed } from "./programs.ts";
import {
  endedWith,
  notInstalled,
  type Report,
  ServiceError,
  type ServiceState,
  type Services,
} from "./services.ts";
import { putUnitFile, readUnitFile, removeUnitFile } from "./unit-file.ts";

export interface LaunchdOptions {
  home: string;
  uid: number;
  run: RunProgram;
  /** Between two looks at a service that is starting or ending; a parameter so that tests need not wait. */
  pause?: () => Promise<void>;
}

/** For how many looks a service may be on its way: 30 s, longer than `ExitTimeOut`. */
const looks = 150;
/** What `launchctl bootout` ends with for a service that has left, and for one that is leaving. */
const gone = [3, 113];
const leaving = 36;

/** launchd as this user has it. */
export function createLaunchd({ home, uid, run, pause = () => Bun.sleep(200) }: LaunchdOptions): Services {
  const domain = `gui/${uid}`;
  const target = ({ label }: ServiceDescription) => `${domain}/${label}`;
  const path = ({ label }: ServiceDescription) => `${home}/Library/LaunchAgents/${label}.plist`;

  async function launchctl(report: Report, ...args: string[]): Promise<void> {
    const ran = await run("launchctl", args);
    if (ran.code !== 0) throw failed("launchctl", args, ran, hintFor(ran.err));
    report({ is: "ran", command: typed("launchctl", args) });
  }

  async function state(service: ServiceDescription): Promise<ServiceState> {
    const text = readUnitFile(path(service));
    const told = await run("launchctl", ["print", target(service)]);
    const switches = await run("launchctl", ["print-disabled", domain]);
    const off = new RegExp(`"${RegExp.escape(service.label)}" => (true|disabled)`).test(switches.out);
    return {
      installed: text !== null,
      current: text === launchAgentText(service),
      loaded: told.code === 0,
      enabled: text !== null && !off,
      ...(told.code === 0 ? readPrint(told.out) : { running: false, pid: null, lastExit: null }),
    };
  }

  async function unload(service: ServiceDescription, report: Report): Promise<void> {
    const args = ["bootout", target(service)];
    const ran = await run("launchctl", args);
    if (![0, leaving, ...gone].includes(ran.code)) throw failed("launchctl", args, ran);
    report({ is: "ran", command: typed("launchctl", args) });
    for (let look = 0; look < looks; look++) {
      if (!(await state(service)).loaded) return;
      await pause();
    }
    const see = `launchctl print ${target(service)}`;
    throw new ServiceError({
      en: `${service.label} does not end; see: ${see}`,
      zh: `${service.label} 没有结束；查看：${see}`,
    });
  }

  async function load(service: ServiceDescription, report: Report): Promise<void> {
    for (const directory of launchAgentDirectories(service)) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
    // One that was switched off cannot be loaded.
    await launchctl(report, "enable", target(service));
    await launchctl(report, "bootstrap", domain, path(service));
  }

  /** What launchd calls loaded may be a leftover that it cannot start; then it is loaded anew. */
  async function kick(service: ServiceDescription, report: Report, ...flags: string[]): Promise<void> {
    const args = ["kickstart", ...flags, target(service)];
    const ran = await run("launchctl", args);
    if (ran.code === 0) return report({ is: "ran", command: typed("launchctl", args) });
    await unload(service, report);
    await load(service, report);
  }

  async function untilRunning(service: ServiceDescription, report: Report): Promise<void> {
    let last = await state(service);
    for (let look = 0; look < looks && !last.running; look++) {
      await pause();
      last = await state(service);
    }
    if (last.running) return report({ is: "running", pid: last.pid });
    const ended = endedWith(last.lastExit);
    throw new ServiceError({
      en: `${service.label} does not start${ended.en}; what it said is in ${service.earlyLog.err}`,
      zh: `${service.label} 无法启动${ended.zh}；它的输出在 ${service.earlyLog.err}`,
    });
  }

  async function known(service: ServiceDescription): Promise<ServiceState> {
    const now = await state(service);
    if (!now.installed) throw notInstalled(service);
    return now;
  }

  return {
    kind: "launchd",
    path,
    text: launchAgentText,
    state,
    async install(service, report) {
      const changed = putUnitFile(path(service), launchAgentText(service), report);
      const before = await state(service);
      const settled = before.loaded && before.enabled && !changed;
      if (settled && before.running) return report({ is: "already-running", pid: before.pid });
      if (settled) await kick(service, report);
      else {
        // launchd goes on with what it has read; a new file counts only after the old one has left.
        if (before.loaded) await unload(service, report);
        await load(service, report);
      }
      await untilRunning(service, report);
    },
    async uninstall(service, report) {
      const before = await state(service);
      if (before.loaded) await unload(service, report);
      if (!removeUnitFile(path(service), report) && !before.loaded) report({ is: "not-installed" });
    },
    async start(service, report) {
      const before = await known(service);
      if (before.running) return report({ is: "already-running", pid: before.pid });
      await (before.loaded ? kick(service, report) : load(service, report));
      await untilRunning(service, report);
    },
    async stop(service, report) {
      const before = await known(service);
      if (!before.loaded) return report({ is: "already-stopped" });
      await unload(service, report);
      report({ is: "stopped" });
    },
    async restart(service, report) {
      const before = await known(service);
      await (before.loaded ? kick(service, report, "-k") : load(service, report));
      await untilRunning(service, report);
    },
  };
}

/** What `launchctl print` says of a service. It is written for people, so as little as possible of it is read. */
function readPrint(text: string): Pick<ServiceState, "running" | "pid" | "lastExit"> {
  const pid = /^\tpid = (\d+)$/m.exec(text)?.[1];
  const exit = /^\tlast exit code = (\d+)/m.exec(text)?.[1];
  return {
    running: /^\tstate = running$/m.test(text) && pid !== undefined,
    pid: pid === undefined ? null : Number(pid),
    lastExit: exit === undefined ? null : Number(exit),
  };
}

function hintFor(said: string): Told | null {
  if (!/domain/i.test(said)) return null;
  return {
    en: "launchd has no session for you; log in on the computer's own screen once",
    zh: "launchd 没有您的会话；请在这台电脑的屏幕上登录一次",
  };
}
