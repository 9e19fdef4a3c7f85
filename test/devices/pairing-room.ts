import { Database } from "bun:sqlite";
import { type Scope, scopes } from "#protocol/access.ts";
import type { Actor } from "#src/devices/authority.ts";
import { createPairing, type Dismissal } from "#src/devices/pairing.ts";
import { type Applicant, createDeviceStore } from "#src/devices/store.ts";
import { createDeviceTokens } from "#src/devices/token.ts";
import { createEventBus } from "#src/lib/bus.ts";
import { createLog } from "#src/lib/log.ts";
import { migrate } from "#src/store/migrations.ts";
import { createTransactor } from "#src/store/transactor.ts";

/** The one at the gateway's host. */
export const owner: Actor = { deviceId: null, scopes: new Set(scopes) };
export const read: Scope[] = ["operator.read"];
export const readWrite: Scope[] = ["operator.read", "operator.write"];

/** A device that has proved who it is. */
export function applicant(deviceId: string, more: Partial<Applicant> = {}): Applicant {
  return {
    deviceId,
    publicKey: `key-of-${deviceId}`,
    told: { displayName: `name of ${deviceId}`, platform: "ios" },
    remoteIp: "192.0.2.7",
    ...more,
  };
}

/** A pairing room with a database in memory, or with the one of an earlier room. */
export function openRoom(db = opened()) {
  let time = 1_000_000;
  const bus = createEventBus();
  const heard: { event: string; payload: unknown }[] = [];
  bus.listen((event, payload) => heard.push({ event, payload }));
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    stdout: "json",
    now: () => time,
    print: (text) => void lines.push(text),
  });
  const now = () => time;
  const pairing = createPairing({
    store: createDeviceStore(db, now),
    tokens: createDeviceTokens("the host's key"),
    transactor: createTransactor(db),
    bus,
    now,
    log,
  });
  const dismissals: Dismissal[] = [];
  pairing.onDismissal((dismissal) => dismissals.push(dismissal));
  const ask = (who: Applicant, scopes: Scope[] = read, role: "operator" | "node" = "operator") => {
    const { requestId } = pairing.ask({
      applicant: who,
      role,
      scopes,
      reason: "not-paired",
      record: pairing.find(who.deviceId),
      source: who.remoteIp ?? "",
    });
    return requestId ?? "none";
  };
  return {
    db,
    pairing,
    heard,
    dismissals,
    ask,
    logged: () => {
      log.flush();
      return lines.join("");
    },
    pass: (ms: number) => {
      time += ms;
    },
    now,
    record: (deviceId: string) => {
      const record = pairing.find(deviceId);
      if (record === null) throw new Error(`${deviceId} is not paired`);
      return record;
    },
  };
}

/** Dismissals are told in the loop turn after the answer. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function opened(): Database {
  const db = new Database(":memory:", { strict: true });
  db.run("PRAGMA foreign_keys = ON");
  migrate(db, "x.db");
  return db;
}
