import { createHash, timingSafeEqual } from "node:crypto";
import type { Role, Scope } from "#protocol/access.ts";
import type { PairedDevice, PairingReason, PairingRequest } from "#protocol/domains/devices.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { GatewayError } from "#src/lib/errors.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Log } from "#src/lib/log.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { type Actor, mustBeAnother, mustHold } from "./authority.ts";
import { createPending, type Waiting } from "./pending.ts";
import type { Applicant, DeviceRecord, DeviceStore, Grant, LinkRights, Told } from "./store.ts";
import type { DeviceTokens } from "./token.ts";
import { deviceView, requestView } from "./views.ts";

export interface PairingOptions {
  store: DeviceStore;
  tokens: DeviceTokens;
  transactor: Transactor;
  bus: EventBus;
  now: () => number;
  log: Log;
}

/** Sessions that rest on what has just been taken away: all of the device's, or those in one role. */
export interface Dismissal {
  deviceId: string;
  role: Role | null;
  why: string;
}

export interface AskOrder {
  applicant: Applicant;
  role: Role;
  scopes: readonly Scope[];
  reason: PairingReason;
  /** The device as it is known, where it is. */
  record: DeviceRecord | null;
  /** By whom limits are kept: an address, or a network. */
  source: string;
}

const linkLifetimeMs = 600_000;
const mostLinks = 32;
const longestLabel = 128;

/** Which devices are let in as what, who is asked about it, and what takes it back. */
export type Pairing = ReturnType<typeof createPairing>;

