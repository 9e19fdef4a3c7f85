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
  /** Whether a gateway that is started here serves TLS. */
  tls?: boolean;
  /** Where `gateway.mode` is `remote`. */
  remote?: { url: string; secret?: Secret; tlsFingerprint?: string };
}

/** Where the command line looks; each is asked only when it is needed. */
export interface Surroundings {
  env: Environment;
  /** The gateway that holds the state directory. */
  holder(): RunningGateway | null;
  /** Null where there is no file, or one that cannot be read. */
  config(): Promise<ConfiguredGateway | null>;
  localKey(): string | null;
  /** The gateway of this name, or the one in use; null is this machine's own. Throws for a name that nobody has. */
  named?(name: string | undefined): NamedPlace | null;
}

/** Where a gateway is that has a name, and what to show it. */
export interface NamedPlace extends Secret {
  url: string;
  tlsFingerprint?: string;
}

/** The gateway to ask, and what to show it. */
export interface Target {
  url: string;
  secret: Secret | undefined;
  /** The SHA-256 of the certificate that it must show; undefined leaves it to the system's authorities. */
  tlsFingerprint: string | undefined;
  /** Whether it is this machine's own gateway, which `moltbot gateway` would start. */
  own: boolean;
}

const defaultPort = 18_789;

/** What the command line itself says. */
export interface TargetFlags extends Secret {
  url?: string;
  tlsFingerprint?: string;
  /** The name of a gateway; it stands before the environment. */
  gateway?: string;
}

/**
 * Flag, then environment, then the named gateway in use, then the one that runs on this state, then config, then the default. Secrets of this
 * machine's own gateway go to no other address: one that was named gets what was named with it.
 */
export async function findTarget(flags: TargetFlags, around: Surroundings): Promise<Target> {
  const { env } = around;
  const secret = secretOf(flags.token, flags.password) ?? environmentSecret(env);
  const tlsFingerprint = flags.tlsFingerprint ?? setting(env, "GATEWAY_TLS_FINGERPRINT");
  const holder = around.holder();
  const own = async (url: string): Promise<Target> => ({
    url,
    secret: secret ?? (await ownSecret(around)),
    tlsFingerprint: tlsFingerprint ?? (isOwn(url, holder) ? holder?.tlsFingerprint : undefined),
    own: true,
  });

  const byName = (place: NamedPlace): Target => ({
    url: place.url,
    secret: secretOf(flags.token, flags.password) ?? secretOf(place.token, place.password),
    tlsFingerprint: flags.tlsFingerprint ?? place.tlsFingerprint,
    own: false,
  });
  const named = flags.gateway === undefined ? null : (around.named?.(flags.gateway) ?? null);
  if (named !== null) return byName(named);
  const isOwnMeant = flags.gateway !== undefined;

  const url = flags.url ?? (isOwnMeant ? undefined : setting(env, "GATEWAY_URL"));
  if (url !== undefined) {
    return isOwn(url, holder) ? await own(url) : { url, secret, tlsFingerprint, own: false };
  }
  const port = setting(env, "GATEWAY_PORT");
  if (port !== undefined) return await own(await loopback(port, around, tlsFingerprint !== undefined));
  const used = isOwnMeant ? null : (around.named?.(undefined) ?? null);
  if (used !== null) return byName(used);
  if (holder?.url !== undefined) return await own(holder.url);
  if (holder?.port !== undefined) return await own(await loopback(holder.port, around));

  const config = await around.config();
  if (config?.remote === undefined || isOwnMeant)
    return await own(await loopback(config?.port ?? defaultPort, around));
  const { remote } = config;
  return {
    url: remote.url,
    secret: secret ?? remote.secret,
    tlsFingerprint: tlsFingerprint ?? remote.tlsFingerprint,
    own: false,
  };
}

/** The address of the WebSocket behind what a person would copy; null where it is none. */
export function toSocketUrl(url: string, pinned = false): string | null {
  const parsed = URL.parse(/^[a-z]+:\/\//i.test(url) ? url : `${pinned ? "wss" : "ws"}://${url}`);
  if (parsed === null || !/^(ws|http)s?:$/.test(parsed.protocol)) return null;
  parsed.protocol = parsed.protocol.replace("http", "ws");
  parsed.hash = "";
  return parsed.href;
}

/** What an address carries that `moltbot pair` printed. */
export interface PairingLink {
  secret: string;
  tlsFingerprint?: string;
}

/** Null where the address is no such link. */
export function pairingLinkIn(url: string): PairingLink | null {
  const fragment = new URLSearchParams(/#(.*)$/.exec(url)?.[1] ?? "");
  const secret = fragment.get("pair");
  const tlsFingerprint = fragment.get("tls");
  if (secret === null || secret === "") return null;
  return { secret, ...(tlsFingerprint === null ? {} : { tlsFingerprint }) };
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

/** A port of this machine; with TLS where the gateway that has it, a pin or the config says so. */
async function loopback(port: number | string, around: Surroundings, pinned = false): Promise<string> {
  const holder = around.holder();
  const held = holder !== null && String(holder.port) === String(port);
  const tls = held ? holder.tlsFingerprint !== undefined : pinned || (await around.config())?.tls === true;
  return `${tls ? "wss" : "ws"}://127.0.0.1:${port}`;
}
