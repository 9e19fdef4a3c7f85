import { networkInterfaces } from "node:os";
import { type Environment, setting } from "./environment.ts";
import { ConfigError } from "./error.ts";
import { refusals } from "./gateway-refusals.ts";
import { isIpv4, isLoopback, isTailnet } from "./network.ts";
import type { Config } from "./schema.ts";
import { secretInFile } from "./secret-file.ts";

/** What the command line says; what is absent is left to the environment, then the config, then the default. */
export interface GatewayFlags {
  port?: string | number | undefined;
  /** A word of `gateway.bind`, or an IPv4 address. */
  bind?: string | undefined;
  token?: string | undefined;
  password?: string | undefined;
}

export type GatewayAuth =
  | { mode: "none" }
  | { mode: "token"; token: string }
  | { mode: "password"; password: string }
  | { mode: "trusted-proxy"; proxy: TrustedProxy };

/** A proxy that lets people log in and says who they are. */
export interface TrustedProxy {
  /** Addresses and networks from which it comes. */
  networks: readonly string[];
  userHeader: string;
  requiredHeaders: readonly string[];
  /** Empty for everybody whom it names. */
  allowUsers: readonly string[];
  allowLoopback: boolean;
}

export interface ResolvedGateway {
  /** 0 asks for any free port; only the command line and the environment can. */
  port: number;
  bind: Config["gateway"]["bind"];
  /** Addresses to listen on. The first must work; `::1` may be missing on a machine without IPv6. */
  addresses: string[];
  /** Host names that a request may carry, lower-case, without port, IPv6 in brackets. */
  hosts: string[];
  auth: GatewayAuth;
  /** Whether the identity that `tailscale serve` passes on counts as the secret does. */
  allowTailscale: boolean;
  /** This machine's addresses in its tailnet. */
  tailnet: string[];
  /** Where the certificate comes from; null where the gateway speaks plain HTTP. */
  tls: TlsFiles | "generated" | null;
}

/** Paths as the config has them. */
export interface TlsFiles {
  certPath: string;
  keyPath: string;
  /** Certificates that lead from this one to its authority. */
  caPath?: string;
}

/** Addresses of this machine; a parameter so that a test can have others. */
export type Addresses = () => string[];

const binds = ["auto", "lan", "loopback", "custom", "tailnet"] as const;
const loopback = ["127.0.0.1", "::1"];

/** Settles port, addresses and secret; throws a `ConfigError` for a combination that would leave a door open. */
export function resolveGateway(
  config: Config,
  env: Environment,
  flags: GatewayFlags,
  machine: Addresses = machineAddresses,
): ResolvedGateway {
  const { gateway } = config;
  if (gateway.mode === "remote") {
    throw new ConfigError(refusals.isRemote);
  }
  const port = portOf(gateway.port, env, flags);
  const { bind, addresses } = bindOf(config, env, flags, machine);
  const auth = authOf(config, env, flags);
  const open = addresses.find((address) => !isLoopback(address));
  if (open !== undefined && auth.mode === "none") {
    throw new ConfigError(refusals.openDoor(open, bind));
  }
  const { mode: publish } = gateway.tailscale;
  if (publish !== "off") checkPublishing(publish, open, auth.mode);
  return {
    port,
    bind,
    addresses,
    allowTailscale: gateway.auth.allowTailscale ?? (publish === "serve" && auth.mode !== "password"),
    tailnet: machine().filter(isTailnet),
    hosts: hostsOf(addresses, gateway.hosts, machine),
    auth,
    tls: tlsOf(gateway.tls),
  };
}

function checkPublishing(publish: "serve" | "funnel", open: string | undefined, mode: string): void {
  if (open !== undefined) {
    throw new ConfigError(refusals.publishedTwice(publish, open));
  }
  if (publish === "funnel" && mode !== "password") {
    throw new ConfigError(refusals.openFunnel);
  }
  if (mode === "none") {
    throw new ConfigError(
      "gateway.tailscale.mode serve brings the whole tailnet to a gateway without a secret; give one: " +
        "gateway.auth.token (or set MOLTBOT_GATEWAY_TOKEN); your own devices in the tailnet need not bring it",
    );
  }
}

function tlsOf(tls: Config["gateway"]["tls"]): ResolvedGateway["tls"] {
  if (!tls?.enabled) return null;
  const { certPath, keyPath, caPath, autoGenerate } = tls;
  if (certPath !== undefined && keyPath !== undefined) {
    return { certPath, keyPath, ...(caPath === undefined ? {} : { caPath }) };
  }
  if (certPath !== undefined || keyPath !== undefined) {
    const [has, lacks] =
      certPath === undefined ? (["keyPath", "certPath"] as const) : (["certPath", "keyPath"] as const);
    throw new ConfigError(refusals.halfCertificate(has, lacks));
  }
  if (autoGenerate) return "generated";
  throw new ConfigError(refusals.noCertificate);
}

function portOf(configured: number, env: Environment, flags: GatewayFlags): number {
  if (flags.port !== undefined) return toPort(String(flags.port), "--port");
  const fromEnv = setting(env, "GATEWAY_PORT");
  return fromEnv === undefined ? configured : toPort(fromEnv, "MOLTBOT_GATEWAY_PORT");
}

