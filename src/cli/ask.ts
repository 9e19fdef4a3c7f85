/** How a command reaches the gateway: a client like any other. */
import { hostname } from "node:os";
import type { Scope } from "#protocol/access.ts";
import type { ConnectOptions, GatewayClient } from "#src/client/client.ts";
import type { ConnectFailed } from "#src/client/errors.ts";
import { CliError, exits, UsageError } from "./exit.ts";
import {
  findTarget,
  type PairingLink,
  pairingLinkIn,
  secretOf,
  type Target,
  type TargetFlags,
  toSocketUrl,
} from "./target.ts";
import type { Terminal } from "./terminal.ts";
import { type Texts, texts } from "./texts.ts";
import { build } from "./version.ts";

/** The flags of every command that asks the gateway. */
export const askArgs = {
  url: { type: "string", hint: "URL", summary: { en: "the gateway's address", zh: "网关地址" } },
  token: { type: "string", hint: "TOKEN", summary: { en: "the gateway's token", zh: "网关令牌" } },
  password: { type: "string", hint: "PASSWORD", summary: { en: "the gateway's password", zh: "网关密码" } },
  "tls-fingerprint": {
    type: "string",
    hint: "SHA256",
    summary: { en: "the certificate that the gateway must show", zh: "网关必须出示的证书指纹" },
  },
  gateway: {
    type: "string",
    hint: "NAME",
    summary: { en: "the gateway of this name", zh: "该名称的网关" },
  },
  profile: {
    type: "string",
    hint: "NAME",
    summary: { en: "use the gateway of this profile", zh: "使用该配置档的网关" },
  },
} as const;

/** The flag of every command whose answer a program may read. */
export const jsonArg = {
  json: { type: "boolean", summary: { en: "print JSON", zh: "输出 JSON" } },
} as const;

export interface AskFlags {
  url?: string | undefined;
  token?: string | undefined;
  password?: string | undefined;
  "tls-fingerprint"?: string | undefined;
  gateway?: string | undefined;
  profile?: string | undefined;
}

/** Connects with what the flags and the surroundings say. Fails with the command that helps. */
export async function openClient(
  flags: AskFlags,
  terminal: Terminal,
  options: { scopes: readonly Scope[] } & Pick<ConnectOptions, "onEvent" | "onGap" | "onInvalid">,
): Promise<GatewayClient> {
  const say = texts[terminal.language];
  const { url, ...target } = await findGateway(flags, terminal);
  const errors = await import("#src/client/errors.ts");
  const { version } = build();
  const connect = await connector(target, flags, terminal);
  try {
    return await connect({
      url,
      client: { id: "cli", displayName: hostname(), version, platform: process.platform, mode: "cli" },
      locale: terminal.language === "zh" ? "zh-CN" : "en",
      ...(target.secret === undefined ? {} : { auth: target.secret }),
      ...(target.tlsFingerprint === undefined ? {} : { tlsFingerprint: target.tlsFingerprint }),
      ...options,
    });
  } catch (cause) {
    if (!(cause instanceof errors.ConnectFailed)) throw cause;
    const mix = await mixUp(cause, url, say);
    if (mix !== null) throw mix;
    if (target.own) {
      const { notRunning } = await import("./not-running.ts");
      throw await notRunning(target.shown, flags.profile, terminal, cause);
    }
    throw new CliError(exits.unavailable, say.unreachable(target.shown, cause.why), say.checkUrl, { cause });
  }
}

/** This machine's own gateway knows its user by a key; any other one is asked to let this device in. */
async function connector(
  { own, link }: Pick<FoundGateway, "own" | "link">,
  flags: AskFlags,
  terminal: Terminal,
): Promise<(options: ConnectOptions & { scopes: readonly Scope[] }) => Promise<GatewayClient>> {
  if (own) return (await import("#src/client/client.ts")).connectGateway;
  const [{ connectAsDevice }, { openIdentityFile }, { locationsFor }] = await Promise.all([
    import("./as-device.ts"),
    import("./identity-file.ts"),
    import("./surroundings.ts"),
  ]);
  const file = openIdentityFile(locationsFor(terminal.env, flags.profile).stateDir, terminal);
  return (options) => connectAsDevice({ options, link, file, terminal });
}

/** One side speaks TLS and the other does not, or nobody here knows who signed the certificate; null otherwise. */
async function mixUp(cause: ConnectFailed, url: string, say: Texts): Promise<CliError | null> {
  const { mistaken } = await import("#src/client/secured.ts");
  const found = await mistaken(cause);
  if (found === null) return null;
  const failed = (why: string, hint: string) =>
    new CliError(exits.unavailable, say.unreachable(url, why), hint, { cause });
  if (found.is === "plain") return failed(say.speaksPlain, say.usePlain(url.replace(/^wss/, "ws")));
  const hint = say.pinIt(url.replace(/^ws:/, "wss:"), found.fingerprint);
  return failed(found.is === "tls" ? say.speaksTls : say.unknownSigner, hint);
}

/** The same for one visit: the connection ends with `use`. */
export async function withClient<T>(
  flags: AskFlags,
  terminal: Terminal,
  scopes: readonly Scope[],
  use: (client: GatewayClient) => Promise<T>,
): Promise<T> {
  await using client = await openClient(flags, terminal, { scopes });
  return await use(client);
}

export interface FoundGateway extends Target {
  /** As a person wrote it, but for the secret of a link. */
  shown: string;
  /** What the address carries where it is a link from `moltbot pair`. */
  link: PairingLink | null;
}

/** The gateway that the flags and the surroundings mean. */
export async function findGateway(flags: AskFlags, terminal: Terminal): Promise<FoundGateway> {
  const { url, token, password, "tls-fingerprint": tlsFingerprint } = flags;
  const { gateway } = flags;
  if (gateway !== undefined && url !== undefined) {
    throw new UsageError((await import("./gateways-texts.ts")).gatewaysTexts[terminal.language].twoGateways);
  }
  const named: TargetFlags = {
    ...(gateway === undefined ? {} : { gateway }),
    ...secretOf(token, password),
    ...(url === undefined ? {} : { url }),
    ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
  };
  const { surroundings } = await import("./surroundings.ts");
  const target = await findTarget(named, surroundings(terminal, flags.profile));
  const shown = target.url.replace(/#.*$/, "");
  const socketUrl = toSocketUrl(target.url, target.tlsFingerprint !== undefined);
  if (socketUrl === null) throw new UsageError(texts[terminal.language].badUrl(shown));
  return { ...target, url: socketUrl, shown, link: pairingLinkIn(target.url) };
}
