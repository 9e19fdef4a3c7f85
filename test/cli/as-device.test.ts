/** The command line at another computer's gateway. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import { verifyProof } from "#src/devices/proof.ts";
import { type Home, openHome, until } from "./run-moltbot.ts";
import { hello, type Peer, type Request, type ScriptedGateway, scriptedGateway } from "./scripted-gateway.ts";

let home: Home;
beforeEach(() => {
  home = openHome();
});
afterEach(() => home[Symbol.dispose]());

const health = { health: (request: Request, peer: Peer) => peer.answer(request.id, healthOf(request)) };

function healthOf({ params }: Request) {
  return hello({}, params).snapshot.health;
}

function greet(request: Request, peer: Peer, auth: Record<string, unknown> = {}): void {
  const greeting = hello({ methods: health }, request.params);
  peer.answer(request.id, { ...greeting, auth: { ...greeting.auth, ...auth } });
}

function connects(gateway: ScriptedGateway): ConnectParams[] {
  return gateway.requests
    .filter(({ method }) => method === "connect")
    .map(({ params }) => params as unknown as ConnectParams);
}

const refusal = (details: Record<string, unknown>) => ({
  code: "NOT_PAIRED",
  message: "pairing required: device is not approved yet",
  details: { code: "PAIRING_REQUIRED", reason: "not-paired", ...details },
});

/** The device that a connect proves to be, as the gateway judges it. */
function provenBy({ device, client, scopes, auth }: ConnectParams): string {
  if (device === undefined) return "no device";
  const verdict = verifyProof(
    device,
    {
      clientId: client.id,
      clientMode: client.mode,
      role: "operator",
      scopes: scopes ?? [],
      token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? "",
      platform: client.platform,
      deviceFamily: client.deviceFamily ?? "",
    },
    { nonce: "n-1", challengedAt: 1, now: 1, local: false, generation: 4 },
  );
  return "deviceId" in verdict ? verdict.deviceId : verdict.message;
}

describe("a command at another computer's gateway", () => {
  test("is the same device each time, and brings the token that it was given there", async () => {
    using gateway = scriptedGateway({
      methods: health,
      connect: (request, peer) => greet(request, peer, { deviceToken: "given", issuedAtMs: 1 }),
    });
    using other = scriptedGateway({ methods: health });
    for (const { url } of [gateway, gateway, other]) {
      expect(await home.run(["health", "--url", url, "--token", "open-sesame"])).toMatchObject({
        code: 0,
        err: "",
      });
    }
    const [first, second] = connects(gateway);
    const [elsewhere] = connects(other);
    expect(first?.auth).toEqual({ token: "open-sesame" });
    expect(first?.scopes).toEqual(["operator.read", "operator.write"]);
    expect(second?.auth).toEqual({ token: "open-sesame", deviceToken: "given" });
    expect(second?.scopes).toEqual(["operator.read"]);
    expect(elsewhere?.auth).toEqual({ token: "open-sesame" });
    const devices = [first, second, elsewhere].map((params) => (params ? provenBy(params) : "none"));
    expect(devices[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(devices).size).toBe(1);
    const directory = join(home.stateDir, "identity");
    expect(readdirSync(directory).sort()).toEqual(["device.json", "gateways.json"]);
    for (const name of readdirSync(directory)) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test("says in one sentence that its owner has to let it in, and goes on by itself", async () => {
    let approved = false;
    using gateway = scriptedGateway({
      methods: health,
      connect: (request, peer) =>
        approved
          ? greet(request, peer)
          : peer.refuse(request.id, refusal({ requestId: "r-1", recommendedNextStep: "wait_then_retry" })),
    });
    const command = home.start(["health", "--url", gateway.url]);
    await until(() => connects(gateway).length === 2, command);
    approved = true;
    const { code, out, err } = await command.exited;
    expect(code).toBe(0);
    expect(out).not.toBe("");
    expect(err).toBe(
      "waiting until the gateway's owner lets this device in, with: moltbot devices approve r-1\nlet in\n",
    );
  });

  test("stops when its owner turns it away", async () => {
    using gateway = scriptedGateway({
      connect: (request, peer) =>
        peer.refuse(
          request.id,
          refusal({
            pauseReconnect: true,
            remediationHint: "the owner turned this device away; make a link (moltbot pair)",
          }),
        ),
    });
    const { code, err } = await home.run(["health", "--url", gateway.url]);
    expect(code).toBe(77);
    expect(err).toContain("the owner turned this device away; make a link (moltbot pair)");
    expect(connects(gateway)).toHaveLength(1);
  });

  test("drops a token that the gateway knows no more, and tries once more without it", async () => {
    using gateway = scriptedGateway({
      methods: health,
      connect(request, peer) {
        const { auth } = request.params as unknown as ConnectParams;
        if (auth?.deviceToken !== undefined) {
          peer.refuse(request.id, {
            code: "INVALID_REQUEST",
            message: "unauthorized: device token mismatch (rotate/reissue device token)",
            details: { code: "AUTH_DEVICE_TOKEN_MISMATCH" },
          });
        } else greet(request, peer, { deviceToken: `token-${connects(gateway).length}` });
      },
    });
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await home.run(["health", "--url", gateway.url])).code).toBe(0);
    }
    expect(connects(gateway).map(({ auth }) => auth?.deviceToken)).toEqual([undefined, "token-1", undefined]);
    expect(readFileSync(join(home.stateDir, "identity", "gateways.json"), "utf8")).toContain("token-3");
  });

  test("takes a link from `moltbot pair` as its address, and shows its secret to nobody", async () => {
    using gateway = scriptedGateway({
      methods: health,
      connect: (request, peer) => greet(request, peer, { deviceToken: "given" }),
    });
    const link = `http://127.0.0.1:${gateway.port}/#pair=one-time-secret`;
    const { code, out, err } = await home.run(["health", "--url", link]);
    expect(code).toBe(0);
    expect(out + err).not.toContain("one-time-secret");
    expect(connects(gateway)[0]?.auth).toEqual({ bootstrapToken: "one-time-secret" });
    gateway[Symbol.dispose]();
    const gone = await home.run(["health", "--url", link]);
    expect(gone.code).toBe(69);
    expect(gone.out + gone.err).not.toContain("one-time-secret");
  });

  test("does not use a key that others could read, or a file that holds none", async () => {
    using gateway = scriptedGateway({ methods: health });
    expect((await home.run(["health", "--url", gateway.url])).code).toBe(0);
    const path = join(home.stateDir, "identity", "device.json");
    chmodSync(path, 0o644);
    const open = await home.run(["health", "--url", gateway.url]);
    expect(open.code).toBe(77);
    expect(open.err).toContain(`chmod 600 '${path}'`);
    chmodSync(path, 0o600);
    writeFileSync(path, "{}");
    const broken = await home.run(["health", "--url", gateway.url]);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain("holds no device key");
    expect(connects(gateway)).toHaveLength(1);
  });

  test("two that start at once are one device", async () => {
    using gateway = scriptedGateway({ methods: health });
    const both = await Promise.all([1, 2].map(() => home.run(["health", "--url", gateway.url])));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(connects(gateway).map(provenBy)).size).toBe(1);
  });
});
