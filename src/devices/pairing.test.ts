import { describe, expect, test } from "bun:test";
import type { Scope } from "#protocol/access.ts";
import { applicant, nextTurn, openRoom, owner, read, readWrite } from "../../test/devices/pairing-room.ts";
import type { Actor } from "./authority.ts";

describe("a request", () => {
  test("is told once, kept while the device asks the same, and over with the approval", async () => {
    const room = openRoom();
    const requestId = room.ask(applicant("a"), readWrite);
    expect(room.ask(applicant("a"), ["operator.write", "operator.read"])).toBe(requestId);
    const { pending } = room.pairing.list();
    expect(pending).toEqual([
      {
        requestId,
        deviceId: "a",
        publicKey: "key-of-a",
        displayName: "name of a",
        platform: "ios",
        remoteIp: "192.0.2.7",
        role: "operator",
        roles: ["operator"],
        scopes: readWrite,
        reason: "not-paired",
        silent: false,
        isRepair: false,
        ts: room.now(),
      },
    ]);
    const device = await room.pairing.approve(requestId, owner);
    expect(device).toMatchObject({ deviceId: "a", scopes: readWrite, approvedVia: "owner" });
    expect(room.pairing.list()).toEqual({ pending: [], paired: [device] });
    expect(room.heard).toEqual([
      { event: "device.pair.requested", payload: pending[0] },
      {
        event: "device.pair.resolved",
        payload: { requestId, deviceId: "a", decision: "approved", ts: room.now() },
      },
    ]);
  });

  test("for something else gets another id, so that nobody approves what they were not shown", async () => {
    const room = openRoom();
    const first = room.ask(applicant("a"), read);
    const second = room.ask(applicant("a"), ["operator.admin"]);
    expect(second).not.toBe(first);
    await expect(room.pairing.approve(first, owner)).rejects.toThrow("unknown requestId");
    expect(room.heard[1]).toMatchObject({ payload: { requestId: first, decision: "expired" } });
    expect(room.pairing.list().pending).toHaveLength(1);
  });

  test("is over after five minutes, and the device can ask again", () => {
    const room = openRoom();
    const first = room.ask(applicant("a"));
    room.pass(299_999);
    expect(room.ask(applicant("a"))).toBe(first);
    room.pass(1);
    expect(room.pairing.list().pending).toEqual([]);
    expect(room.heard.at(-1)).toMatchObject({ payload: { requestId: first, decision: "expired" } });
    expect(room.ask(applicant("a"))).not.toBe(first);
  });

  test("that was rejected is remembered for five minutes, or until the device is let in", async () => {
    const room = openRoom();
    room.pairing.reject(room.ask(applicant("a")), owner);
    expect(room.pairing.isRejected("a")).toBe(true);
    expect(room.pairing.isRejected("b")).toBe(false);
    expect(room.heard.at(-1)).toMatchObject({ payload: { deviceId: "a", decision: "rejected" } });
    room.pass(300_000);
    expect(room.pairing.isRejected("a")).toBe(false);
    room.pairing.reject(room.ask(applicant("a")), owner);
    await room.pairing.pairSilently(applicant("a"), "operator", read);
    expect(room.pairing.isRejected("a")).toBe(false);
  });

  test("is turned away where too many wait from one place, or in all; nobody loses a place", () => {
    const room = openRoom();
    const first = room.ask(applicant("d0"));
    for (let n = 1; n < 8; n += 1) expect(room.ask(applicant(`d${n}`))).not.toBe("none");
    expect(room.ask(applicant("d8"))).toBe("none");
    expect(room.ask(applicant("d0"))).toBe(first);
    for (let n = 0; n < 92; n += 1) {
      expect(room.ask(applicant(`e${n}`, { remoteIp: `10.0.${n}.1` }))).not.toBe("none");
    }
    expect(room.ask(applicant("f", { remoteIp: "10.1.0.1" }))).toBe("none");
    expect(room.pairing.list().pending).toHaveLength(100);
  });

  test("shows a stranger's words about itself short and without control characters", () => {
    const room = openRoom();
    room.ask(applicant("a", { told: { displayName: `\u001b[2Jowner${"x".repeat(500)}` } }));
    const name = room.pairing.list().pending[0]?.displayName ?? "";
    expect(name.startsWith("[2Jowner")).toBe(true);
    expect(name).toHaveLength(128);
  });
});

