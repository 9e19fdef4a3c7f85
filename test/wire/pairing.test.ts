import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "./raw-socket.ts";
import { type House, startHouse } from "./start-house.ts";
import { ask, elsewhere, type Knock, testDevice, type Visit } from "./test-device.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse({ flags: { token: "right" } });
});
afterAll(() => house[Symbol.asyncDispose]());

const secret = { token: "right" };
const owner = ["operator.read", "operator.write", "operator.admin", "operator.pairing", "operator.approvals"];

/** An owner's device of this machine, which may do everything. */
async function asOwner(at = house): Promise<Visit> {
  const visit = await testDevice().knock(at.socketUrl, { scopes: owner, auth: secret });
  expect(visit.answer).toMatchObject({ ok: true });
  return visit;
}

const fromAway = (more: Knock = {}): Knock => ({ headers: elsewhere, auth: secret, ...more });

async function pending(visit: Visit): Promise<Frame[]> {
  return (await ask(visit.socket, "device.pair.list")).payload.pending;
}

describe("a device of this machine's user", () => {
  test("is paired without a question, gets a token, and the same one every time", async () => {
    const device = testDevice();
    using first = await device.knock(house.socketUrl, { auth: secret });
    const { deviceToken } = first.answer.payload.auth;
    expect(deviceToken).toEqual(expect.any(String));
    using second = await device.knock(house.socketUrl, { auth: secret });
    expect(second.answer.payload.auth.deviceToken).toBe(deviceToken);
    using byToken = await device.knock(house.socketUrl, { headers: elsewhere, auth: { deviceToken } });
    expect(byToken.answer.payload.auth).toMatchObject({ method: "device-token", scopes: ["operator.read"] });
    using oldFashioned = await device.knock(house.socketUrl, {
      headers: elsewhere,
      auth: { token: deviceToken },
    });
    expect(oldFashioned.answer).toMatchObject({ ok: true });
  });

  test("the token lives through a restart and stands nowhere in clear", async () => {
    const device = testDevice();
    using visit = await device.knock(house.socketUrl, { auth: secret });
    const { deviceToken } = visit.answer.payload.auth;
    for (const file of ["moltbot.db", "moltbot.db-wal", "logs/moltbot.log"]) {
      const text = await Bun.file(join(house.stateDir, file))
        .text()
        .catch(() => "");
      expect(text).not.toContain(deviceToken);
    }
    expect(readFileSync(house.log.file ?? "", "utf8")).not.toContain(deviceToken);
  });
});

