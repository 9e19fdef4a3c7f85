import { describe, expect, test } from "bun:test";
import { ConfigError } from "./error.ts";
import { type GatewayFlags, resolveGateway } from "./gateway.ts";
import { defaultConfig } from "./load.ts";
import type { Config } from "./schema.ts";

const machine = () => ["127.0.0.1", "192.168.1.5", "100.100.1.2", "::1", "fe80::1"];

function resolve(
  gateway: Partial<Config["gateway"]> = {},
  env: Record<string, string> = {},
  flags: GatewayFlags = {},
) {
  const config = defaultConfig();
  Object.assign(config.gateway, gateway);
  return resolveGateway(config, env, flags, machine);
}

const auth = (given: Partial<Config["gateway"]["auth"]>) => ({
  auth: { ...defaultConfig().gateway.auth, ...given },
});

test("an empty home listens on both loopback addresses without a secret", () => {
  expect(resolve()).toEqual({
    port: 18_789,
    bind: "loopback",
    addresses: ["127.0.0.1", "::1"],
    hosts: ["localhost", "127.0.0.1", "[::1]"],
    auth: { mode: "none" },
    allowTailscale: false,
    tailnet: ["100.100.1.2"],
    tls: null,
  });
});

test("the port comes from the flag, else the environment, else the config", () => {
  const env = { MOLTBOT_GATEWAY_PORT: "2" };
  expect(resolve({ port: 1 }).port).toBe(1);
  expect(resolve({ port: 1 }, env).port).toBe(2);
  expect(resolve({ port: 1 }, env, { port: "3" }).port).toBe(3);
  expect(resolve({ port: 1 }, { CLAWDBOT_GATEWAY_PORT: "4" }).port).toBe(4);
  expect(resolve({ port: 1 }, env, { port: 0 }).port).toBe(0);
});

test.each(["-1", "65536", "1e3", "", "80 ", "eighty"])("%p is no port", (port) => {
  expect(() => resolve({}, {}, { port })).toThrow("--port must be a whole number from 0 to 65535");
});

test("the secret comes from the flag, else the environment, else the config, and brings its mode", () => {
  const env = { MOLTBOT_GATEWAY_TOKEN: "env-token" };
  const configured = auth({ token: "config-token" });
  expect(resolve(configured).auth).toEqual({ mode: "token", token: "config-token" });
  expect(resolve(configured, env).auth).toEqual({ mode: "token", token: "env-token" });
  expect(resolve(configured, env, { token: "flag" }).auth).toEqual({ mode: "token", token: "flag" });
  expect(resolve(configured, env, { password: "flag" }).auth).toEqual({ mode: "password", password: "flag" });
  expect(resolve(auth({ password: "p" }), env).auth).toEqual({ mode: "token", token: "env-token" });
  expect(resolve({}, { OPENCLAW_GATEWAY_PASSWORD: "o" }).auth).toEqual({ mode: "password", password: "o" });
});

test("a configured mode outranks secrets that merely exist", () => {
  const env = { MOLTBOT_GATEWAY_TOKEN: "t", MOLTBOT_GATEWAY_PASSWORD: "p" };
  expect(resolve(auth({ mode: "token" }), env).auth).toEqual({ mode: "token", token: "t" });
  expect(resolve(auth({ mode: "none" }), env).auth).toEqual({ mode: "none" });
});

test("a mode without its secret is refused with the command that gives one", () => {
  expect(() => resolve(auth({ mode: "token" }))).toThrow("moltbot gateway --token SECRET");
  expect(() => resolve(auth({ mode: "password", token: "t" }))).toThrow("moltbot gateway --password SECRET");
  expect(() => resolve({}, {}, { token: " " })).toThrow("--token must not be empty");
  expect(() => resolve({}, {}, { token: "a", password: "b" })).toThrow("exclude each other");
});

test.each([
  ["lan", ["0.0.0.0", "::1"]],
  ["tailnet", ["100.100.1.2", "127.0.0.1", "::1"]],
  ["192.168.1.5", ["192.168.1.5", "127.0.0.1", "::1"]],
  ["auto", ["127.0.0.1", "::1"]],
  ["127.0.0.1", ["127.0.0.1", "::1"]],
])("bind %p listens on %p", (bind, addresses) => {
  expect(resolve({}, {}, { bind, token: "t" }).addresses).toEqual(addresses);
});

test("bind custom takes the configured address, and tailnet without one stays at home", () => {
  expect(resolve({ bind: "custom", customBindHost: "10.0.0.9" }, {}, { token: "t" }).addresses[0]).toBe(
    "10.0.0.9",
  );
  const alone = resolveGateway(defaultConfig(), {}, { bind: "tailnet" }, () => ["127.0.0.1"]);
  expect(alone.addresses).toEqual(["127.0.0.1", "::1"]);
});