describe("nobody hands out more than they hold", () => {
  const pairer: Actor = { deviceId: "p", scopes: new Set<Scope>(["operator.pairing", "operator.read"]) };

  test("by approving, nor to themself; the request stays", async () => {
    const room = openRoom();
    const wide = room.ask(applicant("a"), ["operator.read", "operator.admin"]);
    await expect(room.pairing.approve(wide, pairer)).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("missing scope: operator.admin"),
    });
    const node = room.ask(applicant("n"), [], "node");
    await expect(room.pairing.approve(node, pairer)).rejects.toThrow("missing scope: operator.write");
    const own = room.ask(applicant("p"), read);
    await expect(room.pairing.approve(own, pairer)).rejects.toThrow("cannot approve itself");
    expect(room.pairing.list().pending).toHaveLength(3);
    expect(room.pairing.list().paired).toEqual([]);
    const narrow = room.ask(applicant("b"), read);
    expect(await room.pairing.approve(narrow, pairer)).toMatchObject({ scopes: read });
  });

  test("by rotating, revoking, removing or renaming", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), ["operator.admin"]), owner);
    const before = room.record("a");
    for (const attempt of [
      () => room.pairing.rotate("a", "operator", undefined, pairer),
      () => room.pairing.revoke("a", "operator", pairer),
      () => room.pairing.remove("a", pairer),
      () => room.pairing.rename("a", "mine", pairer),
    ]) {
      await expect(attempt()).rejects.toThrow("missing scope: operator.admin");
    }
    expect(room.record("a")).toEqual(before);
    expect(room.dismissals).toEqual([]);
  });

  test("by rotating their own token to wider scopes", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("p"), ["operator.pairing", "operator.read"]), owner);
    await expect(room.pairing.rotate("p", "operator", ["operator.admin"], pairer)).rejects.toThrow(
      "keeps or narrows",
    );
    await expect(
      room.pairing.rotate("p", "operator", ["operator.admin"], { ...owner, deviceId: "x" }),
    ).rejects.toThrow("keeps or narrows");
  });

  test("by a link", async () => {
    const room = openRoom();
    const rights = { role: "operator" as const, scopes: ["operator.write" as const] };
    await expect(room.pairing.invite(rights, pairer)).rejects.toThrow("missing scope: operator.write");
    expect(room.db.query("SELECT 1 FROM pairing_link").get()).toBeNull();
  });
});

describe("a token", () => {
  test("is the same until it is rotated, differs by device and role, and is written down nowhere", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), read), owner);
    await room.pairing.approve(room.ask(applicant("a"), [], "node"), owner);
    await room.pairing.approve(room.ask(applicant("b"), read), owner);
    const texts = [
      room.pairing.tokenOf(room.record("a"), "operator"),
      room.pairing.tokenOf(room.record("a"), "node"),
      room.pairing.tokenOf(room.record("b"), "operator"),
    ].map((token) => token?.text ?? "");
    expect(new Set(texts).size).toBe(3);
    const [text = ""] = texts;
    const { pairing } = room;
    expect(pairing.holdsToken(room.record("a"), "operator", ["wrong", text])).toBe(true);
    expect(pairing.holdsToken(room.record("a"), "node", [text])).toBe(false);
    expect(pairing.holdsToken(room.record("b"), "operator", [text])).toBe(false);
    expect(pairing.holdsToken(room.record("b"), "node", ["", text])).toBe(false);
    const kept = JSON.stringify(
      ["device", "device_role", "pairing_link"].map((table) => room.db.query(`SELECT * FROM ${table}`).all()),
    );
    for (const each of texts) {
      expect(kept).not.toContain(each);
      expect(room.logged()).not.toContain(each);
      expect(JSON.stringify([room.pairing.list(), room.heard])).not.toContain(each);
    }
  });

  test("is worthless after a rotation, which keeps or narrows; only the device is told the new one", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), readWrite), owner);
    const old = room.pairing.tokenOf(room.record("a"), "operator")?.text ?? "";
    room.pass(1000);
    const rotated = await room.pairing.rotate("a", "operator", read, owner);
    expect(rotated).toEqual({ token: null, scopes: read, rotatedAt: room.now() });
    expect(room.pairing.holdsToken(room.record("a"), "operator", [old])).toBe(false);
    expect(room.record("a").grants[0]).toMatchObject({ scopes: read, issuedAt: room.now() });
    const own = await room.pairing.rotate("a", "operator", undefined, {
      deviceId: "a",
      scopes: new Set<Scope>(["operator.read", "operator.pairing"]),
    });
    expect(own.token).toBe(room.pairing.tokenOf(room.record("a"), "operator")?.text ?? null);
    await nextTurn();
    expect(room.dismissals).toEqual([
      { deviceId: "a", role: "operator", why: "device token rotated" },
      { deviceId: "a", role: "operator", why: "device token rotated" },
    ]);
  });

  test("outlives a restart, and no request does", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), read), owner);
    room.ask(applicant("b"));
    const token = room.pairing.tokenOf(room.record("a"), "operator");
    const again = openRoom(room.db);
    expect(again.pairing.tokenOf(again.record("a"), "operator")).toEqual(token);
    expect(again.pairing.list().pending).toEqual([]);
  });
});