export function createPairing({ store, tokens, transactor, bus, now, log }: PairingOptions) {
  const pending = createPending(now, (waiting) => resolved(waiting, "expired"));
  /** Requests whose approval is being written down. */
  const deciding = new Set<string>();
  const dismissed: ((dismissal: Dismissal) => void)[] = [];

  function resolved(
    { requestId, applicant: { deviceId } }: Pick<Waiting, "requestId" | "applicant">,
    decision: "approved" | "rejected" | "expired",
  ): void {
    bus.emit("device.pair.resolved", { requestId, deviceId, decision, ts: now() });
  }

  /** Somebody was let in without an approval of its request, if it had one. */
  function settled(applicant: Applicant): void {
    pending.forgive(applicant.deviceId);
    const waiting = pending.takeOf(applicant.deviceId);
    resolved(waiting ?? { requestId: uuid(), applicant }, "approved");
  }

  /** Only after the answer to whoever asked for it, since that may be the device itself. */
  function dismiss(dismissal: Dismissal): void {
    setImmediate(() => {
      for (const listener of dismissed) listener(dismissal);
    });
  }

  function waitingFor(requestId: string): Waiting {
    const waiting = pending.find(requestId);
    if (waiting === null || deciding.has(requestId)) {
      throw new GatewayError("INVALID_REQUEST", "unknown requestId");
    }
    return waiting;
  }

  function must(deviceId: string): DeviceRecord {
    const record = store.find(deviceId);
    if (record === null) throw new GatewayError("INVALID_REQUEST", "unknown deviceId");
    return record;
  }

  function mustGrant(deviceId: string, role: Role): Grant {
    const grant = store.find(deviceId)?.grants.find((each) => each.role === role);
    if (grant === undefined) throw new GatewayError("INVALID_REQUEST", "unknown deviceId/role");
    return grant;
  }

  /** A device may always give up what it has; for another one's, one has to hold it. */
  function mustOutrank(actor: Actor, record: DeviceRecord, deed: string): void {
    if (actor.deviceId === record.deviceId) return;
    for (const grant of record.grants) if (grant.revokedAt === null) mustHold(actor, grant, deed);
  }

  function tokenOf(record: DeviceRecord, role: Role): { text: string; issuedAt: number } | null {
    const grant = record.grants.find((each) => each.role === role);
    if (grant === undefined || grant.revokedAt !== null) return null;
    return { text: tokens.text(record.deviceId, role, grant.generation), issuedAt: grant.issuedAt };
  }

  return {
    find: (deviceId: string): DeviceRecord | null => store.find(deviceId),
    /** Whether somebody has just turned the device away. */
    isRejected: (deviceId: string): boolean => pending.isRejected(deviceId),
    /** Whether one of the offered texts is the device's live token for the role. */
    holdsToken(record: DeviceRecord, role: Role, offered: readonly string[]): boolean {
      const token = tokenOf(record, role);
      if (token === null) return false;
      const expected = digest(token.text);
      return offered.map((text) => timingSafeEqual(digest(text), expected)).includes(true);
    },
    /** The live token; null where the role was not granted, or was revoked. */
    tokenOf,
    /** What a link's secret would grant; looking uses nothing up. */
    linkOf: (secret: string): LinkRights | null => store.link(digest(secret).toString("hex")),
    /** Uses the link up and grants what it says, both or neither; null where it was gone meanwhile. */
    async redeem(secret: string, applicant: Applicant): Promise<DeviceRecord | null> {
      const record = await transactor.transact(() => {
        const rights = store.takeLink(digest(secret).toString("hex"));
        return rights === null ? null : store.grant(modest(applicant), rights, "link");
      });
      if (record === null) return null;
      log.info("device paired by a link", labelOf(record));
      settled(applicant);
      return record;
    },
    /** For the gateway's own host and user: adds to what is approved, without a question. */
    async pairSilently(applicant: Applicant, role: Role, scopes: readonly Scope[]): Promise<DeviceRecord> {
      const record = await transactor.transact(() =>
        store.grant(modest(applicant), { role, scopes }, "local"),
      );
      log.info("local device paired", { ...labelOf(record), role, scopes: scopes.join(" ") });
      settled(applicant);
      return record;
    },
    /** Puts the device among those that wait; no id where too many do. */
    ask({ record, ...order }: AskOrder): { requestId: string | null } {
      const asked = pending.ask({
        ...order,
        applicant: modest(order.applicant),
        isRepair: record !== null,
      });
      if (asked.as === "too-many") {
        log.warn("pairing request dropped: too many wait", { source: order.source });
        return { requestId: null };
      }
      const { waiting } = asked;
      if (asked.as === "new") {
        if (asked.replaced !== null) resolved(asked.replaced, "expired");
        const { applicant, role, reason } = waiting;
        log.info("device waits for approval", {
          requestId: waiting.requestId,
          device: applicant.deviceId,
          ...(applicant.remoteIp === null ? {} : { peer: applicant.remoteIp }),
          role,
          scopes: waiting.scopes.join(" "),
          reason,
        });
        bus.emit("device.pair.requested", requestView(waiting));
      }
      return { requestId: waiting.requestId };
    },
    /** Writes down that the device was here; nobody waits for it. */
    noteVisit(record: DeviceRecord, applicant: Applicant, role: Role, byToken: boolean): void {
      transactor
        .transact(() => store.noteVisit(modest(applicant), role, byToken))
        .catch((error: unknown) => log.warn("visit not noted", { device: record.deviceId, error }));
    },
    /** Calls the listener after each durable revocation, rotation and removal. */
    onDismissal(listener: (dismissal: Dismissal) => void): void {
      dismissed.push(listener);
    },

    list(): { pending: PairingRequest[]; paired: PairedDevice[] } {
      return { pending: pending.list().map(requestView), paired: store.all().map(deviceView) };
    },
    async approve(requestId: string, actor: Actor): Promise<PairedDevice> {
      const waiting = waitingFor(requestId);
      const { applicant, role, scopes } = waiting;
      mustBeAnother(actor, applicant.deviceId);
      mustHold(actor, waiting, "approve");
      deciding.add(requestId);
      const record = await transactor
        .transact(() => store.grant(applicant, { role, scopes }, "owner"))
        .finally(() => deciding.delete(requestId));
      pending.take(waiting);
      log.info("device approved", {
        ...labelOf(record),
        role,
        scopes: scopes.join(" "),
        by: nameOf(actor),
      });
      pending.forgive(applicant.deviceId);
      resolved(waiting, "approved");
      return deviceView(record);
    },
    reject(requestId: string, actor: Actor): { deviceId: string } {
      const waiting = waitingFor(requestId);
      const { deviceId } = waiting.applicant;
      pending.take(waiting);
      pending.reject(deviceId);
      log.info("device rejected", { device: deviceId, by: nameOf(actor) });
      resolved(waiting, "rejected");
      return { deviceId };
    },
    async rename(deviceId: string, name: string, actor: Actor): Promise<PairedDevice> {
      mustOutrank(actor, must(deviceId), "rename");
      return await transactor.transact(() => {
        must(deviceId);
        return deviceView(store.rename(deviceId, name.trim() === "" ? null : name.trim()));
      });
    },
    async remove(deviceId: string, actor: Actor): Promise<void> {
      await transactor.transact(() => {
        mustOutrank(actor, must(deviceId), "remove");
        store.remove(deviceId);
      });
      log.info("device removed", { device: deviceId, by: nameOf(actor) });
      dismiss({ deviceId, role: null, why: "device removed" });
    },
    /** A secret that pairs the first device that brings it. */
    async invite(rights: LinkRights, actor: Actor): Promise<{ secret: string; expiresAt: number }> {
      mustHold(actor, rights, "hand out");
      const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
      const expiresAt = now() + linkLifetimeMs;
      const key = digest(secret).toString("hex");
      await transactor.transact(() => store.addLink(key, rights, actor.deviceId, expiresAt, mostLinks));
      log.info("pairing link made", {
        role: rights.role,
        scopes: rights.scopes.join(" "),
        by: nameOf(actor),
      });
      return { secret, expiresAt };
    },
    /** A new token in the place of the old one, with the same scopes or fewer; its text is for the device alone. */
    async rotate(
      deviceId: string,
      role: Role,
      scopes: readonly string[] | undefined,
      actor: Actor,
    ): Promise<{ token: string | null; scopes: Scope[]; rotatedAt: number }> {
      const record = await transactor.transact(() => {
        const grant = mustGrant(deviceId, role);
        mustHold(actor, grant, "rotate");
        if (grant.revokedAt !== null) {
          throw new GatewayError("INVALID_REQUEST", {
            en: "this token is revoked; the device has to be approved again before it gets one",
            zh: "此令牌已撤销；设备需要重新批准后才能获得新令牌",
          });
        }
        return store.rotate(deviceId, role, narrowed(grant, scopes));
      });
      log.info("device token rotated", { device: deviceId, role, by: nameOf(actor) });
      dismiss({ deviceId, role, why: "device token rotated" });
      const { scopes: kept, issuedAt } = mustGrant(deviceId, role);
      const own = actor.deviceId === deviceId ? (tokenOf(record, role)?.text ?? null) : null;
      return { token: own, scopes: [...kept], rotatedAt: issuedAt };
    },
    async revoke(deviceId: string, role: Role, actor: Actor): Promise<{ revokedAt: number }> {
      const revokedAt = await transactor.transact(() => {
        const grant = mustGrant(deviceId, role);
        if (actor.deviceId !== deviceId) mustHold(actor, grant, "revoke");
        if (grant.revokedAt !== null) return grant.revokedAt;
        store.revoke(deviceId, role);
        return now();
      });
      log.info("device token revoked", { device: deviceId, role, by: nameOf(actor) });
      dismiss({ deviceId, role, why: "device token revoked" });
      return { revokedAt };
    },
  };
}

/** A stranger's words about itself are kept short, and cannot move a terminal's cursor. */
function modest(applicant: Applicant): Applicant {
  const told = Object.entries(applicant.told).map(([label, words]) => [
    label,
    String(words).replace(/\p{C}/gu, "").slice(0, longestLabel),
  ]);
  return { ...applicant, told: Object.fromEntries(told) as Told };
}

function narrowed(grant: Grant, scopes: readonly string[] | undefined): readonly Scope[] {
  if (scopes === undefined) return grant.scopes;
  const wider = scopes.find((scope) => !grant.scopes.some((held) => held === scope));
  if (wider === undefined) return grant.scopes.filter((held) => scopes.includes(held));
  throw new GatewayError(
    "FORBIDDEN",
    `missing scope: ${wider}; a rotation keeps or narrows what the device was approved for`,
    { details: { code: "MISSING_SCOPE", missingScope: wider, requiredScopes: [wider] } },
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function labelOf({ deviceId, displayName, clientId }: DeviceRecord) {
  const name = displayName ?? clientId;
  return { device: deviceId, ...(name === null ? {} : { name }) };
}

function nameOf({ deviceId }: Actor): string {
  return deviceId ?? "host";
}