test.each(["lan", "tailnet", "192.168.1.5", "0.0.0.0"])("bind %p without a secret is refused", (bind) => {
  expect(() => resolve({}, {}, { bind })).toThrow(ConfigError);
  expect(() => resolve({}, { MOLTBOT_GATEWAY_BIND: bind })).toThrow("would let anyone in");
});

test("a word that is no bind is refused, wherever it comes from", () => {
  expect(() => resolve({}, {}, { bind: "public" })).toThrow("--bind must be one of");
  expect(() => resolve({}, { MOLTBOT_GATEWAY_BIND: "public" })).toThrow(
    "MOLTBOT_GATEWAY_BIND must be one of",
  );
  expect(() => resolve({}, {}, { bind: "custom" })).toThrow("needs an address");
});

test("hosts are the loopback names, what is bound and what is configured, lower-case and once", () => {
  const { hosts } = resolve({ hosts: ["Chat.Example.COM", "localhost"] }, {}, { bind: "lan", token: "t" });
  expect(hosts).toEqual([
    "localhost",
    "127.0.0.1",
    "[::1]",
    "192.168.1.5",
    "100.100.1.2",
    "[fe80::1]",
    "chat.example.com",
  ]);
});

test("a machine that uses a gateway elsewhere is refused", () => {
  expect(() => resolve({ mode: "remote" })).toThrow("set gateway.mode to local");
});

test("TLS is served with the certificate that is named, else with a generated one", () => {
  const on = { enabled: true, autoGenerate: true };
  const files = { certPath: "a.crt", keyPath: "a.key", caPath: "ca.crt" };
  expect(resolve({}).tls).toBeNull();
  expect(resolve({ tls: { ...on, ...files, enabled: false } }).tls).toBeNull();
  expect(resolve({ tls: on }).tls).toBe("generated");
  expect(resolve({ tls: { ...on, ...files } }).tls).toEqual(files);
  expect(() => resolve({ tls: { ...on, certPath: "a.crt" } })).toThrow("certPath needs gateway.tls.keyPath");
  expect(() => resolve({ tls: { ...on, keyPath: "a.key" } })).toThrow("keyPath needs gateway.tls.certPath");
  expect(() => resolve({ tls: { ...on, autoGenerate: false } })).toThrow("there is no certificate");
});

describe("tailscale", () => {
  const serve = { tailscale: { mode: "serve" as const, resetOnExit: false } };
  const funnel = { tailscale: { mode: "funnel" as const, resetOnExit: false } };

  test("serve makes its identities count beside a token, unless that is switched off", () => {
    expect(resolve(serve, {}, { token: "t" }).allowTailscale).toBe(true);
    expect(resolve(serve, {}, { password: "p" }).allowTailscale).toBe(false);
    expect(resolve({ ...serve, ...auth({ allowTailscale: false }) }, {}, { token: "t" }).allowTailscale).toBe(
      false,
    );
    expect(resolve(auth({ allowTailscale: true }), {}, { token: "t" }).allowTailscale).toBe(true);
  });

  test("serve needs a secret, since a tailnet is a network", () => {
    expect(() => resolve(serve)).toThrow("gateway.auth.token");
    expect(() => resolve({ ...serve, ...auth({ mode: "none" }) })).toThrow("without a secret");
  });

  test("is for a gateway that listens on loopback, and funnel for one with a password", () => {
    expect(() => resolve(serve, {}, { bind: "lan", token: "t" })).toThrow("set gateway.bind to loopback");
    expect(() => resolve(funnel, {}, { token: "t" })).toThrow("gateway.auth.mode password");
    expect(resolve(funnel, {}, { password: "p" }).auth.mode).toBe("password");
  });
});

describe("mode trusted-proxy", () => {
  const mode = "trusted-proxy" as const;
  const named = { requiredHeaders: [], allowUsers: [], allowLoopback: false, userHeader: "x-user" };

  test("names its proxies, and takes those of this machine only when told to", () => {
    const given = { trustedProxies: ["10.0.0.0/8", "127.0.0.1"], ...auth({ mode, trustedProxy: named }) };
    expect(resolve(given).auth).toEqual({ mode, proxy: { ...named, networks: ["10.0.0.0/8"] } });
    const here = { ...given, ...auth({ mode, trustedProxy: { ...named, allowLoopback: true } }) };
    expect(resolve(here).auth).toMatchObject({ proxy: { networks: ["10.0.0.0/8", "127.0.0.1"] } });
    expect(resolve(given, {}, { bind: "lan" }).addresses).toEqual(["0.0.0.0", "::1"]);
  });

  test("without what it needs the start is refused, with the fix", () => {
    const trusted = auth({ mode, trustedProxy: named });
    expect(() => resolve(trusted)).toThrow('gateway.trustedProxies ["10.0.0.2"]');
    expect(() => resolve({ ...auth({ mode }), trustedProxies: ["10.0.0.2"] })).toThrow(
      "gateway.auth.trustedProxy.userHeader",
    );
    expect(() => resolve({ ...trusted, trustedProxies: ["::1"] })).toThrow("allowLoopback to true");
  });
});