describe("a device from elsewhere", () => {
  test("waits until the owner approves, who hears of it, and then comes in by itself", async () => {
    using admin = await asOwner();
    const device = testDevice();
    using waiting = await device.knock(house.socketUrl, fromAway({ generation: 4 }));
    const { requestId } = waiting.answer.error.details;
    expect(waiting.answer.error).toMatchObject({
      code: "NOT_PAIRED",
      details: {
        code: "PAIRING_REQUIRED",
        reason: "not-paired",
        recommendedNextStep: "wait_then_retry",
        pauseReconnect: false,
        deviceId: device.id,
      },
    });
    expect(await waiting.socket.closed).toMatchObject({
      code: 1008,
      reason: expect.stringContaining(requestId),
    });
    const told = await admin.socket.next(
      (frame) => frame.event === "device.pair.requested" && frame.payload.deviceId === device.id,
    );
    expect(told.payload.requestId).toBe(requestId);
    expect(await ask(admin.socket, "device.pair.approve", { requestId })).toMatchObject({ ok: true });
    await admin.socket.next(
      (frame) => frame.event === "device.pair.resolved" && frame.payload.decision === "approved",
    );
    using back = await device.knock(house.socketUrl, fromAway());
    expect(back.answer.payload.auth).toMatchObject({ scopes: ["operator.read"], role: "operator" });
  });

  test("that was turned away is told to stop", async () => {
    using admin = await asOwner();
    const device = testDevice();
    using waiting = await device.knock(house.socketUrl, fromAway());
    expect(waiting.answer.error.message).toBe("pairing required");
    const { requestId } = waiting.answer.error.details;
    await ask(admin.socket, "device.pair.reject", { requestId });
    using again = await device.knock(house.socketUrl, fromAway());
    expect(again.answer.error.details).toMatchObject({
      recommendedNextStep: "review_auth_configuration",
      pauseReconnect: true,
    });
  });

  test("has one request, however often it comes, and asks again for what it asks now", async () => {
    using admin = await asOwner();
    const device = testDevice();
    for (const scopes of [["operator.read"], ["operator.read"], ["operator.read", "operator.write"]]) {
      using _ = await device.knock(house.socketUrl, fromAway({ scopes }));
    }
    const own = (await pending(admin)).filter((each) => each.deviceId === device.id);
    expect(own).toHaveLength(1);
    expect(own[0]?.scopes).toEqual(["operator.read", "operator.write"]);
  });

  test("that wants more than was approved waits again, and keeps what it has", async () => {
    using admin = await asOwner();
    const device = testDevice();
    using first = await device.knock(house.socketUrl, fromAway());
    const { requestId } = first.answer.error.details;
    await ask(admin.socket, "device.pair.approve", { requestId });
    using more = await device.knock(
      house.socketUrl,
      fromAway({ scopes: ["operator.read", "operator.admin"] }),
    );
    expect(more.answer.error.details).toMatchObject({
      reason: "scope-upgrade",
      approvedScopes: ["operator.read"],
    });
    using node = await device.knock(house.socketUrl, fromAway({ role: "node", scopes: [] }));
    expect(node.answer.error.details).toMatchObject({ reason: "role-upgrade" });
    using less = await device.knock(house.socketUrl, fromAway());
    expect(less.answer).toMatchObject({ ok: true });
  });

  test("without a device stays out, whatever it knows", async () => {
    using visit = await testDevice().knock(
      house.socketUrl,
      fromAway({ tamper: ({ device: _, ...params }) => params }),
    );
    expect(visit.answer.error.details.code).toBe("DEVICE_IDENTITY_REQUIRED");
  });

  test("a flood of devices from one place fills its share and no more", async () => {
    await using flooded = await startHouse({ flags: { token: "right" } });
    using admin = await asOwner(flooded);
    const visits = await Promise.all(
      Array.from({ length: 60 }, () => testDevice().knock(flooded.socketUrl, fromAway())),
    );
    const refused = visits.filter(({ answer }) => answer.error.details.requestId === undefined);
    expect(refused.length).toBeGreaterThan(0);
    expect((await pending(admin)).length).toBeLessThanOrEqual(50);
    for (const visit of visits) visit[Symbol.dispose]();
  });
});

describe("nothing of a proof can be changed", () => {
  // One in 64 signatures begins with an A of its own.
  const other = (first: string) => (first === "A" ? "B" : "A");
  const changes: Record<string, (params: Frame) => Frame> = {
    role: (params) => ({ ...params, role: "node" }),
    scopes: (params) => ({ ...params, scopes: [...params.scopes, "operator.admin"] }),
    "client id": (params) => ({ ...params, client: { ...params.client, id: "cli" } }),
    "client mode": (params) => ({ ...params, client: { ...params.client, mode: "cli" } }),
    platform: (params) => ({ ...params, client: { ...params.client, platform: "macos" } }),
    "device family": (params) => ({ ...params, client: { ...params.client, deviceFamily: "Mac" } }),
    token: (params) => ({
      ...params,
      auth: { token: "right", deviceToken: "x", password: "right" },
      device: { ...params.device, signature: params.device.signature.replace(/^./, other) },
    }),
    time: (params) => ({ ...params, device: { ...params.device, signedAt: params.device.signedAt + 1 } }),
    nonce: (params) => ({ ...params, device: { ...params.device, nonce: "another" } }),
    key: (params) => ({ ...params, device: { ...params.device, publicKey: testDevice().publicKey } }),
    id: (params) => ({ ...params, device: { ...params.device, id: testDevice().id } }),
  };
  test.each(Object.entries(changes))("the %s", async (_, tamper) => {
    using visit = await testDevice().knock(house.socketUrl, { auth: secret, tamper });
    expect(visit.answer.ok).toBe(false);
    expect(visit.answer.error.details.code).toMatch(/^DEVICE_AUTH_/);
  });

  test("another socket's proof is of no use", async () => {
    let stolen: Frame = {};
    const device = testDevice();
    using first = await device.knock(house.socketUrl, {
      auth: secret,
      tamper: (params) => {
        stolen = params;
        return params;
      },
    });
    expect(first.answer.ok).toBe(true);
    using second = await device.knock(house.socketUrl, { auth: secret, tamper: () => stolen });
    expect(second.answer.error.details.code).toBe("DEVICE_AUTH_NONCE_MISMATCH");
  });
});

