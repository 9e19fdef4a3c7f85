/** Tailscale and trusted proxies, with a `tailscale` that writes down what it is asked. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTailscale } from "#src/gateway/tailscale.ts";
import type { Frame } from "./raw-socket.ts";
import { type House, startHouse } from "./start-house.ts";
import { testDevice } from "./test-device.ts";

const me = process.getuid?.() ?? -1;
const owner = ["operator.read", "operator.admin", "operator.pairing"];

function openTailnet(more: { people?: Record<string, string>; broken?: boolean } = {}) {
  const home = mkdtempSync(join(tmpdir(), "moltbot-tailnet-"));
  const bin = join(home, "bin");
  mkdirSync(bin);
  const fake = join(import.meta.dir, "../fakes/tailscale.ts");
  writeFileSync(join(bin, "tailscale"), `#!/bin/sh\nexec "${process.execPath}" "${fake}" "$@"\n`, {
    mode: 0o755,
  });
  const tell = (told: { people?: Record<string, string>; broken?: boolean }) =>
    writeFileSync(
      join(home, "tailnet.json"),
      JSON.stringify({ people: {}, name: "Host.Tail-1.ts.net", broken: false, ...told }),
    );
  tell(more);
  const calls = join(home, "calls");
  return {
    bin,
    env: { PATH: `${bin}:/bin:/usr/bin`, FAKE_TAILSCALE: home },
    tell,
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

const served = (login: string, at = "100.64.0.9") => ({
  "tailscale-user-login": login,
  "x-forwarded-for": at,
  "x-forwarded-proto": "https",
  "x-forwarded-host": "host.tail-1.ts.net",
});

describe("an identity that tailscale serve passes on", () => {
  const config = { gateway: { auth: { token: "right", allowTailscale: true } } };
  const people = { "100.64.0.9": "Ann@example.com" };

  test("stands for the token, once the device is approved, and is asked for once", async () => {
    using tailnet = openTailnet({ people });
    await using house = await startHouse({ config, env: tailnet.env, tailscaleUid: me });
    const device = testDevice();
    using waiting = await device.knock(house.socketUrl, { headers: served("ann@example.com") });
    expect(waiting.answer).toMatchObject({ error: { details: { code: "PAIRING_REQUIRED" } } });
    using approver = await testDevice().knock(house.socketUrl, { scopes: owner, auth: { token: "right" } });
    const { requestId } = waiting.answer.error.details;
    approver.socket.send({
      ...{ type: "req", id: "a", method: "device.pair.approve" },
      params: { requestId },
    });
    expect(await approver.socket.next(({ id }) => id === "a")).toMatchObject({ ok: true });
    using welcome = await device.knock(house.socketUrl, { headers: served("ann@example.com") });
    expect(welcome.answer).toMatchObject({ ok: true, payload: { auth: { method: "tailscale" } } });
    expect(tailnet.calls()).toEqual(["whois --json 100.64.0.9"]);
  });

  test("is refused in words where it is not so, or not whole", async () => {
    using tailnet = openTailnet({ people });
    await using house = await startHouse({ config, env: tailnet.env, tailscaleUid: me });
    const { "tailscale-user-login": login, ...rest } = served("ann@example.com");
    const cases: [headers: Record<string, string>, code: string][] = [
      [rest, "AUTH_TAILSCALE_IDENTITY_MISSING"],
      [{ "tailscale-user-login": login }, "AUTH_TAILSCALE_PROXY_MISSING"],
      [served("bob@example.com"), "AUTH_TAILSCALE_IDENTITY_MISMATCH"],
      [served("ann@example.com", "100.64.0.8"), "AUTH_TAILSCALE_WHOIS_FAILED"],
      [served("ann@example.com", "--help"), "AUTH_TAILSCALE_WHOIS_FAILED"],
    ];
    for (const [headers, code] of cases) {
      using visit = await testDevice().knock(house.socketUrl, { headers });
      expect(visit.answer).toMatchObject({ ok: false, error: { details: { code } } });
      expect(visit.answer.error.message).toStartWith("unauthorized: tailscale ");
    }
    expect(tailnet.calls().every((call) => call.startsWith("whois --json 100."))).toBe(true);
  });

  test.skipIf(process.platform !== "linux")("is believed of Tailscale's own user alone", async () => {
    using tailnet = openTailnet({ people });
    await using house = await startHouse({ config, env: tailnet.env, tailscaleUid: me + 1 });
    using visit = await testDevice().knock(house.socketUrl, { headers: served("ann@example.com") });
    expect(visit.answer.error.details.code).toBe("AUTH_TAILSCALE_WHOIS_FAILED");
    expect(tailnet.calls()).toEqual([]);
  });

  test("counts for nothing over HTTP", async () => {
    using tailnet = openTailnet({ people });
    await using house = await startHouse({ config, env: tailnet.env, tailscaleUid: me });
    expect((await fetch(`${house.url}v2`, { headers: served("ann@example.com") })).status).toBe(401);
    expect(tailnet.calls()).toEqual([]);
  });
});

describe("tailscale serve", () => {
  const config = (resetOnExit: boolean) => ({
    gateway: { tailscale: { mode: "serve", resetOnExit }, auth: { token: "right" } },
  });
  const until = async (condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) await Bun.sleep(5);
  };

  test("is started for the port, brings its name along, and is taken back at the end", async () => {
    using tailnet = openTailnet();
    const house = await startHouse({ config: config(true), env: tailnet.env });
    const get = () => fetch(`${house.url}healthz`, { headers: { host: "host.tail-1.ts.net" } });
    expect((await get()).status).toBe(403);
    await until(async () => (await get()).status === 200);
    expect(tailnet.calls()).toEqual([`serve --bg --yes ${house.port}`, "status --json"]);
    {
      await using client = await house.connect({ auth: { token: "right" } });
      expect((await client.call("status")).tailnetUrl).toBe("https://host.tail-1.ts.net/");
    }
    await house[Symbol.asyncDispose]();
    expect(tailnet.calls().at(-1)).toBe("serve --https=443 off");
  });

  test("does not begin without a secret; a proxy beside the gateway lets nobody in without one", async () => {
    using tailnet = openTailnet({ people: { "100.64.0.9": "ann@example.com" } });
    const open = { gateway: { tailscale: { mode: "serve" } } };
    await expect(startHouse({ config: open, env: tailnet.env })).rejects.toThrow("gateway.auth.token");
    expect(tailnet.calls()).toEqual([]);
    // What somebody publishes by hand reaches a gateway without a secret all the same.
    const here = { gateway: { hosts: ["host.tail-1.ts.net"] } };
    await using house = await startHouse({ config: here, env: tailnet.env, tailscaleUid: me });
    const headers = { ...served("ann@example.com"), host: "host.tail-1.ts.net" };
    const withoutDevice = ({ device: _, ...rest }: Frame) => rest;
    using bare = await testDevice().knock(house.socketUrl, { headers, tamper: withoutDevice });
    expect(bare.answer).toMatchObject({
      ok: false,
      error: { details: { code: "DEVICE_IDENTITY_REQUIRED" } },
    });
    using device = await testDevice().knock(house.socketUrl, { headers });
    expect(device.answer).toMatchObject({ ok: false, error: { details: { code: "PAIRING_REQUIRED" } } });
    expect((await fetch(`${house.url}v2`, { headers })).status).toBe(401);
  });

  test("stays unless it is to be taken back", async () => {
    using tailnet = openTailnet();
    const house = await startHouse({ config: config(false), env: tailnet.env });
    await house[Symbol.asyncDispose]();
    expect(tailnet.calls()).toHaveLength(2);
  });

  test("that does not answer holds up neither the start nor the end", async () => {
    using tailnet = openTailnet();
    // What it has started keeps its output open, too; all of it ends when the directory is gone.
    const asked = join(tailnet.env.FAKE_TAILSCALE, "asked");
    const hang = `: > "${asked}"\nwhile [ -e "${asked}" ]; do sleep 0.1; done\n`;
    writeFileSync(join(tailnet.bin, "tailscale"), `#!/bin/sh\n(${hang})\n`);
    const house = await startHouse({ config: config(true), env: tailnet.env });
    await until(() => existsSync(asked));
    await house[Symbol.asyncDispose]();
    expect(existsSync(asked)).toBe(true);
  });

  test("that fails is said in health, and the gateway serves all the same", async () => {
    using tailnet = openTailnet({ broken: true });
    await using house = await startHouse({ config: config(true), env: tailnet.env });
    await using client = await house.connect({ auth: { token: "right" } });
    const problems = async () => (await client.call("health", { probe: true })).problems;
    await until(async () => (await problems()).some(({ id }) => id === "tailnet"));
    expect(await problems()).toContainEqual({
      id: "tailnet",
      message: expect.stringContaining("doesn't appear to be running"),
      zh: expect.stringContaining("网关未能发布到 tailnet"),
    });
  });

  test("is found outside of the PATH too, as in macOS's app", () => {
    using tailnet = openTailnet();
    const app = join(tailnet.bin, "tailscale");
    expect(findTailscale({ PATH: "/nowhere" }, ["/nowhere/at/all", app])).toBe(app);
    expect(findTailscale({ PATH: tailnet.bin }, [])).toBe(app);
    expect(findTailscale({ PATH: "/nowhere" }, [])).toBeNull();
  });
});

describe("mode trusted-proxy", () => {
  const trustedProxy = { userHeader: "x-user", requiredHeaders: ["x-forwarded-proto"], allowUsers: ["ann"] };
  const config = (allowLoopback: boolean, trustedProxies: string[]) => ({
    gateway: {
      trustedProxies,
      auth: { mode: "trusted-proxy", trustedProxy: { ...trustedProxy, allowLoopback } },
    },
  });
  const from = (user: string) => ({ "x-user": user, "x-forwarded-proto": "https" });

  test("lets in by the proxy's word, with a device", async () => {
    await using house = await startHouse({ config: config(true, ["127.0.0.0/8"]) });
    const cases: [headers: Record<string, string>, code: string][] = [
      [from("ann"), "PAIRING_REQUIRED"],
      [from("bob"), "AUTH_VERIFIED_USER_REQUIRED"],
      [{ "x-user": "ann", "x-forwarded-for": "203.0.113.9" }, "AUTH_IDENTITY_HEADER_REQUIRED"],
    ];
    for (const [headers, code] of cases) {
      using visit = await testDevice().knock(house.socketUrl, { headers });
      expect(visit.answer).toMatchObject({ ok: false, error: { details: { code } } });
    }
    expect((await fetch(`${house.url}v2`, { headers: from("ann") })).status).toBe(401);
  });

  test("believes nobody else", async () => {
    await using house = await startHouse({ config: config(false, ["10.0.0.0/8", "127.0.0.1"]) });
    using visit = await testDevice().knock(house.socketUrl, { headers: from("ann") });
    expect(visit.answer.error.details.code).toBe("AUTH_IDENTITY_HEADER_REQUIRED");
  });

  describe("counts wrong secrets by the client that it names", () => {
    const limited = (allowLoopback: boolean) => {
      const { gateway } = config(allowLoopback, ["127.0.0.0/8", "10.0.0.0/8"]);
      const rateLimit = { maxAttempts: 3, exemptLoopback: false };
      return { config: { gateway: { ...gateway, auth: { ...gateway.auth, rateLimit } } } };
    };
    const knockFrom = async (house: House, address: string, token = "wrong") => {
      const headers = { ...from("bob"), "x-forwarded-for": address };
      using visit = await testDevice().knock(house.socketUrl, { headers, auth: { token } });
      return visit.answer.error.details.code;
    };
    const lock = async (house: House, address: string) => {
      for (let tries = 0; tries < 3; tries += 1) await knockFrom(house, address);
    };

    test("so that one behind a proxy does not lock out another", async () => {
      await using house = await startHouse(limited(true));
      await lock(house, "203.0.113.9");
      expect(await knockFrom(house, "203.0.113.9")).toBe("AUTH_RATE_LIMITED");
      // Whatever it puts before the address that the proxy adds.
      expect(await knockFrom(house, "198.51.100.1, 203.0.113.9")).toBe("AUTH_RATE_LIMITED");
      expect(await knockFrom(house, "203.0.113.10")).toBe("AUTH_TOKEN_MISMATCH");
      const overHttp = (address: string) =>
        fetch(`${house.url}anything`, {
          headers: { authorization: "Bearer wrong", "x-forwarded-for": address },
        });
      expect((await overHttp("203.0.113.9")).status).toBe(429);
      expect((await overHttp("203.0.113.10")).status).toBe(401);
    });

    test("and by nothing that somebody else names", async () => {
      await using house = await startHouse(limited(false));
      await lock(house, "203.0.113.9");
      expect(await knockFrom(house, "203.0.113.10")).toBe("AUTH_RATE_LIMITED");
    });
  });
});
