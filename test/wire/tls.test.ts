import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { connectGateway } from "#src/client/client.ts";
import { ConnectFailed, WrongCertificate } from "#src/client/errors.ts";
import { mistaken } from "#src/client/secured.ts";
import { selfSigned, toPem } from "#src/gateway/self-signed.ts";
import { fingerprintOf } from "#src/lib/fingerprint.ts";
import { allScopes, type House, startHouse, testClient } from "./start-house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse({ config: { gateway: { tls: { enabled: true } } } });
});
afterAll(() => house[Symbol.asyncDispose]());

const pinOf = ({ gateway }: House) => gateway.facts.tlsFingerprint ?? "";
const connect = (url: string, tlsFingerprint?: string, timeoutMs = 5_000) =>
  connectGateway({
    url,
    timeoutMs,
    client: testClient,
    auth: { token: "a secret" },
    ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
  });

/** A certificate of somebody else, for whatever names. */
function strange(names: string[], commonName = "strange") {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const der = selfSigned({
    key: privateKey,
    commonName,
    names,
    notBefore: now - 1_000,
    notAfter: now + 3_600_000,
  });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return { cert: toPem(der), key, fingerprint: fingerprintOf(der) };
}

/** A TLS server that notes what it is told. */
function impostor(certificate: { cert: string; key: string }) {
  const heard: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: certificate.cert, key: certificate.key },
    fetch(request, self) {
      heard.push(request.url);
      return self.upgrade(request, { data: undefined }) ? undefined : new Response("no page");
    },
    websocket: {
      open: (socket) => void socket.send(challenge),
      message: (_, text) => void heard.push(String(text)),
    },
  });
  return { url: `wss://127.0.0.1:${server.port}/`, heard, [Symbol.asyncDispose]: () => server.stop(true) };
}

const challenge = JSON.stringify({
  type: "event",
  event: "connect.challenge",
  payload: { nonce: "00000000-0000-4000-8000-000000000000", ts: 1 },
});

describe("a gateway with TLS", () => {
  test("serves page, probes and WebSocket under https and wss alone", async () => {
    expect(house.gateway.url).toBe(`https://127.0.0.1:${house.port}/`);
    const known = { tls: { rejectUnauthorized: false } };
    const page = await fetch(house.url, known);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await (await fetch(`${house.url}healthz`, known)).json()).toEqual({ ok: true, status: "live" });
    expect(fetch(`http://127.0.0.1:${house.port}/healthz`)).rejects.toThrow();
    await using client = await house.connect();
    expect(await client.call("system.echo", { text: "over TLS" })).toEqual({ ok: true, text: "over TLS" });
    expect(client.tlsFingerprint).toBe(pinOf(house));
  });

  test("keeps its certificate over a restart, and its key private", async () => {
    const { stateDir } = house;
    const pin = pinOf(house);
    await house.stop();
    const again = await startHouse({ stateDir, config: { gateway: { tls: { enabled: true } } } });
    expect(pinOf(again)).toBe(pin);
    expect(statSync(join(stateDir, "tls.key")).mode & 0o777).toBe(0o600);
    await again.stop();
    house = await startHouse({ stateDir, config: { gateway: { tls: { enabled: true } } } });
  });

  test("speaks TLS 1.2 and later only", async () => {
    const protocol = (maxVersion: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
      new Promise((resolve) => {
        const minVersion = maxVersion === "TLSv1.1" ? ("TLSv1" as const) : maxVersion;
        const options = {
          host: "127.0.0.1",
          port: house.port,
          rejectUnauthorized: false,
          minVersion,
          maxVersion,
        };
        const socket = connectTls(options, () => {
          resolve(socket.getProtocol());
          socket.destroy();
        });
        socket.on("error", () => resolve("refused"));
      });
    expect(await protocol("TLSv1.3")).toBe("TLSv1.3");
    expect(await protocol("TLSv1.2")).toBe("TLSv1.2");
    expect(await protocol("TLSv1.1")).toBe("refused");
  });

  test("takes a page that came over plain HTTP for a stranger's, also under its own name", async () => {
    const seen = async (origin: string) => {
      const answer = await fetch(`${house.url}readyz`, {
        tls: { rejectUnauthorized: false },
        headers: { origin },
      });
      return await answer.json();
    };
    expect(await seen(`https://127.0.0.1:${house.port}`)).toHaveProperty("failing");
    expect(await seen(`http://127.0.0.1:${house.port}`)).not.toHaveProperty("failing");
  });
});

