/** How a command reaches the gateway: a client like any other. */
import type { Scope } from "#protocol/access.ts";
import type { ConnectOptions, GatewayClient } from "#src/client/client.ts";
import { CliError, exits, UsageError } from "./exit.ts";
import { findTarget, type Secret, secretOf, type Target, toSocketUrl } from "./target.ts";
import type { Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";
import { build } from "./version.ts";

/** The flags of every command that asks the gateway. */
export const askArgs = {
  url: { type: "string", hint: "URL", summary: { en: "the gateway's address", zh: "网关地址" } },
  token: { type: "string", hint: "TOKEN", summary: { en: "the gateway's token", zh: "网关令牌" } },
  password: { type: "string", hint: "PASSWORD", summary: { en: "the gateway's password", zh: "网关密码" } },
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
  const { connectGateway } = await import("#src/client/client.ts");
  const { ConnectFailed } = await import("#src/client/errors.ts");
  const { version } = build();
  try {
    return await connectGateway({
      url,
      client: { id: "cli", version, platform: process.platform, mode: "cli" },
      locale: terminal.language === "zh" ? "zh-CN" : "en",
      ...(target.secret === undefined ? {} : { auth: target.secret }),
      ...options,
    });
  } catch (cause) {
    if (!(cause instanceof ConnectFailed)) throw cause;
    if (target.own) {
      const start =
        flags.profile === undefined ? "moltbot gateway" : `moltbot gateway --profile ${flags.profile}`;
      throw new CliError(exits.notRunning, say.notRunning(target.shown), say.startIt(start), { cause });
    }
    throw new CliError(exits.unavailable, say.unreachable(target.shown, cause.why), say.checkUrl, { cause });
  }
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

/** The gateway that the flags and the surroundings mean. */
export async function findGateway(
  flags: AskFlags,
  terminal: Terminal,
): Promise<Target & { /** As a person wrote it. */ shown: string }> {
  const { url, token, password } = flags;
  const named: Secret & { url?: string } = {
    ...secretOf(token, password),
    ...(url === undefined ? {} : { url }),
  };
  const { surroundings } = await import("./surroundings.ts");
  const target = await findTarget(named, surroundings(terminal.env, flags.profile));
  const socketUrl = toSocketUrl(target.url);
  if (socketUrl === null) throw new UsageError(texts[terminal.language].badUrl(target.url));
  return { ...target, url: socketUrl, shown: target.url };
}