describe("what was granted can be taken back", () => {
  async function approved(scopes = ["operator.read"]) {
    const admin = await asOwner();
    const device = testDevice();
    using waiting = await device.knock(house.socketUrl, fromAway({ scopes }));
    await ask(admin.socket, "device.pair.approve", { requestId: waiting.answer.error.details.requestId });
    const visit = await device.knock(house.socketUrl, fromAway({ scopes }));
    return { admin, device, visit };
  }

  test("a revocation ends the sessions, and the device is told to stop", async () => {
    const { admin, device, visit } = await approved();
    await ask(admin.socket, "device.token.revoke", { deviceId: device.id, role: "operator" });
    expect(await visit.socket.closed).toMatchObject({ code: 4001 });
    using again = await device.knock(house.socketUrl, fromAway());
    expect(again.answer.error.details).toMatchObject({ pauseReconnect: true });
    admin[Symbol.dispose]();
  });

  test("a rotation ends them, too, and the old token opens nothing more", async () => {
    const { admin, device, visit } = await approved();
    const { deviceToken: old } = visit.answer.payload.auth;
    await ask(admin.socket, "device.token.rotate", { deviceId: device.id, role: "operator" });
    expect(await visit.socket.closed).toMatchObject({ code: 4001 });
    using withOld = await device.knock(house.socketUrl, { headers: elsewhere, auth: { deviceToken: old } });
    expect(withOld.answer.error.details.code).toBe("AUTH_DEVICE_TOKEN_MISMATCH");
    using withSecret = await device.knock(house.socketUrl, fromAway());
    expect(withSecret.answer.payload.auth.deviceToken).not.toBe(old);
    admin[Symbol.dispose]();
  });

  test("a device that is removed asks anew", async () => {
    const { admin, device, visit } = await approved();
    await ask(admin.socket, "device.pair.remove", { deviceId: device.id });
    expect(await visit.socket.closed).toMatchObject({ code: 4001 });
    using again = await device.knock(house.socketUrl, fromAway());
    expect(again.answer.error.details).toMatchObject({ reason: "not-paired", pauseReconnect: false });
    admin[Symbol.dispose]();
  });
});

describe("a link", () => {
  test("pairs one device with what it was made for, once, however many come at once", async () => {
    using admin = await asOwner();
    const made = await ask(admin.socket, "device.pair.invite", { scopes: ["operator.read"] });
    expect(made).toMatchObject({ ok: true });
    const bootstrapToken = made.payload.secret ?? new URL(made.payload.url).hash.split("=").at(-1);
    const visits = await Promise.all(
      Array.from({ length: 8 }, () =>
        testDevice().knock(house.socketUrl, {
          headers: elsewhere,
          auth: { bootstrapToken },
          scopes: ["operator.read", "operator.admin"],
        }),
      ),
    );
    const within = visits.filter(({ answer }) => answer.ok);
    expect(within).toHaveLength(1);
    expect(within[0]?.answer.payload.auth).toMatchObject({
      method: "bootstrap-token",
      scopes: ["operator.read"],
    });
    for (const { answer } of visits.filter((each) => !each.answer.ok)) {
      expect(answer.error.details.code).toBe("AUTH_BOOTSTRAP_TOKEN_INVALID");
    }
    for (const visit of visits) visit[Symbol.dispose]();
  });
});

test("a thousand new devices of this user at once are all let in", async () => {
  await using quiet = await startHouse();
  const devices = Array.from({ length: 1_000 }, testDevice);
  const visits = await Promise.all(devices.map((device) => device.knock(quiet.socketUrl)));
  expect(visits.filter(({ answer }) => answer.ok)).toHaveLength(1_000);
  for (const visit of visits) visit[Symbol.dispose]();
});

test("where judging fails nobody is let in, and health says so", async () => {
  await using broken = await startHouse({ flags: { token: "right" } });
  using admin = await asOwner(broken);
  const { Database } = await import("bun:sqlite");
  using db = new Database(join(broken.stateDir, "moltbot.db"));
  db.run("PRAGMA busy_timeout = 5000");
  db.run("DROP TABLE device_role");
  using visit = await testDevice().knock(broken.socketUrl, { auth: secret });
  expect(visit.answer.error.code).toBe("UNAVAILABLE");
  const health = await ask(admin.socket, "health", { probe: true });
  expect(JSON.stringify(health.payload)).toContain("entrance");
});
