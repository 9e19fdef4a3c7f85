import type { Environment } from "#src/config/environment.ts";
import type { Language } from "./language.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** What the first lines of a gateway say. */
export interface BannerFacts {
  version: string;
  target: string;
  readyMs: number;
  /** The page. */
  url: string;
  port: number;
  /** What the gateway listens on. */
  addresses: readonly string[];
  stateDir: string;
  configPath: string;
  firstStart: boolean;
  /** Null where the built-in helper answers. */
  model: string | null;
  opening: boolean;
}

/** The lines that a person reads at the start: each a fact or a next step. */
export function banner(facts: BannerFacts, terminal: Pick<Terminal, "color" | "language" | "env">): string {
  const { language, env } = terminal;
  const say = texts[language];
  const paint = paintFor(terminal);
  const rows: [string, string][] = [
    [say.chat, pageLine(facts, env, language)],
    ...tunnelRows(facts, env, language),
    [say.data, [shorten(facts.stateDir, env), ...(facts.firstStart ? [say.created] : [])].join("   ")],
    [say.model, facts.model ?? say.noModel],
    ...(facts.model === null ? [["", say.addModel(shorten(facts.configPath, env))] as [string, string]] : []),
  ];
  const width = Math.max(...rows.map(([name]) => Bun.stringWidth(name)));
  const outside = facts.addresses.filter((address) => !isLoopback(address));
  const reach = outside.length === 0 ? say.onlyHere : say.listensOn(outside.join(", "));
  return [
    `${paint.bold(`moltbot ${facts.version}`)} (${facts.target}) · ${say.readyIn((facts.readyMs / 1000).toFixed(1))}`,
    "",
    ...rows.map(
      ([name, value]) =>
        `  ${name === "" ? "" : paint.dim(name)}${" ".repeat(width - Bun.stringWidth(name))}  ${value}`,
    ),
    "",
    `  ${reach}  ${say.stop}`,
    "",
  ].join("\n");
}

function pageLine({ url, opening }: BannerFacts, env: Environment, language: Language): string {
  const say = texts[language];
  if (opening) return `${url}   ${say.opening}`;
  return isSsh(env) ? `${say.openThis} ${url}` : url;
}

/** Over SSH the page is on the wrong side of the connection; the tunnel brings it over. */
function tunnelRows({ port }: BannerFacts, env: Environment, language: Language): [string, string][] {
  if (!isSsh(env)) return [];
  const [, , host = "this-host", sshPort = "22"] = (env.SSH_CONNECTION ?? "").split(" ");
  const user = env.USER || env.LOGNAME;
  const options = sshPort === "22" ? "" : ` -p ${sshPort}`;
  const command = `ssh -N -L ${port}:127.0.0.1:${port}${options} ${user === undefined ? host : `${user}@${host}`}`;
  return [["", `${texts[language].tunnelFirst} ${command}`]];
}

/** Whether a person at this machine's own screen started us: only then a browser may open. */
export function isDesktop(env: Environment, platform: NodeJS.Platform, tty: { stdout: boolean }): boolean {
  if (!tty.stdout || isSsh(env) || env.CI) return false;
  return platform === "darwin" || platform === "win32" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

function isSsh(env: Environment): boolean {
  return Boolean(env.SSH_CONNECTION || env.SSH_TTY);
}

function isLoopback(address: string): boolean {
  return address === "::1" || address === "localhost" || address.startsWith("127.");
}

/** `~/…` for what lies in the home directory. */
function shorten(path: string, env: Environment): string {
  const home = env.HOME;
  return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
