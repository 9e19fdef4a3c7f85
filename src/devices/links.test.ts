import { describe, expect, test } from "bun:test";
import { scopes as everyScope } from "#protocol/access.ts";
import { applicant, openRoom, owner, readWrite } from "../../test/devices/pairing-room.ts";
import type { Actor } from "./authority.ts";

describe("a link", () => {
  const rights = { role: "operator" as const, scopes: readWrite };

  test("used twice at once lets one in, with what it says and no more", async () => {
    const room = openRoom();
    const { secret, expiresAt } = await room.pairing.invite(rights, owner);
    expect(expiresAt).toBe(room.now() + 600_000);
    expect(room.pairing.linkOf(secret)).toEqual(rights);
    expect(room.pairing.linkOf(`${secret}x`)).toBeNull();
    const outcomes = await Promise.all(
      ["a", "b"].map((deviceId) => room.pairing.redeem(secret, applicant(deviceId))),
    );
    expect(outcomes.map((record) => record?.deviceId ?? null)).toEqual(["a", null]);
    expect(room.record("a")).toMatchObject({ approvedVia: "link", grants: [{ scopes: readWrite }] });
    expect(room.pairing.find("b")).toBeNull();
    expect(room.pairing.linkOf(secret)).toBeNull();
  });

  test("ends the device's waiting", async () => {
    const room = openRoom();
    const requestId = room.ask(applicant("a"));
    const { secret } = await room.pairing.invite(rights, owner);
    await room.pairing.redeem(secret, applicant("a"));
    expect(room.pairing.list().pending).toEqual([]);
    expect(room.heard.at(-1)).toMatchObject({ payload: { requestId, decision: "approved" } });
  });

  test("is good for ten minutes, outlives a restart, and lies nowhere in clear", async () => {
    const room = openRoom();
    const { secret } = await room.pairing.invite(rights, owner);
    expect(JSON.stringify(room.db.query("SELECT * FROM pairing_link").all())).not.toContain(secret);
    expect(room.logged()).not.toContain(secret);
    expect(openRoom(room.db).pairing.linkOf(secret)).toEqual(rights);
    room.pass(600_000);
    expect(room.pairing.linkOf(secret)).toBeNull();
    expect(await room.pairing.redeem(secret, applicant("a"))).toBeNull();
  });

  test("goes with the device that made it", async () => {
    for (const end of ["remove", "revoke", "rotate"] as const) {
      const room = openRoom();
      await room.pairing.approve(room.ask(applicant("a"), [...everyScope]), owner);
      const maker: Actor = { deviceId: "a", scopes: new Set(everyScope) };
      const { secret } = await room.pairing.invite(rights, maker);
      const { secret: other } = await room.pairing.invite(rights, owner);
      if (end === "remove") await room.pairing.remove("a", owner);
      else if (end === "revoke") await room.pairing.revoke("a", "operator", owner);
      else await room.pairing.rotate("a", "operator", undefined, owner);
      expect(room.pairing.linkOf(secret)).toBeNull();
      expect(room.pairing.linkOf(other)).toEqual(rights);
    }
  });

  test("makes room above thirty-two: the oldest go", async () => {
    const room = openRoom();
    const secrets: string[] = [];
    for (let n = 0; n < 33; n += 1) {
      room.pass(1);
      secrets.push((await room.pairing.invite(rights, owner)).secret);
    }
    expect(secrets.map((secret) => room.pairing.linkOf(secret) !== null)).toEqual([
      false,
      ...Array.from({ length: 32 }, () => true),
    ]);
  });

  test("that cannot be carried out is not used up", async () => {
    const room = openRoom();
    const { secret } = await room.pairing.invite(rights, owner);
    const broken = { ...applicant("a"), publicKey: null as unknown as string };
    await expect(room.pairing.redeem(secret, broken)).rejects.toThrow("NOT NULL");
    expect(room.pairing.linkOf(secret)).toEqual(rights);
  });
});
