import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scopes as everyScope } from "#protocol/access.ts";
import { type House, startHouse } from "./start-house.ts";

/** A client of the host's owner, by the key in the state directory. */
function owner(of: House) {
  const token = readFileSync(join(of.stateDir, "local.key"), "utf8").trim();
  return of.connect({ auth: { token }, scopes: [...everyScope] });
}

describe("the methods of devices", () => {
  test("are for those who hold operator.pairing", async () => {
    await using house = await startHouse();
    await using reader = await house.connect();
    for (const [method, params] of [
      ["device.pair.list", {}],
      ["device.pair.approve", { requestId: "r" }],
      ["device.pair.invite", { scopes: ["operator.read"] }],
      ["device.token.rotate", { deviceId: "d", role: "operator" }],
    ] as const) {
      await expect(reader.request(method, params)).rejects.toMatchObject({
        message: "missing scope: operator.pairing",
      });
    }
  });

  test("say in the words that clients know what does not exist", async () => {
    await using house = await startHouse();
    await using client = await owner(house);
    expect(await client.call("device.pair.list")).toEqual({ pending: [], paired: [] });
    const unknown = [
      ["device.pair.approve", { requestId: "r" }, "unknown requestId"],
      ["device.pair.reject", { requestId: "r" }, "unknown requestId"],
      ["device.pair.rename", { deviceId: "d", displayName: "x" }, "unknown deviceId"],
      ["device.pair.remove", { deviceId: "d" }, "unknown deviceId"],
      ["device.token.rotate", { deviceId: "d", role: "node" }, "unknown deviceId/role"],
      ["device.token.revoke", { deviceId: "d", role: "node" }, "unknown deviceId/role"],
    ] as const;
    for (const [method, params, message] of unknown) {
      await expect(client.request(method, params)).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        message,
      });
    }
  });
});

describe("an invitation", () => {
  test("is a link to the page with the secret in its fragment", async () => {
    await using house = await startHouse();
    await using client = await owner(house);
    const invitation = await client.call("device.pair.invite", {
      scopes: ["operator.write", "operator.read", "operator.write"],
    });
    expect(invitation).toMatchObject({ role: "operator", scopes: ["operator.write", "operator.read"] });
    expect(invitation.expiresAt).toBeGreaterThan(Date.now() + 590_000);
    const link = new URL(invitation.url);
    expect(`${link.origin}/`).toBe(house.url);
    expect([...new URLSearchParams(link.hash.slice(1)).keys()]).toEqual(["pair"]);
    house.log.flush();
    const logged = readFileSync(join(house.stateDir, "logs", "moltbot.log"), "utf8");
    expect(logged).toContain("pairing link made");
    expect(logged).not.toContain(link.hash.slice("#pair=".length));
  });

  test("carries the certificate's fingerprint where there is one", async () => {
    await using house = await startHouse({ config: { gateway: { tls: { enabled: true } } } });
    await using client = await owner(house);
    const { url } = await client.call("device.pair.invite", { role: "node" });
    const pin = (house.gateway.facts.tlsFingerprint ?? "").replaceAll(":", "").toLowerCase();
    expect(pin).toMatch(/^[0-9a-f]{64}$/);
    expect(new URLSearchParams(new URL(url).hash.slice(1)).get("tls")).toBe(pin);
  });

  test("names what is granted, and has somewhere to lead", async () => {
    await using house = await startHouse({ config: { gateway: { controlUi: { enabled: false } } } });
    await using client = await owner(house);
    await expect(client.call("device.pair.invite", { scopes: ["operator.read"] })).rejects.toThrow(
      "gateway.controlUi.enabled",
    );
    await using served = await startHouse();
    await using other = await owner(served);
    const refusals = [
      [{}, "without scopes"],
      [{ scopes: ["operator.everything"] }, "unknown scope: operator.everything"],
      [{ role: "node", scopes: ["operator.read"] }, "a node has no scopes"],
    ] as const;
    for (const [params, why] of refusals) {
      await expect(other.request("device.pair.invite", params)).rejects.toThrow(why);
    }
  });
});