describe("what was taken away", () => {
  test("stays away: an approval after a revocation brings neither the old scopes nor the old token", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), ["operator.admin"]), owner);
    const old = room.pairing.tokenOf(room.record("a"), "operator")?.text ?? "";
    room.pass(5);
    const { revokedAt } = await room.pairing.revoke("a", "operator", owner);
    expect(revokedAt).toBe(room.now());
    expect(room.pairing.tokenOf(room.record("a"), "operator")).toBeNull();
    expect(room.pairing.holdsToken(room.record("a"), "operator", [old])).toBe(false);
    expect(room.pairing.list().paired[0]).toMatchObject({ roles: [], scopes: [] });
    await expect(room.pairing.rotate("a", "operator", undefined, owner)).rejects.toThrow("is revoked");
    room.pass(5);
    expect(await room.pairing.revoke("a", "operator", owner)).toEqual({ revokedAt });

    await room.pairing.approve(room.ask(applicant("a"), read), owner);
    expect(room.record("a").grants).toMatchObject([{ scopes: read, revokedAt: null }]);
    expect(room.pairing.holdsToken(room.record("a"), "operator", [old])).toBe(false);
  });

  test("is told after the durable write, once each", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), read), owner);
    const revoking = room.pairing.revoke("a", "operator", owner);
    expect(room.dismissals).toEqual([]);
    await revoking;
    await room.pairing.remove("a", owner);
    await nextTurn();
    expect(room.dismissals).toEqual([
      { deviceId: "a", role: "operator", why: "device token revoked" },
      { deviceId: "a", role: null, why: "device removed" },
    ]);
    expect(room.pairing.find("a")).toBeNull();
    await expect(room.pairing.remove("a", owner)).rejects.toThrow("unknown deviceId");
    await expect(room.pairing.revoke("a", "operator", owner)).rejects.toThrow("unknown deviceId/role");
  });

  test("does not come back with a visit that was on its way", async () => {
    const room = openRoom();
    await room.pairing.approve(room.ask(applicant("a"), read), owner);
    const record = room.record("a");
    await room.pairing.remove("a", owner);
    room.pairing.noteVisit(record, applicant("a"), "operator", true);
    await expect(room.pairing.remove("a", owner)).rejects.toThrow("unknown deviceId");
  });
});

test("a visit is noted, and does not take an owner's name for the device away", async () => {
  const room = openRoom();
  await room.pairing.approve(room.ask(applicant("a"), read), owner);
  await room.pairing.rename("a", " Kitchen ", owner);
  room.pass(7);
  const visit = applicant("a", {
    remoteIp: "192.0.2.8",
    told: { displayName: "phone 2", platform: "ios 2" },
  });
  room.pairing.noteVisit(room.record("a"), visit, "operator", true);
  const renamed = await room.pairing.rename("a", "Kitchen", owner);
  expect(renamed).toMatchObject({
    displayName: "Kitchen",
    platform: "ios 2",
    remoteIp: "192.0.2.8",
    lastSeenAtMs: room.now(),
    tokens: [{ lastUsedAtMs: room.now() }],
  });
  expect(await room.pairing.rename("a", "", owner)).toMatchObject({ displayName: "phone 2" });
});

test("more scopes and a second role are added to what is approved", async () => {
  const room = openRoom();
  await room.pairing.pairSilently(applicant("a"), "operator", read);
  await room.pairing.approve(room.ask(applicant("a"), ["operator.write"]), owner);
  await room.pairing.pairSilently(applicant("a"), "node", []);
  expect(room.record("a").grants).toMatchObject([
    { role: "operator", scopes: readWrite },
    { role: "node", scopes: [] },
  ]);
  expect(room.logged()).toContain("local device paired");
});

test("of two approvals at once one counts", async () => {
  const room = openRoom();
  const requestId = room.ask(applicant("a"));
  const outcomes = await Promise.allSettled([
    room.pairing.approve(requestId, owner),
    room.pairing.approve(requestId, owner),
  ]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});
