import { closeSync, existsSync, openSync } from "node:fs";
import { basename, join } from "node:path";
import type { GatewayFlags } from "#src/config/gateway.ts";
import type { LoadedConfig } from "#src/config/load.ts";
import type { Locations } from "#src/config/paths.ts";
import type { Notifier } from "#src/daemon/notify.ts";
import type { Gateway } from "#src/gateway/house.ts";
import type { RootLog } from "#src/lib/log.ts";
import type { LogLevel } from "#src/lib/log-level.ts";
import { banner } from "../banner.ts";
import { hasScreen, openInBrowser } from "../browser.ts";
import { defineCommand } from "../command.ts";
import { type Exit, exits } from "../exit.ts";
import { fold } from "../layout.ts";
import { stopLimitMs } from "../stop-limit.ts";
import type { Supervision } from "../supervised.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";
import { build } from "../version.ts";

type Style = "pretty" | "json";

export const gateway = defineCommand({
  summary: { en: "Run the gateway in the foreground", zh: "在前台运行网关" },
  examples: [
    "moltbot gateway",
    "moltbot gateway --port 19000",
    "moltbot gateway --bind lan --token SECRET",
    "moltbot gateway --profile work --no-open",
  ],
  args: {
    port: {
      type: "string",
      short: "p",
      hint: "NUMBER",
      summary: { en: "TCP port (18789)", zh: "TCP 端口（18789）" },
    },
    bind: {
      type: "string",
      hint: "WHERE",
      summary: {
        en: "loopback, lan, tailnet, auto or an IPv4 address (loopback)",
        zh: "loopback、lan、tailnet、auto 或 IPv4 地址（loopback）",
      },
    },
    token: {
      type: "string",
      hint: "TOKEN",
      summary: { en: "the token that clients must bring", zh: "客户端必须提供的令牌" },
    },
    password: {
      type: "string",
      hint: "PASSWORD",
      summary: { en: "the password that clients must bring", zh: "客户端必须提供的密码" },
    },
    profile: {
      type: "string",
      hint: "NAME",
      summary: {
        en: "a gateway beside others, with state and config of its own",
        zh: "独立的网关，使用自己的状态和配置",
      },
    },
    open: {
      type: "boolean",
      default: true,
      summary: { en: "do not open the page in a browser", zh: "不在浏览器中打开页面" },
    },
    service: {
      type: "boolean",
      summary: { en: "behave as launchd and systemd expect", zh: "按 launchd 和 systemd 的要求运行" },
    },
    "log-format": {
      type: "enum",
      options: ["pretty", "json"],
      summary: {
        en: "how log lines look here; JSON where this is no terminal",
        zh: "日志格式；非终端时为 JSON",
      },
    },
  },
  async run({ profile, open, service, "log-format": format, ...flags }, terminal) {
    const { locationsFor } = await import("../surroundings.ts");
    const { loadConfig } = await import("#src/config/load.ts");
    const { resolveGateway } = await import("#src/config/gateway.ts");
    const locations = locationsFor(terminal.env, profile);
    const supervision = service ? await beSupervised(locations, flags, terminal) : null;
    const { loaded, resolved } = supervision?.settle() ?? settle();
    function settle() {
      const loaded = loadConfig({ path: locations.configPath, env: terminal.env });
      return { loaded, resolved: resolveGateway(loaded.config, loaded.env, flags) };
    }

    const style = service ? "json" : styleOf(format, loaded, terminal);
    const printer = createPrinter(terminal);
    const print = supervision?.unread ? () => {} : printer.print;
    const log = await openLog(loaded, locations, style, terminal, print);
    await report(loaded, log, style, terminal);
    const notifier = await notifierOf(log, terminal);

    const { openGateway } = await import("#src/gateway/house.ts");
    const { AlreadyRunning } = await import("#src/lib/start-errors.ts");
    const { version, target, commit } = build();
    const isNew = !existsSync(join(locations.stateDir, "moltbot.db"));
    let exit: Exit = exits.ok;
    const limitStop = (isRestart: boolean) => {
      const { shutdownGraceMs } = loaded.config.gateway;
      const limitMs = stopLimitMs(shutdownGraceMs, service ? process.platform : null);
      const end = () => {
        log.error(texts.en.stopTooLong(limitMs / 1000));
        if (style === "pretty") terminal.complain(texts[terminal.language].stopTooLong(limitMs / 1000));
        log.close();
        process.exit(isRestart ? exits.restart : exit);
      };
      setTimeout(end, limitMs).unref();
    };
    try {
      const openHouse = () =>
        openGateway({
          loaded,
          resolved,
          paths: locations,
          log,
          version,
          ...(commit === "dev" ? {} : { commit }),
          env: terminal.env,
          flags,
          supervised: service,
          stopping: limitStop,
        });
      const waiting = (why: string) => {
        if (supervision?.unread) terminal.complain(why);
        log.error(why);
      };
      const house = service
        ? await (await import("../supervised.ts")).openWhenDiskAllows(openHouse, waiting)
        : await openHouse();
      process.on("uncaughtException", house.contained);
      process.on("unhandledRejection", house.contained);
      const stopWaiting = supervision?.untilMended(() => {
        // launchd starts what did not end with 0 again, and then by the config as it is now.
        exit = exits.failure;
        void house.stop("the config is right again");
      });
      if (supervision?.problem) {
        log.error("the config is wrong, so only the control plane is served", {
          problem: supervision.problem,
        });
      }
      stopOnSignal(house, style, terminal, notifier?.stopping);
      const { url, port, addresses, facts } = house;
      const { env } = terminal;
      const mayOpen = open && facts.firstStart && terminal.tty.stdout && hasScreen(env, process.platform);
      const opening = mayOpen && openInBrowser(url, env);
      if (style === "pretty") {
        const readyMs = performance.now();
        const shown = { version, target, readyMs, url, port, addresses, ...facts, isNew, opening };
        terminal.print(banner(shown, terminal));
        log.setLevels(loaded.config.logging);
      }
      printer.release();
      notifier?.ready();
      await house.stopped;
      stopWaiting?.();
      if (house.restarting) exit = exits.restart;
    } catch (cause) {
      if (!(cause instanceof AlreadyRunning)) throw cause;
      if (supervision?.endsQuietly) {
        log.warn("a gateway is already running on this state, so the service has nothing to do");
        return exits.ok;
      }
      const { explainHolder } = await import("../failure.ts");
      throw explainHolder(cause, texts[terminal.language], profile);
    } finally {
      notifier?.close();
      printer.release();
      log.close();
    }
    endAnyway(terminal);
    return exit;
  },
});

