import type { Database } from "bun:sqlite";
import type { Role, Scope } from "#protocol/access.ts";
import { newGeneration } from "./token.ts";

/** What a device says of itself. */
export interface Told {
  displayName?: string;
  platform?: string;
  deviceFamily?: string;
  clientId?: string;
  clientMode?: string;
}

/** A device that has proved to be who it says, and nothing more. */
export interface Applicant {
  deviceId: string;
  /** The key's 32 bytes in base64url. */
  publicKey: string;
  told: Told;
  remoteIp: string | null;
}

export type ApprovedVia = "local" | "owner" | "link";

/** What a device may be, and what it may do as that. */
export interface Grant {
  role: Role;
  scopes: readonly Scope[];
  generation: string;
  createdAt: number;
  rotatedAt: number | null;
  /** When the live token was made. */
  issuedAt: number;
  revokedAt: number | null;
  lastUsedAt: number | null;
}

export interface DeviceRecord {
  deviceId: string;
  publicKey: string;
  /** What its owner calls it, else what it calls itself. */
  displayName: string | null;
  platform: string | null;
  deviceFamily: string | null;
  clientId: string | null;
  clientMode: string | null;
  remoteIp: string | null;
  createdAt: number;
  approvedAt: number;
  approvedVia: ApprovedVia;
  lastSeenAt: number | null;
  /** The revoked ones included. */
  grants: readonly Grant[];
}

/** What a link passes on. */
export interface LinkRights {
  role: Role;
  scopes: readonly Scope[];
}

interface DeviceRow {
  device_id: string;
  public_key: string;
  given_name: string | null;
  display_name: string | null;
  platform: string | null;
  device_family: string | null;
  client_id: string | null;
  client_mode: string | null;
  remote_ip: string | null;
  created_at: number;
  approved_at: number;
  approved_via: ApprovedVia;
  last_seen_at: number | null;
}

interface RoleRow {
  device_id: string;
  role: Role;
  scopes: string;
  generation: string;
  created_at: number;
  rotated_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
}

/** Devices, their roles, and links. Verbs that write expect to be called inside a transaction. */
export type DeviceStore = ReturnType<typeof createDeviceStore>;

