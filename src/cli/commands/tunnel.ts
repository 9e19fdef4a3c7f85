import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isSshTarget, type TunnelFailure, type TunnelRoute } from "#src/daemon/ssh-command.ts";
import { portHolder } from "#src/store/port-holder.ts";
import { defineCommand } from "../command.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { wholeNumber } from "../parse.ts";
import type { Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";
import { type TunnelTexts, tunnelTexts } from "../tunnel-texts.ts";

const usualPort = "18789";
const ports = { min: 1, max: 65_535 };

interface Flags {
  target: string | undefined;
  port: string | undefined;
  "remote-port": string | undefined;
  identity: string | undefined;
  profile: string | undefined;
}

export const tunnel = defineCommand({
  summary: {
    en: "Reach a gateway on another computer over SSH, and keep it reachable",
    zh: "通过 SSH 连接另一台计算机上的网关并保持可用",
  },
  examples: [
    "moltbot tunnel you@host",
    "moltbot tunnel you@host --port 18790",
    "moltbot tunnel you@host --identity ~/.ssh/moltbot --install",
  ],
  args: {
    target: {
      type: "positional",
      required: false,
      summary: { en: "user@host, as ssh takes it", zh: "user@host，与 ssh 的写法相同" },
    },
    port: {
      type: "string",
      short: "p",
      hint: "NUMBER",
      summary: { en: "the port on this computer (18789)", zh: "本机端口（18789）" },
    },
    "remote-port": {
      type: "string",
      hint: "NUMBER",
      summary: { en: "where the gateway listens there (18789)", zh: "网关在对方主机上的端口（18789）" },
    },
    identity: {
      type: "string",
      short: "i",
      hint: "FILE",
      summary: { en: "the key to log in with", zh: "用于登录的密钥" },
    },
    install: {
      type: "boolean",
      summary: { en: "keep it up as a service, from every login on", zh: "作为服务保持，每次登录后启动" },
    },
    uninstall: {
      type: "boolean",
      summary: { en: "end that service and remove it", zh: "停止并移除该服务" },
    },
    print: {
      type: "boolean",
      summary: { en: "print the service's file and do nothing", zh: "只输出服务文件，不做任何更改" },
    },
    service: {
      type: "boolean",
      summary: { en: "behave as launchd and systemd expect", zh: "按 launchd 和 systemd 的要求运行" },
    },
    profile: {
      type: "string",
      hint: "NAME",
      summary: { en: "use the config of this profile", zh: "使用该配置档的配置" },
    },
  },
  async run({ install, uninstall, print, service, ...flags }, terminal) {
    const route = await routeOf(flags, terminal);
    if (install || uninstall || print) {
      const verb = print ? "print" : uninstall ? "uninstall" : "install";
      return await beService(verb, route, flags, terminal);
    }
    return await keep(route, service, flags.profile, terminal);
  },
});

async function routeOf(flags: Flags, { env, language }: Terminal): Promise<TunnelRoute> {
  const say = tunnelTexts[language];
  const { remoteRoute } = await import("../surroundings.ts");
  const remote = flags.target === undefined ? await remoteRoute(env, flags.profile) : null;
  const target = flags.target ?? remote?.target;
  if (target === undefined) throw new UsageError(say.noTarget);
  if (!isSshTarget(target)) throw new UsageError(say.notATarget(target));
  const identity = flags.identity ?? remote?.identity;
  const key = identity === undefined ? undefined : resolve(identity.replace(/^~(?=\/)/, env.HOME ?? "~"));
  if (key !== undefined && !existsSync(key)) throw new CliError(exits.config, say.noKey(key));
  return {
    target,
    localPort: wholeNumber("--port", flags.port ?? usualPort, ports, language),
    remotePort: wholeNumber("--remote-port", flags["remote-port"] ?? usualPort, ports, language),
    ...(key === undefined ? {} : { identity: key }),
  };
}

async function keep(
  route: TunnelRoute,
  service: boolean,
  profile: string | undefined,
  terminal: Terminal,
): Promise<number> {
  const { env, language } = terminal;
  const say = tunnelTexts[language];
  const ssh = Bun.which("ssh", { PATH: env.PATH ?? "" });
  if (ssh === null) throw new CliError(exits.config, say.noSsh, say.installSsh);
  const { locationsFor } = await import("../surroundings.ts");
  const { prepareStateDir } = await import("#src/config/state-dir.ts");
  const { ownTunnel } = await import("#src/daemon/tunnel-owner.ts");
  const { keepTunnel } = await import("#src/daemon/tunnel.ts");
  const { greet } = await import("../greet.ts");
  const { stateDir } = locationsFor(env, profile);
  prepareStateDir(stateDir, (message) => terminal.complain(message));
  const owned = ownTunnel(stateDir, route);
  if ("heldBy" in owned) {
    const { target, localPort } = route;
    throw new CliError(exits.alreadyRunning, say.owned(target, localPort, owned.heldBy), say.ownedHint);
  }
  const ending = new AbortController();
  const forget = terminal.onSignal(() => ending.abort());
  try {
    const failure = await keepTunnel({
      route,
      ssh,
      env,
      attached: terminal.tty.stdin && !service,
      persistent: service,
      probe: () => greet(`ws://127.0.0.1:${route.localPort}`),
      tell: (event) => {
        if (event.is === "connecting") terminal.complain(say.connecting(route.target));
        else if (event.is === "up") terminal.print(say.up(event.url, route.target));
        else if (event.is === "no-gateway")
          terminal.complain(say.noGateway(route.target, route.remotePort, event.why));
        else {
          const why = explain(event.failure, route, say, language);
          terminal.complain(say.down(why.message, (event.retryMs / 1000).toFixed(1)));
          if (why.hint !== undefined) terminal.complain(`  ${why.hint}`);
        }
      },
      signal: ending.signal,
    });
    if (failure !== null) throw explain(failure, route, say, language);
    terminal.complain(say.ended);
    return exits.ok;
  } finally {
    forget();
    owned.release();
  }
}

/** A failure as a person reads it, with what helps. */
function explain(
  { is, said }: TunnelFailure,
  { target, localPort }: TunnelRoute,
  say: TunnelTexts,
  language: Terminal["language"],
): CliError {
  switch (is) {
    case "refused":
      return new CliError(exits.permission, say.refused(target, said), say.refusedHint(target));
    case "unknown-host":
      return new CliError(exits.permission, say["unknown-host"](target), say.unknownHostHint(target));
    case "changed-host":
      return new CliError(exits.permission, say["changed-host"](target), say.changedHostHint(target));
    case "port-held": {
      const holder = portHolder(localPort);
      const who = holder === null ? texts[language].anotherProgram : `${holder.name} (pid ${holder.pid})`;
      return new CliError(exits.config, say["port-held"](localPort, who), say.portHint);
    }
    case "bad-config":
      return new CliError(exits.config, say["bad-config"](said), say.badConfigHint(target));
    case "lost":
      return new CliError(exits.unavailable, said);
  }
}

async function beService(
  verb: "install" | "uninstall" | "print",
  route: TunnelRoute,
  flags: Flags,
  terminal: Terminal,
): Promise<number> {
  const { openTunnelService } = await import("../service-access.ts");
  const { services, service, report } = openTunnelService(route, flags.profile, terminal);
  if (verb === "print") terminal.write(services.text(service));
  else await services[verb](service, report);
  if (verb === "install") terminal.complain(tunnelTexts[terminal.language].keyNote);
  return exits.ok;
}