function toPort(text: string, where: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new ConfigError(refusals.badPort(where, text));
}

function bindOf(config: Config, env: Environment, flags: GatewayFlags, machine: Addresses) {
  const { gateway } = config;
  const fromEnv = setting(env, "GATEWAY_BIND");
  const asked = flags.bind ?? fromEnv ?? gateway.bind;
  if (isIpv4(asked)) return { bind: "custom" as const, addresses: withLoopback(asked) };
  const bind = binds.find((word) => word === asked);
  if (bind === undefined) {
    const where = flags.bind === undefined ? "MOLTBOT_GATEWAY_BIND" : "--bind";
    throw new ConfigError(refusals.badBind(where, binds, asked));
  }
  return { bind, addresses: addressesOf(bind, gateway.customBindHost, machine) };
}

function addressesOf(bind: (typeof binds)[number], custom: string | undefined, machine: Addresses): string[] {
  if (bind === "lan") return ["0.0.0.0", "::1"];
  if (bind === "custom") {
    if (custom === undefined) throw new ConfigError(refusals.noAddress);
    return withLoopback(custom);
  }
  const tailnet = bind === "tailnet" ? machine().find(isTailnet) : undefined;
  return tailnet === undefined ? [...loopback] : withLoopback(tailnet);
}

/** What runs on this machine always finds the gateway at 127.0.0.1, wherever else it listens. */
function withLoopback(address: string): string[] {
  if (address === "0.0.0.0") return [address, "::1"];
  return address === "127.0.0.1" ? [...loopback] : [address, ...loopback];
}

function authOf({ gateway }: Config, env: Environment, flags: GatewayFlags): GatewayAuth {
  refuseEmpty(flags.token, "--token");
  refuseEmpty(flags.password, "--password");
  if (flags.token !== undefined && flags.password !== undefined) {
    throw new ConfigError(refusals.excludes("--token", "--password"));
  }
  const layers: Secrets[] = [
    flags,
    { token: setting(env, "GATEWAY_TOKEN"), password: setting(env, "GATEWAY_PASSWORD") },
    filed(gateway.auth, env),
  ];
  const token = layers.find((layer) => layer.token !== undefined)?.token;
  const password = layers.find((layer) => layer.password !== undefined)?.password;
  const mode = modeOf(flags) ?? gateway.auth.mode ?? layers.map(modeOf).find(Boolean) ?? "none";
  if (mode === "none") return { mode };
  if (mode === "trusted-proxy") return { mode, proxy: proxyOf(gateway) };
  if (mode === "token") {
    return token === undefined ? missing(mode, "TOKEN") : { mode, token };
  }
  return password === undefined ? missing(mode, "PASSWORD") : { mode, password };
}

function proxyOf({ auth, trustedProxies }: Config["gateway"]): TrustedProxy {
  const {
    userHeader,
    requiredHeaders = [],
    allowUsers = [],
    allowLoopback = false,
  } = auth.trustedProxy ?? {};
  if (trustedProxies.length === 0) {
    throw new ConfigError(refusals.noProxy);
  }
  if (userHeader === undefined) {
    throw new ConfigError(refusals.noUserHeader);
  }
  const networks = allowLoopback ? trustedProxies : trustedProxies.filter((each) => !isLoopback(each));
  if (networks.length === 0) {
    throw new ConfigError(refusals.loopbackProxy);
  }
  return { networks, userHeader, requiredHeaders, allowUsers, allowLoopback };
}

interface Secrets {
  token?: string | undefined;
  password?: string | undefined;
}

/** The secrets of the config, out of their files where it names files. */
function filed(auth: Config["gateway"]["auth"], env: Environment): Secrets {
  const one = (kind: "token" | "password", file: string | undefined): string | undefined => {
    if (file === undefined) return auth[kind];
    if (auth[kind] === undefined) return secretInFile(file, `gateway.auth.${kind}File`, env);
    throw new ConfigError(refusals.excludes(`gateway.auth.${kind}`, `gateway.auth.${kind}File`));
  };
  return { token: one("token", auth.tokenFile), password: one("password", auth.passwordFile) };
}

/** The mode that the secrets of one place stand for. */
function modeOf({ token, password }: Secrets): "token" | "password" | undefined {
  if (password !== undefined) return "password";
  return token === undefined ? undefined : "token";
}

function missing(mode: "token" | "password", name: string): never {
  throw new ConfigError(refusals.noSecret(mode, name));
}

function refuseEmpty(value: string | undefined, flag: string): void {
  if (value !== undefined && value.trim() === "") throw new ConfigError(refusals.empty(flag));
}

function hostsOf(addresses: string[], configured: string[], machine: Addresses): string[] {
  const bound = addresses.includes("0.0.0.0") ? machine() : addresses;
  const names = ["localhost", ...loopback, ...bound, ...configured].map((name) => name.toLowerCase());
  const shown = names.map((name) => (name.includes(":") && !name.startsWith("[") ? `[${name}]` : name));
  return [...new Set(shown)];
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}
