import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";

let home: Home;
let gateway: Started;
let port: string;
let pin: string;
/** The same person on another computer. */
const away = () => ({ MOLTBOT_STATE_DIR: join(home.path, "elsewhere") });

beforeAll(async () => {
  home = openHome();
  mkdirSync(home.stateDir, { mode: 0o700 });
  writeFileSync(join(home.stateDir, "moltbot.json"), "{ gateway: { tls: { enabled: true } } }", {
    mode: 0o600,
  });
  gateway = home.start(["gateway", "--port", "0", "--log-format", "pretty", "--token", "open-sesame"]);
  await until(() => gateway.out().includes("Ctrl-C"), gateway);
  port = /https:\/\/127\.0\.0\.1:(\d+)\//.exec(gateway.out())?.[1] ?? "";
  pin = /TLS {4}SHA-256 ([0-9A-F:]{95})\n/.exec(gateway.out())?.[1] ?? "";
});
afterAll(() => home[Symbol.dispose]());

test("the banner, the file of the holder and status tell the same fingerprint", async () => {
  expect(pin).not.toBe("");
  expect(JSON.parse(readFileSync(join(home.stateDir, "gateway.json"), "utf8"))).toMatchObject({
    url: `https://127.0.0.1:${port}/`,
    tlsFingerprint: pin,
  });
  expect((await home.run(["status"])).out).toMatch(new RegExp(`^ *tls +SHA-256 ${pin}$`, "m"));
  expect(JSON.parse((await home.run(["status", "--json"])).out)).toMatchObject({ tlsFingerprint: pin });
});

test("from elsewhere the gateway is reached with the pin, by flag, environment or config", async () => {
  const url = ["--url", `https://127.0.0.1:${port}`, "--token", "open-sesame"];
  expect(await home.run(["health", ...url, "--tls-fingerprint", pin], { env: away() })).toMatchObject({
    code: 0,
    err: "",
  });
  const bare = pin.replaceAll(":", "").toLowerCase();
  const env = { ...away(), MOLTBOT_GATEWAY_TLS_FINGERPRINT: `sha256:${bare}` };
  expect((await home.run(["health", ...url], { env })).code).toBe(0);
  expect(
    (await home.run(["health", "--url", `127.0.0.1:${port}`, "--token", "open-sesame"], { env })).code,
  ).toBe(0);
  const configPath = join(home.path, "remote.json");
  const remote = { url: `wss://127.0.0.1:${port}`, token: "open-sesame", tlsFingerprint: pin };
  writeFileSync(configPath, JSON.stringify({ gateway: { mode: "remote", remote } }), { mode: 0o600 });
  expect((await home.run(["health"], { env: { ...away(), MOLTBOT_CONFIG_PATH: configPath } })).code).toBe(0);
});

test("another certificate is refused with 77, in a sentence that names both", async () => {
  const other = "AB:".repeat(32).slice(0, -1);
  const flags = ["--url", `https://127.0.0.1:${port}`, "--token", "open-sesame", "--tls-fingerprint", other];
  const { code, out, err } = await home.run(["health", ...flags], { env: away() });
  expect({ code, out }).toEqual({ code: 77, out: "" });
  expect(err).toContain(`expected  SHA-256 ${other}\n`);
  expect(err).toContain(`shown     SHA-256 ${pin}\n`);
  expect(err).toContain("somebody stands between");
});

test("without a pin the fingerprint is shown, with the flag that pins it", async () => {
  const { code, err } = await home.run(["health", "--url", `https://127.0.0.1:${port}`], { env: away() });
  expect(code).toBe(69);
  expect(err).toContain("nobody whom this computer knows has signed its certificate");
  expect(err).toContain(`--tls-fingerprint ${pin}`);
});

test("plain HTTP to the TLS port is named, with the address that works", async () => {
  const url = `http://127.0.0.1:${port}`;
  for (const env of [away(), {}]) {
    const { code, err } = await home.run(["health", "--url", url], { env });
    expect(code).toBe(69);
    expect(err).toContain("it speaks TLS there");
    expect(err).toContain(`use wss://127.0.0.1:${port}/`);
  }
});

test("TLS to a plain port is named", async () => {
  using plain = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("plain") });
  const url = `https://127.0.0.1:${plain.port}`;
  for (const more of [[], ["--tls-fingerprint", pin]]) {
    const { code, err } = await home.run(["health", "--url", url, ...more], { env: away() });
    expect(code).toBe(69);
    expect(err).toContain("it speaks plain HTTP there, not TLS");
    expect(err).toContain(`ws://127.0.0.1:${plain.port}/`);
  }
});

test("a fingerprint in the config that is none is a mistake in the config", async () => {
  const configPath = join(home.path, "broken.json");
  writeFileSync(configPath, '{"gateway":{"remote":{"tlsFingerprint":"AB:CD"}}}', { mode: 0o600 });
  const { code, err } = await home.run(["config", "validate"], { env: { MOLTBOT_CONFIG_PATH: configPath } });
  expect(code).toBe(78);
  expect(err).toContain("gateway.remote.tlsFingerprint must be the SHA-256 of a certificate");
});