export function createDeviceStore(db: Database, now: () => number) {
  const device = db.query<DeviceRow, [string]>("SELECT * FROM device WHERE device_id = ?");
  const rolesOf = db.query<RoleRow, [string]>(
    "SELECT * FROM device_role WHERE device_id = ? ORDER BY role DESC",
  );
  const devices = db.query<DeviceRow, []>("SELECT * FROM device ORDER BY created_at, device_id");
  const allRoles = db.query<RoleRow, []>("SELECT * FROM device_role ORDER BY role DESC");
  const enter = db.query(
    `INSERT INTO device (device_id, public_key, display_name, platform, device_family, client_id, client_mode,
       remote_ip, created_at, approved_at, approved_via)
     VALUES ($deviceId, $publicKey, $displayName, $platform, $deviceFamily, $clientId, $clientMode,
       $remoteIp, $at, $at, $via)
     ON CONFLICT (device_id) DO UPDATE SET approved_at = $at, approved_via = $via,
       display_name = COALESCE($displayName, display_name), platform = COALESCE($platform, platform),
       device_family = COALESCE($deviceFamily, device_family), client_id = COALESCE($clientId, client_id),
       client_mode = COALESCE($clientMode, client_mode), remote_ip = $remoteIp`,
  );
  const putRole = db.query<null, [string, Role, string, string, number]>(
    "INSERT OR REPLACE INTO device_role (device_id, role, scopes, generation, created_at) VALUES (?, ?, ?, ?, ?)",
  );
  const widen = db.query<null, [string, string, Role]>(
    "UPDATE device_role SET scopes = ? WHERE device_id = ? AND role = ?",
  );
  const rotate = db.query<null, [string, string, number, string, Role]>(
    "UPDATE device_role SET scopes = ?, generation = ?, rotated_at = ? WHERE device_id = ? AND role = ?",
  );
  const revoke = db.query<null, [number, string, Role]>(
    "UPDATE device_role SET revoked_at = ? WHERE device_id = ? AND role = ?",
  );
  const rename = db.query<null, [string | null, string]>(
    "UPDATE device SET given_name = ? WHERE device_id = ?",
  );
  const remove = db.query<null, [string]>("DELETE FROM device WHERE device_id = ?");
  const seen = db.query(
    `UPDATE device SET last_seen_at = $at, remote_ip = $remoteIp,
       display_name = COALESCE($displayName, display_name), platform = COALESCE($platform, platform),
       device_family = COALESCE($deviceFamily, device_family), client_id = COALESCE($clientId, client_id),
       client_mode = COALESCE($clientMode, client_mode)
     WHERE device_id = $deviceId`,
  );
  const used = db.query<null, [number, string, Role]>(
    "UPDATE device_role SET last_used_at = ? WHERE device_id = ? AND role = ?",
  );
  const insertLink = db.query<null, [string, Role, string, string | null, number]>(
    "INSERT INTO pairing_link (digest, role, scopes, made_by, expires_at) VALUES (?, ?, ?, ?, ?)",
  );
  const pruneLinks = db.query<null, [number]>("DELETE FROM pairing_link WHERE expires_at <= ?");
  const capLinks = db.query<null, [number]>(
    `DELETE FROM pairing_link WHERE digest IN
       (SELECT digest FROM pairing_link ORDER BY expires_at DESC LIMIT -1 OFFSET ?)`,
  );
  const link = db.query<{ role: Role; scopes: string }, [string, number]>(
    "SELECT role, scopes FROM pairing_link WHERE digest = ? AND expires_at > ?",
  );
  const takeLink = db.query<{ role: Role; scopes: string }, [string, number]>(
    "DELETE FROM pairing_link WHERE digest = ? AND expires_at > ? RETURNING role, scopes",
  );
  const dropLinksOf = db.query<null, [string]>("DELETE FROM pairing_link WHERE made_by = ?");

  function find(deviceId: string): DeviceRecord | null {
    const row = device.get(deviceId);
    return row === null ? null : toRecord(row, rolesOf.all(deviceId));
  }

  function must(deviceId: string): DeviceRecord {
    const record = find(deviceId);
    if (record === null) throw new Error(`device ${deviceId} is gone within one transaction`);
    return record;
  }

  return {
    find,
    all(): DeviceRecord[] {
      const byDevice = Map.groupBy(allRoles.all(), (row) => row.device_id);
      return devices.all().map((row) => toRecord(row, byDevice.get(row.device_id) ?? []));
    },
    /**
     * Adds a role and scopes to what the device has. What was revoked before does not come back with it, and the
     * tokens of that time stay worthless.
     */
    grant(applicant: Applicant, { role, scopes }: LinkRights, via: ApprovedVia): DeviceRecord {
      const { deviceId, publicKey } = applicant;
      enter.run({ deviceId, publicKey, at: now(), via, ...bindingsOf(applicant) });
      const held = find(deviceId)?.grants.find((each) => each.role === role && each.revokedAt === null);
      if (held === undefined) {
        putRole.run(deviceId, role, JSON.stringify(sorted(scopes)), newGeneration(), now());
      } else {
        widen.run(JSON.stringify(sorted([...held.scopes, ...scopes])), deviceId, role);
      }
      return must(deviceId);
    },
    /** Links that the device made go with the old token. */
    rotate(deviceId: string, role: Role, scopes: readonly Scope[]): DeviceRecord {
      rotate.run(JSON.stringify(sorted(scopes)), newGeneration(), now(), deviceId, role);
      if (role === "operator") dropLinksOf.run(deviceId);
      return must(deviceId);
    },
    /** The same for the whole role. */
    revoke(deviceId: string, role: Role): DeviceRecord {
      revoke.run(now(), deviceId, role);
      if (role === "operator") dropLinksOf.run(deviceId);
      return must(deviceId);
    },
    rename(deviceId: string, name: string | null): DeviceRecord {
      rename.run(name, deviceId);
      return must(deviceId);
    },
    remove(deviceId: string): void {
      remove.run(deviceId);
      dropLinksOf.run(deviceId);
    },
    /** Changes nothing about what the device may do, and nothing at all where it was removed meanwhile. */
    noteVisit(applicant: Applicant, role: Role, byToken: boolean): void {
      seen.run({ deviceId: applicant.deviceId, at: now(), ...bindingsOf(applicant) });
      if (byToken) used.run(now(), applicant.deviceId, role);
    },
    /** Keeps a link; above `most` the oldest make room. */
    addLink(
      digest: string,
      { role, scopes }: LinkRights,
      madeBy: string | null,
      expiresAt: number,
      most: number,
    ): void {
      pruneLinks.run(now());
      insertLink.run(digest, role, JSON.stringify(scopes), madeBy, expiresAt);
      capLinks.run(most);
    },
    link(digest: string): LinkRights | null {
      return toRights(link.get(digest, now()));
    },
    /** The same, once. */
    takeLink(digest: string): LinkRights | null {
      return toRights(takeLink.get(digest, now()));
    },
  };
}

function bindingsOf({ told, remoteIp }: Applicant) {
  return {
    displayName: told.displayName ?? null,
    platform: told.platform ?? null,
    deviceFamily: told.deviceFamily ?? null,
    clientId: told.clientId ?? null,
    clientMode: told.clientMode ?? null,
    remoteIp,
  };
}

function sorted(scopes: readonly Scope[]): Scope[] {
  return [...new Set(scopes)].toSorted();
}

function toRights(row: { role: Role; scopes: string } | null): LinkRights | null {
  return row === null ? null : { role: row.role, scopes: JSON.parse(row.scopes) as Scope[] };
}

function toRecord(row: DeviceRow, roles: readonly RoleRow[]): DeviceRecord {
  return {
    deviceId: row.device_id,
    publicKey: row.public_key,
    displayName: row.given_name ?? row.display_name,
    platform: row.platform,
    deviceFamily: row.device_family,
    clientId: row.client_id,
    clientMode: row.client_mode,
    remoteIp: row.remote_ip,
    createdAt: row.created_at,
    approvedAt: row.approved_at,
    approvedVia: row.approved_via,
    lastSeenAt: row.last_seen_at,
    grants: roles.map((role) => ({
      role: role.role,
      scopes: JSON.parse(role.scopes) as Scope[],
      generation: role.generation,
      createdAt: role.created_at,
      rotatedAt: role.rotated_at,
      issuedAt: role.rotated_at ?? role.created_at,
      revokedAt: role.revoked_at,
      lastUsedAt: role.last_used_at,
    })),
  };
}