async function beSupervised(
  { configPath }: Locations,
  flags: GatewayFlags,
  { env }: Terminal,
): Promise<Supervision> {
  const { supervise, trimSaid } = await import("../supervised.ts");
  const { isInHomebrewUnit } = await import("#src/daemon/homebrew.ts");
  trimSaid();
  const insists = process.platform === "darwin" || isInHomebrewUnit();
  return supervise({ insists, configPath, env, flags });
}

/** Null where no supervisor asks how it goes, which then costs nothing. */
async function notifierOf(log: RootLog, { env }: Terminal): Promise<Notifier | null> {
  if (!env.NOTIFY_SOCKET) return null;
  const { openNotifier } = await import("#src/daemon/notify.ts");
  return openNotifier(env, (error) => log.warn("the supervisor is not told how it goes", { error }));
}

/** Holds log lines back until the banner stands above them. */
function createPrinter(terminal: Terminal): { print(text: string): void; release(): void } {
  const mostWaiting = 1_048_576;
  let held: string[] | undefined = [];
  // Nor must one that goes away end it.
  terminal.stdout.removeAllListeners("error").on("error", () => {});
  // A terminal that does not read must not grow the gateway: what it does not take is dropped.
  const print = (text: string) => {
    if (held !== undefined) held.push(text);
    else if (terminal.stdout.writableLength < mostWaiting) terminal.write(text);
  };
  return {
    print,
    release() {
      const lines = held ?? [];
      held = undefined;
      for (const line of lines) print(line);
    },
  };
}

function styleOf(format: Style | undefined, { config }: LoadedConfig, terminal: Terminal): Style {
  if (format !== undefined) return format;
  const { consoleStyle } = config.logging;
  if (consoleStyle !== undefined) return consoleStyle === "json" ? "json" : "pretty";
  return terminal.tty.stdout ? "pretty" : "json";
}

async function openLog(
  { config }: LoadedConfig,
  locations: Locations,
  stdout: Style,
  terminal: Terminal,
  print: (text: string) => void,
): Promise<RootLog> {
  const { createLog } = await import("#src/lib/log.ts");
  const { level, file, consoleLevel } = config.logging;
  const wanted: LogLevel = consoleLevel ?? level;
  // The banner says what the first line would; writing one costs a start the tables of local time, 5 ms and 4 MB.
  const stdoutLevel = stdout === "pretty" && wanted === "info" ? "warn" : wanted;
  return createLog({
    file: file ?? locations.logFile,
    level,
    stdout,
    stdoutLevel,
    color: terminal.color,
    now: Date.now,
    print,
  });
}

/** What is wrong with the config without ending the start. */
async function report(loaded: LoadedConfig, log: RootLog, style: Style, terminal: Terminal): Promise<void> {
  const { findings, issues, warnings, path: file } = loaded;
  if (findings.length === 0) return;
  if (style === "json") {
    for (const { path, message } of [...issues, ...warnings]) log.warn("config", { path, problem: message });
    return;
  }
  const { configLines } = await import("../config-line.ts");
  const { language } = terminal;
  const head = paintFor(terminal).yellow(`${texts[language].config}:`);
  for (const finding of configLines(findings, basename(file), language))
    for (const line of fold(`${head} ${finding}`, terminal.columns, "  ", "")) terminal.complain(line);
}

/** The process ends by itself; what still holds the loop, such as a library's socket, does not keep it for long. */
function endAnyway(terminal: Terminal): void {
  const timer = setTimeout(() => {
    terminal.complain("something still ran after the gateway had stopped, and was ended");
    process.exit();
  }, 500);
  timer.unref();
}

/**
 * The first signal lets the gateway finish what it does; a second one ends it at once. A hang-up has the config read
 * anew, unless it says that the terminal is gone.
 */
function stopOnSignal(
  house: Pick<Gateway, "stop" | "reload" | "contained">,
  style: Style,
  terminal: Terminal,
  begun?: () => void,
): void {
  let stopping = false;
  terminal.onSignal((signal) => {
    if (signal === "SIGHUP" && !stopping && !isHungUp(terminal)) {
      try {
        house.reload();
      } catch (error) {
        house.contained(error);
      }
      return;
    }
    if (stopping) process.exit(128 + (signal === "SIGINT" ? 2 : 15));
    stopping = true;
    if (style === "pretty") terminal.complain(texts[terminal.language].stopping);
    begun?.();
    void house.stop(signal);
  });
}

/** Whether the terminal that this was started at has been closed. */
function isHungUp({ tty }: Terminal): boolean {
  if (!tty.stdin && !tty.stdout) return false;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return false;
  } catch {
    return true;
  }
}
