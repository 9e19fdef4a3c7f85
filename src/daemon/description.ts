/** What the system's supervisor is asked to keep running; the same for launchd and systemd. */
export interface ServiceDescription {
  /** Reverse DNS, for launchd: `com.moltbot.gateway.work`. */
  label: string;
  /** For systemd, without its ending: `moltbot-gateway-work`. */
  unit: string;
  /** One line for people. */
  summary: string;
  /** An absolute path that outlives updates, and its arguments. */
  program: readonly [path: string, ...args: string[]];
  /** Never a secret: everybody on the computer can read it. */
  environment: Readonly<Record<string, string>>;
  /** Where launchd puts what is said before the program's own log is open. */
  earlyLog: { out: string; err: string };
  /** Whether the program tells systemd that it is ready, and that it still lives. */
  notifies: boolean;
  /** Optional file with more environment, for systemd; specifiers such as `%h` count. */
  environmentFile?: string;
  /** The name below `/var/lib` of the state of a service of the whole system; that service has no other state. */
  stateDirectory?: string;
}

/** What must be known to describe the gateway of a profile as a service. */
export interface GatewayServiceOptions {
  /** How this program is started: its stable path, and the script where it runs from source. */
  command: readonly [path: string, ...args: string[]];
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  profile: string | undefined;
  /** A service of the whole system rather than of this user. */
  system: boolean;
}

/** Where state and config lie is told to the service as it was told to us; nothing else of the environment is. */
const places = ["STATE_DIR", "CONFIG_PATH"].flatMap((name) =>
  ["MOLTBOT_", "CLAWDBOT_", "OPENCLAW_"].map((prefix) => prefix + name),
);

/** A profile adds its name to this by itself. */
const systemPlace = { MOLTBOT_STATE_DIR: "/var/lib/moltbot" };

/** The gateway of a profile as a service. */
export function gatewayService(options: GatewayServiceOptions): ServiceDescription {
  const { command, home, env, profile, system } = options;
  const end = (separator: string) => (profile === undefined ? "" : `${separator}${profile}`);
  const [path, ...args] = command;
  return {
    label: `com.moltbot.gateway${end(".")}`,
    unit: `moltbot-gateway${end("-")}`,
    summary: profile === undefined ? "Moltbot gateway" : `Moltbot gateway, profile ${profile}`,
    program: [
      path,
      ...args,
      "gateway",
      ...(profile === undefined ? [] : ["--profile", profile]),
      "--service",
    ],
    environment: {
      PATH: searchPath(home, system),
      ...localeOf(env),
      ...(system ? systemPlace : placesIn(env)),
    },
    earlyLog: earlyLogIn(home, `gateway${end("-")}`),
    notifies: true,
    environmentFile: system
      ? `/etc/moltbot/gateway${end("-")}.env`
      : `%h/.config/moltbot/gateway${end("-")}.env`,
    ...(system ? { stateDirectory: `moltbot${end("-")}` } : {}),
  };
}

/** Where launchd puts what a service says before its own log is open. */
export function earlyLogIn(home: string, name: string): ServiceDescription["earlyLog"] {
  const base = `${home}/Library/Logs/moltbot/${name}`;
  return { out: `${base}.out.log`, err: `${base}.err.log` };
}

/** Where a supervisor's programs look for other programs; what a shell adds for its person is not known there. */
export function searchPath(home: string, system: boolean): string {
  return [
    ...(system ? [] : [`${home}/.local/bin`]),
    "/opt/homebrew/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/usr/sbin",
    "/sbin",
  ].join(":");
}

function localeOf(env: GatewayServiceOptions["env"]): Record<string, string> {
  const locale = env.LC_ALL || env.LANG;
  return locale ? { LANG: locale } : {};
}

function placesIn(env: GatewayServiceOptions["env"]): Record<string, string> {
  return Object.fromEntries(places.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** What must be known to describe a tunnel as a service. */
export interface TunnelServiceOptions
  extends Pick<GatewayServiceOptions, "command" | "home" | "env" | "profile"> {
  /** Of letters, digits, dots and dashes; one for each tunnel. */
  name: string;
  /** For people. */
  to: string;
  /** What follows `tunnel` on the command line. */
  args: readonly string[];
}

/** A tunnel to a gateway elsewhere as a service of this user. */
export function tunnelService(options: TunnelServiceOptions): ServiceDescription {
  const { command, home, env, profile, name, to, args } = options;
  const [path, ...script] = command;
  const beside = profile === undefined ? [] : ["--profile", profile];
  return {
    label: `com.moltbot.tunnel.${name}`,
    unit: `moltbot-tunnel-${name}`,
    summary: `Moltbot tunnel to ${to}`,
    program: [path, ...script, "tunnel", ...args, ...beside, "--service"],
    environment: { PATH: searchPath(home, false), ...localeOf(env), ...placesIn(env) },
    earlyLog: earlyLogIn(home, `tunnel-${name}`),
    notifies: false,
  };
}
