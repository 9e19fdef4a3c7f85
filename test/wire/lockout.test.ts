import { describe, expect, test } from "bun:test";
import { answerTo, connectFrame, openRaw } from "./raw-socket.ts";
import { type House, startHouse } from "./start-house.ts";
import { elsewhere, testDevice } from "./test-device.ts";

/** Everybody counts, this machine's own programs too. */
const strict = { gateway: { auth: { rateLimit: { maxAttempts: 5, exemptLoopback: false } } } };

async function knockWith(house: House, token: string, headers: Record<string, string> = {}) {
  using socket = await openRaw(house.socketUrl, { headers });
  socket.send(connectFrame({ auth: { token } }));
  return await socket.next(answerTo("c1"));
}

describe("who brings wrong secrets", () => {
  test("is locked out over WebSocket and HTTP alike, and the right one does not help then", async () => {
    await using house = await startHouse({ config: strict, flags: { token: "right" } });
    for (let n = 0; n < 3; n += 1) {
      expect((await knockWith(house, "wrong")).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    }
    for (let n = 0; n < 2; n += 1) {
      const refused = await fetch(`${house.url}anything`, { headers: { authorization: "Bearer wrong" } });
      expect(refused.status).toBe(401);
    }
    const locked = await knockWith(house, "right");
    expect(locked.error).toMatchObject({
      details: { code: "AUTH_RATE_LIMITED", recommendedNextStep: "wait_then_retry" },
      retryAfterMs: expect.any(Number),
    });
    const overHttp = await fetch(`${house.url}anything`, { headers: { authorization: "Bearer right" } });
    expect(overHttp.status).toBe(429);
    expect(Number(overHttp.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("does not lock out a known device, nor our own key", async () => {
    await using house = await startHouse({ config: strict, flags: { token: "right" } });
    const device = testDevice();
    using first = await device.knock(house.socketUrl, { auth: { token: "right" } });
    const { deviceToken } = first.answer.payload.auth;
    for (let n = 0; n < 8; n += 1) await knockWith(house, "wrong");
    using again = await device.knock(house.socketUrl, { headers: elsewhere, auth: { deviceToken } });
    expect(again.answer.ok).toBe(true);
    const key = (await Bun.file(`${house.stateDir}/local.key`).text()).trim();
    expect(await knockWith(house, key)).toMatchObject({ ok: true });
  });

  test("a page in this machine's browser locks out browsers, not programs", async () => {
    await using house = await startHouse({
      config: { gateway: { auth: { rateLimit: { maxAttempts: 3 } } } },
      flags: { token: "right" },
    });
    const origin = { origin: `http://127.0.0.1:${house.port}` };
    for (let n = 0; n < 4; n += 1) await knockWith(house, "wrong", origin);
    expect((await knockWith(house, "right", origin)).error.details.code).toBe("AUTH_RATE_LIMITED");
    expect(await knockWith(house, "right")).toMatchObject({ ok: true });
  });

  test("nothing brought is no attempt", async () => {
    await using house = await startHouse({ config: strict, flags: { token: "right" } });
    for (let n = 0; n < 8; n += 1) {
      using socket = await openRaw(house.socketUrl);
      socket.send(connectFrame());
      expect((await socket.next(answerTo("c1"))).error.details.code).toBe("AUTH_TOKEN_MISSING");
    }
    expect(await knockWith(house, "right")).toMatchObject({ ok: true });
  });
});

describe("another secret in the config", () => {
  test("counts at once, and sends away who came by the old one, and nobody else", async () => {
    await using house = await startHouse({ config: { gateway: { auth: { token: "first" } } } });
    const device = testDevice();
    using paired = await device.knock(house.socketUrl, { auth: { token: "first" } });
    const { deviceToken } = paired.answer.payload.auth;
    using byToken = await device.knock(house.socketUrl, { headers: elsewhere, auth: { deviceToken } });
    using bySecret = await openRaw(house.socketUrl);
    bySecret.send(connectFrame({ auth: { token: "first" } }));
    await bySecret.next(answerTo("c1"));
    await writeConfig(house, { gateway: { auth: { token: "second" } } });
    expect(house.gateway.reload()).toMatchObject({ applied: ["gateway"], needsRestart: [] });
    expect(await bySecret.closed).toEqual({ code: 4001, reason: "client invalidated: secret changed" });
    expect(await paired.socket.closed).toMatchObject({ code: 4001 });
    expect((await knockWith(house, "first")).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    expect(await knockWith(house, "second")).toMatchObject({ ok: true });
    byToken.socket.send({ type: "req", id: "h", method: "health", params: {} });
    expect(await byToken.socket.next(answerTo("h"))).toMatchObject({ ok: true });
  });

  test("a first one shuts the door that stood open, and taking it away opens it again on this machine", async () => {
    await using house = await startHouse({ config: {} });
    using open = await openRaw(house.socketUrl);
    open.send(connectFrame());
    expect(await open.next(answerTo("c1"))).toMatchObject({ payload: { auth: { method: "none" } } });
    expect(await Bun.file(house.log.file ?? "").text()).toContain("client let in without a secret");
    await writeConfig(house, { gateway: { auth: { token: "second" } } });
    house.gateway.reload();
    expect(await open.closed).toMatchObject({ code: 4001 });
    using shut = await openRaw(house.socketUrl);
    shut.send(connectFrame());
    expect((await shut.next(answerTo("c1"))).error.details.code).toBe("AUTH_TOKEN_MISSING");
    await writeConfig(house, {});
    house.gateway.reload();
    using again = await openRaw(house.socketUrl);
    again.send(connectFrame());
    expect(await again.next(answerTo("c1"))).toMatchObject({ payload: { auth: { method: "none" } } });
  });
});

function writeConfig(house: House, config: Record<string, unknown>): Promise<number> {
  return Bun.write(`${house.stateDir}/moltbot.json`, JSON.stringify(config));
}