describe("a pin", () => {
  test("is met whatever the name by which the gateway is reached", async () => {
    const certificate = strange(["somewhere.else"]);
    await using gateway = impostor(certificate);
    await expect(connect(gateway.url, certificate.fingerprint, 200)).rejects.toThrow("not greeted");
    expect(gateway.heard[1]).toContain('"token":"a secret"');
  });

  test("is read in every spelling", async () => {
    const plain = pinOf(house).replaceAll(":", "").toLowerCase();
    await using client = await house.connect({ tlsFingerprint: `sha256:${plain}` });
    expect(client.tlsFingerprint).toBe(pinOf(house));
  });

  test("that another certificate is shown for is refused before a word is said, naming both", async () => {
    const certificate = strange(["localhost", "127.0.0.1"]);
    await using other = impostor(certificate);
    const failed = await connect(other.url, pinOf(house)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(WrongCertificate);
    expect((failed as Error).message).toContain(pinOf(house));
    expect((failed as Error).message).toContain(certificate.fingerprint);
    expect(other.heard).toEqual([]);
  });

  test("holds for the socket too: one who changes the certificate after the first look hears nothing", async () => {
    const shown = strange(["127.0.0.1"]);
    const swapped = strange(["127.0.0.1"]);
    await using first = impostor(shown);
    await using second = impostor(swapped);
    let visits = 0;
    const ports = [first, second].map(({ url }) => Number(new URL(url).port));
    using between = await relay(() => ports[visits++] ?? 0);
    const failed = await connect(`wss://127.0.0.1:${between.port}/`, shown.fingerprint).catch(
      (error: unknown) => error,
    );
    expect(visits).toBe(2);
    expect(failed).toBeInstanceOf(Error);
    expect([first.heard, second.heard]).toEqual([[], []]);
  });

  test("that is none, or stands with an address that is not encrypted, is refused", async () => {
    await expect(connect(house.socketUrl, "AB:CD")).rejects.toThrow('"AB:CD" is no fingerprint');
    await expect(connect(house.socketUrl.replace("wss", "ws"), pinOf(house))).rejects.toThrow("use wss://");
  });
});

describe("without a pin", () => {
  test("a certificate that nobody has signed is refused, and its fingerprint can be shown", async () => {
    const failed = await connect(house.socketUrl).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConnectFailed);
    expect(await mistaken(failed as ConnectFailed)).toEqual({
      is: "unknown-signer",
      fingerprint: pinOf(house),
    });
  });

  test("plain HTTP to the TLS port and TLS to a plain port are told apart from a gateway that is away", async () => {
    await using plain = await startHouse();
    const cause = async (url: string) =>
      mistaken((await connect(url).catch((error: unknown) => error)) as ConnectFailed);
    expect(await cause(house.socketUrl.replace("wss", "ws"))).toEqual({
      is: "tls",
      fingerprint: pinOf(house),
    });
    expect(await cause(plain.socketUrl.replace("ws", "wss"))).toEqual({ is: "plain" });
    const { port } = plain;
    await plain.stop();
    expect(await cause(`ws://127.0.0.1:${port}/`)).toBeNull();
    expect(await cause(`wss://127.0.0.1:${port}/`)).toBeNull();
  });

  test("a pinned client that finds plain HTTP says so", async () => {
    await using plain = await startHouse();
    await expect(connect(plain.socketUrl.replace("ws", "wss"), pinOf(house))).rejects.toThrow("plain HTTP");
  });
});

test("an own certificate is served as it is, and ended by a mistake in the config", async () => {
  const { cert, key, fingerprint } = strange(["gate.example"]);
  await Bun.write(join(house.stateDir, "own.crt"), cert);
  await Bun.write(join(house.stateDir, "own.key"), key);
  const files = { certPath: join(house.stateDir, "own.crt"), keyPath: join(house.stateDir, "own.key") };
  await using own = await startHouse({ config: { gateway: { tls: { enabled: true, ...files } } } });
  expect(pinOf(own)).toBe(fingerprint);
  await using client = await own.connect({ scopes: allScopes });
  expect(client.tlsFingerprint).toBe(fingerprint);
  const broken = { enabled: true, ...files, keyPath: join(house.stateDir, "tls.key") };
  await expect(startHouse({ config: { gateway: { tls: broken } } })).rejects.toThrow("is not the key of");
});

/** Passes bytes on to a port that is asked for at every connection. */
async function relay(next: () => number) {
  const server = Bun.listen<{ to: Promise<Bun.Socket<unknown>> }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        const to = Bun.connect<unknown>({
          hostname: "127.0.0.1",
          port: next(),
          socket: {
            data: (_, chunk) => void socket.write(chunk),
            close: () => void socket.end(),
          },
        });
        socket.data = { to };
      },
      data: (socket, chunk) => void socket.data.to.then((to) => to.write(chunk)),
      close: (socket) => void socket.data.to.then((to) => to.end()),
    },
  });
  return { port: server.port, [Symbol.dispose]: () => server.stop(true) };
}
