import { describe, expect, test } from "bun:test";
import { findTarget, type Surroundings, toSocketUrl } from "./target.ts";

function around(more: Partial<Surroundings> = {}): Surroundings {
  return { env: {}, holder: () => null, config: async () => null, localKey: () => null, ...more };
}

const holder = () => ({ pid: 7, port: 19_001 });
const key = () => "local-key";

test("with nothing said and nothing found, the default port on this machine", async () => {
  expect(await findTarget({}, around())).toEqual({
    url: "ws://127.0.0.1:18789",
    secret: undefined,
    tlsFingerprint: undefined,
    own: true,
  });
});

test("the gateway that holds the state is found, and opened with the key of this user", async () => {
  const found = await findTarget({}, around({ holder, localKey: key, config: async () => ({ port: 1 }) }));
  expect(found).toEqual({
    url: "ws://127.0.0.1:19001",
    secret: { token: "local-key" },
    tlsFingerprint: undefined,
    own: true,
  });
});

test("without a gateway that says where it is, the configured port", async () => {
  const config = async () => ({ port: 20_000, secret: { password: "p" } });
  expect(await findTarget({}, around({ config }))).toEqual({
    url: "ws://127.0.0.1:20000",
    secret: { password: "p" },
    tlsFingerprint: undefined,
    own: true,
  });
});

test("flag before environment before what is found", async () => {
  const env = { MOLTBOT_GATEWAY_PORT: "19002", MOLTBOT_GATEWAY_TOKEN: "from-env" };
  expect(await findTarget({}, around({ env, holder, localKey: key }))).toEqual({
    url: "ws://127.0.0.1:19002",
    secret: { token: "from-env" },
    tlsFingerprint: undefined,
    own: true,
  });
  expect(await findTarget({ token: "flag" }, around({ env }))).toMatchObject({ secret: { token: "flag" } });
  expect(await findTarget({ url: "ws://far:1" }, around({ env }))).toEqual({
    url: "ws://far:1",
    secret: { token: "from-env" },
    tlsFingerprint: undefined,
    own: false,
  });
});

test("the former names of the environment are honoured", async () => {
  const env = { CLAWDBOT_GATEWAY_PORT: "19003", OPENCLAW_GATEWAY_PASSWORD: "p" };
  expect(await findTarget({}, around({ env }))).toMatchObject({
    url: "ws://127.0.0.1:19003",
    secret: { password: "p" },
  });
});

test("the key and the configured secret of this machine go to no address that was named", async () => {
  const config = async () => ({ port: 18_789, secret: { token: "configured" } });
  const far = await findTarget({ url: "wss://far.example" }, around({ localKey: key, config, holder }));
  expect(far).toEqual({ url: "wss://far.example", secret: undefined, tlsFingerprint: undefined, own: false });
  const tunnel = await findTarget({ url: "ws://127.0.0.1:9999" }, around({ localKey: key, config, holder }));
  expect(tunnel.secret).toBeUndefined();
});

test("an address that is this machine's own gateway is opened like it", async () => {
  const named = await findTarget({ url: "ws://localhost:19001" }, around({ localKey: key, holder }));
  expect(named).toEqual({
    url: "ws://localhost:19001",
    secret: { token: "local-key" },
    tlsFingerprint: undefined,
    own: true,
  });
});

test("mode remote asks the gateway elsewhere with its own secret", async () => {
  const config = async () => ({
    port: 18_789,
    secret: { token: "mine" },
    remote: { url: "wss://far.example", secret: { token: "theirs" } },
  });
  expect(await findTarget({}, around({ config, localKey: key }))).toEqual({
    url: "wss://far.example",
    secret: { token: "theirs" },
    tlsFingerprint: undefined,
    own: false,
  });
});

describe("with TLS", () => {
  const pin = "AA:BB";
  const secure = () => ({ pid: 7, port: 19_001, url: "https://127.0.0.1:19001/", tlsFingerprint: pin });

  test("the gateway that holds the state says which certificate is its own", async () => {
    expect(await findTarget({}, around({ holder: secure }))).toMatchObject({
      url: "https://127.0.0.1:19001/",
      tlsFingerprint: pin,
    });
    const env = { MOLTBOT_GATEWAY_PORT: "19001" };
    expect(await findTarget({}, around({ holder: secure, env }))).toMatchObject({
      url: "wss://127.0.0.1:19001",
      tlsFingerprint: pin,
    });
    const named = await findTarget({ url: "wss://localhost:19001" }, around({ holder: secure }));
    expect(named).toMatchObject({ tlsFingerprint: pin, own: true });
  });

  test("its certificate is expected of no other address", async () => {
    const far = await findTarget({ url: "wss://far.example:19001" }, around({ holder: secure }));
    expect(far.tlsFingerprint).toBeUndefined();
    const env = { MOLTBOT_GATEWAY_PORT: "19002" };
    expect((await findTarget({}, around({ holder: secure, env }))).tlsFingerprint).toBeUndefined();
  });

  test("flag before environment before what is found", async () => {
    const env = { CLAWDBOT_GATEWAY_TLS_FINGERPRINT: "CC" };
    const config = async () => ({ port: 1, remote: { url: "wss://far.example", tlsFingerprint: "DD" } });
    const pinOf = async (flags: object, more: object) =>
      (await findTarget(flags, around(more))).tlsFingerprint;
    expect(await pinOf({ tlsFingerprint: "EE" }, { env, holder: secure })).toBe("EE");
    expect(await pinOf({}, { env, holder: secure })).toBe("CC");
    expect(await pinOf({}, { env, config })).toBe("CC");
    expect(await pinOf({}, { config })).toBe("DD");
  });

  test("without a gateway that runs, the config says whether there will be TLS", async () => {
    const config = async () => ({ port: 20_000, tls: true });
    expect((await findTarget({}, around({ config }))).url).toBe("wss://127.0.0.1:20000");
    const tunnel = { MOLTBOT_GATEWAY_PORT: "19005", MOLTBOT_GATEWAY_TLS_FINGERPRINT: pin };
    expect((await findTarget({}, around({ env: tunnel }))).url).toBe("wss://127.0.0.1:19005");
  });
});

test("an address may be written as a person would copy it", () => {
  expect(toSocketUrl("http://127.0.0.1:18789/#t=secret")).toBe("ws://127.0.0.1:18789/");
  expect(toSocketUrl("https://gate.example/bot")).toBe("wss://gate.example/bot");
  expect(toSocketUrl("gate.example:18789")).toBe("ws://gate.example:18789/");
  expect(toSocketUrl("gate.example:18789", true)).toBe("wss://gate.example:18789/");
  expect(toSocketUrl("ws://gate.example:18789", true)).toBe("ws://gate.example:18789/");
  expect(toSocketUrl("ftp://gate.example")).toBeNull();
  expect(toSocketUrl("ws://")).toBeNull();
});
