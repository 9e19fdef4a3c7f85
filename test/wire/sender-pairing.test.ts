import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeepStore } from "#src/inbox/keep.ts";
import { createPairingStore } from "#src/inbox/pairing.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";
import { message } from "../fakes/intake-world.ts";
import { type House, startHouse } from "./start-house.ts";

let stateDir: string;
let house: House;
const codes: string[] = [];
const token = "a-token-for-pairing";

/** Strangers wrote before the gateway was started again. */
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "moltbot-pairing-"));
  const db = openDatabase(stateDir);
  const pairing = createPairingStore(db, Date.now);
  const keep = createKeepStore(db, Date.now);
  for (const id of ["100", "200", "300"]) {
    const sender = { id, name: id === "100" ? "Ada" : "", isBot: false };
    const [kept] = keep.add("telegram", "default", [
      message("1", "hello", { sender, conversation: { kind: "direct", id } }),
    ]);
    const asked = pairing.ask("telegram", "default", sender);
    if (kept === undefined || asked.is !== "new") throw new Error("the stranger was not new");
    keep.hold(kept);
    codes.push(asked.code);
  }
  closeDatabase(db);
  house = await startHouse({ stateDir, config: { gateway: { auth: { mode: "token", token } } } });
});
afterAll(async () => {
  await house.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const mayPair = { scopes: ["operator.pairing"], auth: { token } };

describe("pairing over the wire", () => {
  test("who waits is listed, with the code that they were told, for an hour", async () => {
    await using client = await house.connect(mayPair);
    const { requests, approved } = await client.call("pairing.list", {});
    expect(approved).toEqual([]);
    expect(requests.map(({ code }) => code).sort()).toEqual([...codes].sort());
    const ada = requests.find(({ senderId }) => senderId === "100");
    expect(ada).toMatchObject({ channel: "telegram", accountId: "default", senderName: "Ada" });
    expect((ada?.expiresAt ?? 0) - (ada?.createdAt ?? 0)).toBe(3_600_000);
    expect(await client.call("pairing.list", { channel: "slack" })).toEqual({ requests: [], approved: [] });
  });

  test("the first who is let in owns the account, the next does not; both are told to listeners", async () => {
    await using client = await house.connect(mayPair);
    const heard = Promise.withResolvers<void>();
    client.events("pairing.changed", () => heard.resolve());
    const { sender } = await client.call("pairing.approve", {
      channel: "telegram",
      code: (codes[0] ?? "").toLowerCase(),
    });
    expect(sender).toMatchObject({ senderId: "100", senderName: "Ada", owner: true });
    await heard.promise;
    const second = await client.call("pairing.approve", { code: codes[1] ?? "" });
    expect(second.sender).toMatchObject({ senderId: "200", owner: false });
    const { requests, approved } = await client.call("pairing.list", {});
    expect(requests.map(({ senderId }) => senderId)).toEqual(["300"]);
    expect(approved.map(({ senderId, owner }) => [senderId, owner])).toEqual([
      ["100", true],
      ["200", false],
    ]);
  });

  test("a code is good once, and on its channel", async () => {
    await using client = await house.connect(mayPair);
    for (const params of [
      { code: codes[0] ?? "" },
      { code: codes[2] ?? "", channel: "slack" },
      { code: "AAAAAAAA" },
    ]) {
      await expect(client.call("pairing.approve", params)).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        message: expect.stringContaining("moltbot pairing list"),
      });
    }
  });

  test("who is turned away is no longer listed, and who was let in can be shut out again", async () => {
    await using client = await house.connect(mayPair);
    const place = { channel: "telegram", accountId: "default" };
    expect(await client.call("pairing.deny", { code: codes[2] ?? "" })).toEqual({
      ...place,
      senderId: "300",
    });
    expect(await client.call("pairing.remove", { ...place, senderId: "200" })).toEqual({ removed: true });
    expect(await client.call("pairing.remove", { ...place, senderId: "200" })).toEqual({ removed: false });
    const { requests, approved } = await client.call("pairing.list", {});
    expect(requests).toEqual([]);
    expect(approved.map(({ senderId }) => senderId)).toEqual(["100"]);
  });

  test("is for those who may pair, and nobody else", async () => {
    await using client = await house.connect({
      scopes: ["operator.read", "operator.write"],
      auth: { token },
    });
    for (const [method, params] of [
      ["pairing.list", {}],
      ["pairing.approve", { code: "AAAAAAAA" }],
      ["pairing.deny", { code: "AAAAAAAA" }],
      ["pairing.remove", { channel: "telegram", accountId: "default", senderId: "100" }],
    ] as const) {
      await expect(client.call(method, params)).rejects.toThrow("missing scope: operator.pairing");
    }
  });
});
