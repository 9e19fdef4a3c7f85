import type { Environment } from "#src/config/environment.ts";
import { isSsh, tunnelCommand } from "./browser.ts";
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
  /** The state was made just now. */
  isNew: boolean;
  /** Null where the built-in helper answers. */
  model: string | null;
  /** The environment variable that the key of that model is from; null where it needs none or lies elsewhere. */
  keyVariable: string | null;
  /** The messaging platforms with an account here, as people call them. */
  chats: readonly string[];
  /** The ids of those that there are. */
  channels: readonly string[];
  /** SHA-256 of the certificate; null without TLS. */
  tlsFingerprint: string | null;
  opening: boolean;
}

/** The lines that a person reads at the start: each a fact or a next step. */
export function banner(
  facts: BannerFacts,
  terminal: Pick<Terminal, "color" | "columns" | "language" | "env">,
): string {
  const { language, env } = terminal;
  const say = texts[language];
  const paint = paintFor(terminal);
  const rows: [string, string][] = [
    [say.chat, pageLine(facts, env, language)],
    ...tunnelRows(facts, env, language),
    ...(facts.tlsFingerprint === null
      ? []
      : [[say.tls, `SHA-256 ${facts.tlsFingerprint}`] as [string, string]]),
    [say.data, [shorten(facts.stateDir, env), ...(facts.isNew ? [say.created] : [])].join("   ")],
    [say.model, modelLine(facts, language)],
    ...(facts.model === null ? [["", say.addModel] as [string, string]] : []),
    [say.chats, facts.chats.length > 0 ? facts.chats.join(" · ") : say.noChats(facts.channels.join(" | "))],
  ];
  const width = Math.max(...rows.map(([name]) => Bun.stringWidth(name)));
  const outside = facts.addresses.filter((address) => !isLoopback(address));
  const reach = outside.length === 0 ? say.onlyHere : say.listensOn(outside.join(", "));
  const foot = `  ${reach}  ${say.stop}  ${say.keepRunning}`;
  const fits = terminal.columns === null || Bun.stringWidth(foot) <= terminal.columns;
  return [
    `${paint.bold(`moltbot ${facts.version}`)} (${facts.target}) · ${say.readyIn((facts.readyMs / 1000).toFixed(1))}`,
    "",
    ...rows.map(
      ([name, value]) =>
        `  ${name === "" ? "" : paint.dim(name)}${" ".repeat(width - Bun.stringWidth(name))}  ${value}`,
    ),
    "",
    // A command that is broken in the middle of a word can be neither read nor copied.
    ...(fits ? [foot] : [reach, say.stop, say.keepRunning].map((fact) => `  ${fact}`)),
    "",
  ].join("\n");
}

function pageLine({ url, opening }: BannerFacts, env: Environment, language: Language): string {
  const say = texts[language];
  if (opening) return `${url}   ${say.opening}`;
  return isSsh(env) ? `${say.openThis} ${url}` : url;
}

function modelLine({ model, keyVariable }: BannerFacts, language: Language): string {
  const say = texts[language];
  if (model === null) return say.noModel;
  return keyVariable === null ? model : `${model}   ${say.keyOf(keyVariable)}`;
}

function tunnelRows({ port }: BannerFacts, env: Environment, language: Language): [string, string][] {
  return isSsh(env) ? [["", `${texts[language].tunnelFirst} ${tunnelCommand(port, env)}`]] : [];
}

function isLoopback(address: string): boolean {
  return address === "::1" || address === "localhost" || address.startsWith("127.");
}

/** `~/…` for what lies in the home directory. */
function shorten(path: string, env: Environment): string {
  const home = env.HOME;
  return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
