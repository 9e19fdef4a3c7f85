import { type Environment, setting } from "#src/config/environment.ts";
import type { RunningGateway } from "#src/lib/start-errors.ts";

export interface Secret {
  token?: string;
  password?: string;
}

/** What the config file says about reaching a gateway. */
export interface ConfiguredGateway {
  port: number;
  secret?: Secret;
  /** Where `gateway.mode` is `remote`. */
  remote?: { url: string; secret?: Secret };
}

/** Where the command line looks; each is asked only when it is needed. */
export interface Surroundings {
  env: Environment;
  /** The gateway that holds the state directory. */
  holder(): RunningGateway | null;
  /** Null where there is no file, or one that cannot be read. */
  config(): Promise<ConfiguredGateway | null>;
  localKey(): string | null;
}

/** The gateway to ask, and what to show it. */
export interface Target {
  url: string;
  secret: Secret | undefined;
  /** Whether it is this machine's own gateway, which `moltbot gateway` would start. */
  own: boolean;
}

const defaultPort = 18_789;

/**
 * Flag, then environment, then the gateway that runs on this state, then config, then the default. Secrets of this
 * machine's own gateway go to no other address: one that was named gets what was named with it.
 */
export async function findTarget(flags: Secret & { url?: string }, around: Surroundings): Promise<Target> {
  const { env } = around;
  const named = secretOf(flags.token, flags.password) ?? environmentSecret(env);
  const own = async (url: string): Promise<Target> => ({
    url,
    secret: named ?? (await ownSecret(around)),
    own: true,
  });

  const url = flags.url ?? setting(env, "GATEWAY_URL");
  const holder = around.holder();
  if (url !== undefined) return isOwn(url, holder) ? await own(url) : { url, secret: named, own: false };
  const port = setting(env, "GATEWAY_PORT");
  if (port !== undefined) return await own(loopback(port));
  if (holder?.url !== undefined) return await own(holder.url);
  if (holder?.port !== undefined) return await own(loopback(holder.port));

  const config = await around.config();
  if (config?.remote === undefined) return await own(loopback(config?.port ?? defaultPort));
  return { url: config.remote.url, secret: named ?? config.remote.secret, own: false };
}

/** The address of the WebSocket behind what a person would copy; null where it is none. */
export function toSocketUrl(url: string): string | null {
  const parsed = URL.parse(/^[a-z]+:\/\//i.test(url) ? url : `ws://${url}`);
  if (parsed === null || !/^(ws|http)s?:$/.test(parsed.protocol)) return null;
  parsed.protocol = parsed.protocol.replace("http", "ws");
  parsed.hash = "";
  return parsed.href;
}

function isOwn(url: string, holder: RunningGateway | null): boolean {
  const parsed = URL.parse(toSocketUrl(url) ?? "");
  if (parsed === null || holder?.port === undefined) return false;
  return ["127.0.0.1", "[::1]", "localhost"].includes(parsed.hostname) && parsed.port === String(holder.port);
}

/** The key of this user opens the gateway of this machine whatever secret it was started with. */
async function ownSecret(around: Surroundings): Promise<Secret | undefined> {
  const key = around.localKey();
  return key === null ? (await around.config())?.secret : { token: key };
}

function environmentSecret(env: Environment): Secret | undefined {
  return secretOf(setting(env, "GATEWAY_TOKEN"), setting(env, "GATEWAY_PASSWORD"));
}

/** Undefined where neither is given. */
export function secretOf(token: string | undefined, password: string | undefined): Secret | undefined {
  if (token === undefined && password === undefined) return undefined;
  return { ...(token === undefined ? {} : { token }), ...(password === undefined ? {} : { password }) };
}

function loopback(port: number | string): string {
  return `ws://127.0.0.1:${port}`;
}
