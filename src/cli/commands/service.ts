import { existsSync } from "node:fs";
import { jsonArg } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { exits } from "../exit.ts";
import { pairs } from "../layout.ts";
import type { ServiceAccess } from "../service-access.ts";
import { type ServiceFlags, serviceArgs } from "../service-args.ts";
import { paintFor, type Terminal } from "../terminal.ts";

export const serviceUninstall = defineCommand({
  summary: {
    en: "Stop the service and remove it; state and config stay",
    zh: "停止并移除服务；状态和配置保留",
  },
  examples: ["moltbot service uninstall", "moltbot service uninstall --profile work"],
  args: serviceArgs,
  async run(flags, terminal) {
    const { services, service, report } = await access(flags, terminal);
    await services.uninstall(service, report);
  },
});

export const serviceStart = defineCommand({
  summary: { en: "Start the installed service", zh: "启动已安装的服务" },
  examples: ["moltbot service start"],
  args: serviceArgs,
  run: (flags, terminal) => perform("start", flags, terminal),
});

export const serviceStop = defineCommand({
  summary: {
    en: "Stop the service until it is started or you log in again",
    zh: "停止服务，直到再次启动或登录",
  },
  examples: ["moltbot service stop"],
  args: serviceArgs,
  run: (flags, terminal) => perform("stop", flags, terminal),
});

export const serviceRestart = defineCommand({
  summary: { en: "Stop the service and start it again", zh: "重新启动服务" },
  examples: ["moltbot service restart"],
  args: serviceArgs,
  run: (flags, terminal) => perform("restart", flags, terminal),
});

export const serviceStatus = defineCommand({
  summary: { en: "Show whether the service is installed and runs", zh: "显示服务是否已安装并运行" },
  examples: ["moltbot service status", "moltbot service status --json"],
  args: { ...jsonArg, ...serviceArgs },
  async run({ json, ...flags }, terminal) {
    const opened = await access(flags, terminal);
    const { services, service, homebrew } = opened;
    const { installed, current, loaded, enabled, running, pid, lastExit } = await services.state(service);
    const state = { installed, current, loaded, enabled, running, pid, lastExit };
    const file = services.path(service);
    terminal.print(
      json
        ? JSON.stringify({ supervisor: services.kind, file, ...state, homebrew }, null, 2)
        : showState(opened, state, terminal),
    );
    return running || homebrew !== null ? exits.ok : exits.notRunning;
  },
});

type State = Awaited<ReturnType<ServiceAccess["services"]["state"]>>;

function showState(opened: ServiceAccess, state: State, terminal: Terminal): string {
  const { services, service, say, homebrew } = opened;
  const name = services.kind === "launchd" ? service.label : `${service.unit}.service`;
  const ended = state.lastExit === null || state.lastExit === 0;
  const stopped = ended ? say.doesNotRun : say.endedWith(state.lastExit ?? 0);
  const rows: [string, string][] = [[say.service, `${name} (${services.kind})`]];
  if (state.installed) {
    rows.push(
      [say.file, `${services.path(service)} · ${state.current ? say.upToDate : say.stale}`],
      [say.state, state.running ? say.runs(state.pid) : stopped],
      [say.atLogin, state.enabled ? say.yes : say.no],
    );
  } else rows.push([say.state, say.notInstalled]);
  if (homebrew !== null) rows.push(["Homebrew", say.byHomebrew(homebrew)]);
  const todo = todoOf(state, opened);
  if (todo !== null) rows.push([say.todo, todo]);
  const paint = paintFor(terminal);
  return pairs(rows, terminal.columns, (row) => (row === say.todo ? paint.yellow(row) : paint.dim(row))).join(
    "\n",
  );
}

function todoOf(state: State, { homebrew, say, command }: ServiceAccess): string | null {
  if (homebrew !== null) return state.installed ? say.stopHomebrew : say.homebrewStatus;
  if (!state.installed) return say.installIt(command("install"));
  if (!state.current || !state.enabled) return say.repairIt(command("install"));
  return state.running ? null : say.startIt(command("start"));
}

async function perform(
  verb: "start" | "stop" | "restart",
  flags: ServiceFlags,
  terminal: Terminal,
): Promise<void> {
  const { withInstalled } = await import("../service-access.ts");
  const opened = await access(flags, terminal);
  const { services, service, report } = opened;
  await withInstalled(opened, async () => {
    if (verb !== "stop" && existsSync(services.path(service))) {
      const { checkRivals } = await import("../service-rival.ts");
      await checkRivals(opened, flags.system, terminal);
    }
    await services[verb](service, report);
  });
}

async function access(flags: ServiceFlags, terminal: Terminal): Promise<ServiceAccess> {
  const { openService } = await import("../service-access.ts");
  return openService(flags, terminal);
}
