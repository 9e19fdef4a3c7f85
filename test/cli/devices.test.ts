import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PairingRequest } from "#protocol/domains/devices.ts";
import { createDeviceStore } from "#src/devices/store.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";
import { applicant } from "../devices/pairing-room.ts";
import { type Home, openHome, type Started, until } from "./run-moltbot.ts";
import { type ScriptedGateway, scriptedGateway } from "./scripted-gateway.ts";

const phone = "f0".repeat(32);
const tablet = "0a".repeat(32);

describe("with a gateway of one's own", () => {
  let home: Home;
  let gateway: Started;

  beforeAll(async () => {
    home = openHome();
    mkdirSync(home.stateDir, { mode: 0o700 });
    const db = openDatabase(home.stateDir);
    const store = createDeviceStore(db, () => 1);
    store.grant(
      applicant(phone, { told: { displayName: "Ada's \u001b[2Jphone", platform: "ios" } }),
      { role: "operator", scopes: ["operator.read", "operator.write"] },
      "owner",
    );
    store.grant(applicant(tablet), { role: "operator", scopes: ["operator.admin"] }, "local");
    store.grant(applicant(tablet), { role: "node", scopes: [] }, "local");
    closeDatabase(db);
    gateway = home.start(["gateway", "--port", "0"]);
    await until(() => gateway.out().includes("gateway started"), gateway);
  });
  afterAll(() => home[Symbol.dispose]());

  test("the list names who is paired as what, and strangers' words move no cursor", async () => {
    const { code, out } = await home.run(["devices"]);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "paired",
        `  0a0a0a0a  name of ${tablet}`,
        "            ios · 192.0.2.7 · operator: admin · node · not seen yet",
        "  f0f0f0f0  Ada's [2Jphone",
        "            ios · 192.0.2.7 · operator: read, write · not seen yet",
        "",
      ].join("\n"),
    );
    const { paired } = JSON.parse((await home.run(["devices", "list", "--json"])).out);
    expect(paired.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([tablet, phone]);
  });

  test("rename, rotate, revoke and remove take the start of an id, or a name", async () => {
    const says = async (...args: string[]) => {
      const { code, out, err } = await home.run(["devices", ...args]);
      return { code, says: out + err };
    };
    expect(await says("rename", "0a0a0a0a", "Kitchen")).toEqual({
      code: 0,
      says: '0a0a0a0a is now called "Kitchen"\n',
    });
    expect(await says("rotate", "kitchen")).toMatchObject({ code: 2 });
    expect(await says("rotate", "kitchen", "--role", "node")).toMatchObject({ code: 0 });
    expect((await says("revoke", "f0f0")).says).toContain("no operator any more");
    expect(await says("revoke", "f0f0")).toMatchObject({ code: 1 });
    expect((await home.run(["devices"])).out).toContain("operator: read, write (revoked)");
    expect(await says("remove", "f0f0")).toMatchObject({ code: 2 });
    expect(await says("remove", "f0f0", "--yes")).toMatchObject({ code: 0 });
    expect((await home.run(["devices"])).out).not.toContain("f0f0f0f0");
    expect((await says("remove", "f0f0", "--yes")).says).toContain('no device is paired under "f0f0"');
    expect((await says("approve")).says).toContain("no device waits for approval");
    expect((await says("reject", "abcd")).says).toContain('no device waits under "abcd"');
  });

  test("pair prints a link with a secret of its own, alone on standard output", async () => {
    const { code, out, err } = await home.run(["pair"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#pair=[\w-]{43}\n$/);
    expect(err).toContain("listens on this computer only");
    expect(err).toContain("within ten minutes (operator: read, write)");
    const secret = /pair=(.*)\n/.exec(out)?.[1] ?? "";
    expect(readFileSync(join(home.stateDir, "logs", "moltbot.log"), "utf8")).not.toContain(secret);
    const node = JSON.parse((await home.run(["pair", "--role", "node", "--json"])).out);
    expect(node).toMatchObject({ role: "node", scopes: [] });
    const admin = JSON.parse((await home.run(["pair", "--admin", "--json"])).out);
    expect(admin.scopes).toHaveLength(5);
    const named = JSON.parse((await home.run(["pair", "--scopes", "read,operator.pairing", "--json"])).out);
    expect(named.scopes).toEqual(["operator.read", "operator.pairing"]);
    for (const wrong of [
      ["--scopes", "everything"],
      ["--admin", "--scopes", "read"],
      ["--role", "node", "--admin"],
    ]) {
      expect((await home.run(["pair", ...wrong])).code).toBe(2);
    }
  });
});

describe("what waits", () => {
  let home: Home;
  let gateway: ScriptedGateway;
  let pending: PairingRequest[];

  function open(...ids: string[]): string[] {
    home = openHome();
    pending = ids.map((requestId, index) => ({
      requestId,
      deviceId: `${index}`.repeat(64),
      publicKey: "k",
      displayName: `phone ${index}`,
      platform: "ios",
      remoteIp: "192.0.2.7",
      role: "operator",
      roles: ["operator"],
      scopes: ["operator.read"],
      reason: "not-paired",
      silent: false,
      isRepair: false,
      ts: Date.now() - 61_000,
    }));
    gateway = scriptedGateway({
      methods: {
        "device.pair.list": ({ id }, peer) => peer.answer(id, { pending, paired: [] }),
        "device.pair.approve": ({ id, params }, peer) => {
          const { deviceId, publicKey } = pending.find(({ requestId }) => requestId === params.requestId) ?? {
            deviceId: "none",
            publicKey: "none",
          };
          const device = {
            ...{ deviceId, publicKey, displayName: "phone", roles: ["operator"], scopes: ["operator.read"] },
            ...{ tokens: [], createdAtMs: 1, approvedAtMs: 1, approvedVia: "owner" },
          };
          peer.answer(id, { requestId: params.requestId, device });
        },
        "device.pair.reject": ({ id, params }, peer) =>
          peer.answer(id, { requestId: params.requestId, deviceId: "d" }),
      },
    });
    return ["--url", gateway.url];
  }
  afterEach(() => {
    gateway[Symbol.dispose]();
    home[Symbol.dispose]();
  });

  const asked = () =>
    gateway.requests.filter(({ method }) => /approve|reject/.test(method)).map(({ params }) => params);

  test("is listed with the command that lets it in", async () => {
    const { out } = await runAt(open("3f2a91c0-1"), ["devices"]);
    expect(out).toMatch(
      /^waiting for approval\n {2}3f2a91c0 {2}phone 0 · ios · 192\.0\.2\.7 · operator: read\n {12}asked 1 m( \d s)? ago · let it in: moltbot devices approve 3f2a91c0\n$/,
    );
  });

  test("is approved by the start of its id, at once", async () => {
    const { code, out } = await runAt(open("3f2a91c0-1", "4f2a91c0-2"), ["devices", "approve", "4f2a91c0"]);
    expect({ code, out }).toEqual({ code: 0, out: "phone is let in (operator: read)\n" });
    expect(asked()).toEqual([{ requestId: "4f2a91c0-2" }]);
  });

  test("is not approved unseen: without a name somebody has to agree", async () => {
    const url = open("3f2a91c0-1");
    const { code, err } = await runAt(url, ["devices", "approve"]);
    expect(code).toBe(2);
    expect(err).toContain("Let phone 0 · ios · 192.0.2.7 · operator: read in?");
    expect(asked()).toEqual([]);
    expect((await runAt(url, ["devices", "approve", "--yes"])).code).toBe(0);
    expect(asked()).toEqual([{ requestId: "3f2a91c0-1" }]);
  });

  test("has to be named where several do, also for a rejection", async () => {
    const url = open("3f2a91c0-1", "3f2a91c0-2");
    for (const word of ["approve", "reject"]) {
      const { code, err } = await runAt(url, ["devices", word, ...(word === "approve" ? ["--yes"] : [])]);
      expect(code).toBe(2);
      expect(err).toContain("phone 0");
      expect(err).toContain("phone 1");
      expect((await runAt(url, ["devices", word, "3f2a"])).err).toContain("more than one");
    }
    expect(asked()).toEqual([]);
    expect((await runAt(url, ["devices", "reject", "3f2a91c0-2"])).out).toBe("phone 1 is turned away\n");
    expect(asked()).toEqual([{ requestId: "3f2a91c0-2" }]);
  });

  function runAt(url: string[], args: string[]) {
    return home.run([...args, ...url]);
  }
});
