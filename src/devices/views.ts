import type { DeviceTokenSummary, PairedDevice, PairingRequest } from "#protocol/domains/devices.ts";
import type { Waiting } from "./pending.ts";
import type { DeviceRecord, Grant } from "./store.ts";

/** A waiting device as clients see it. */
export function requestView({ requestId, applicant, role, scopes, ...rest }: Waiting): PairingRequest {
  const { deviceId, publicKey, told, remoteIp } = applicant;
  return {
    requestId,
    deviceId,
    publicKey,
    ...present({ ...told, remoteIp }),
    role,
    roles: [role],
    scopes: [...scopes],
    reason: rest.reason,
    silent: false,
    isRepair: rest.isRepair,
    ts: rest.since,
  };
}

/** A paired device as clients see it: no token, no generation. */
export function deviceView(record: DeviceRecord): PairedDevice {
  const { displayName, platform, deviceFamily, clientId, clientMode, remoteIp } = record;
  const live = record.grants.filter((grant) => grant.revokedAt === null);
  const roles = live.map(({ role }) => role);
  return {
    deviceId: record.deviceId,
    publicKey: record.publicKey,
    ...present({ displayName, platform, deviceFamily, clientId, clientMode, remoteIp }),
    ...(roles[0] === undefined ? {} : { role: roles[0] }),
    roles,
    scopes: [...new Set(live.flatMap(({ scopes }) => scopes))],
    tokens: record.grants.map(tokenView),
    createdAtMs: record.createdAt,
    approvedAtMs: record.approvedAt,
    approvedVia: record.approvedVia,
    ...(record.lastSeenAt === null ? {} : { lastSeenAtMs: record.lastSeenAt }),
  };
}

function tokenView({ role, scopes, createdAt, rotatedAt, revokedAt, lastUsedAt }: Grant): DeviceTokenSummary {
  return {
    role,
    scopes: [...scopes],
    createdAtMs: createdAt,
    ...(rotatedAt === null ? {} : { rotatedAtMs: rotatedAt }),
    ...(revokedAt === null ? {} : { revokedAtMs: revokedAt }),
    ...(lastUsedAt === null ? {} : { lastUsedAtMs: lastUsedAt }),
  };
}

type Labels = Record<string, string | null | undefined>;

/** Without what is null, absent or empty. */
function present<T extends Labels>(labels: T): { [K in keyof T]?: string } {
  return Object.fromEntries(
    Object.entries(labels).filter(([, value]) => typeof value === "string" && value !== ""),
  ) as { [K in keyof T]?: string };
}
