import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import { model, NonEmptyString, namedWords, strict, Timestamp } from "../primitives.ts";

/** What a device can be. */
export type DeviceRole = Static<typeof DeviceRole>;
export const DeviceRole = namedWords("DeviceRole", "operator", "node");

/** Why a device has to be approved: it is new, or it asks for a role or for scopes that it was not given. */
export type PairingReason = Static<typeof PairingReason>;
export const PairingReason = namedWords("PairingReason", "not-paired", "role-upgrade", "scope-upgrade");

const DeviceId = Type.String({ minLength: 1, maxLength: 128 });
const RequestId = Type.String({ minLength: 1, maxLength: 128 });
const Scopes = Type.Array(NonEmptyString);

/** What a device says of itself: labels for people, never grounds for trust. */
const told = {
  displayName: Type.Optional(NonEmptyString),
  platform: Type.Optional(NonEmptyString),
  deviceFamily: Type.Optional(NonEmptyString),
  clientId: Type.Optional(NonEmptyString),
  clientMode: Type.Optional(NonEmptyString),
};

/** A device that waits for an approval; five minutes after `ts` it has to ask again. */
export type PairingRequest = Static<typeof PairingRequest>;
export const PairingRequest = model("PairingRequest", {
  requestId: NonEmptyString,
  deviceId: NonEmptyString,
  /** The 32 bytes of its Ed25519 key in base64url; `deviceId` is their SHA-256 in hex. */
  publicKey: NonEmptyString,
  ...told,
  role: DeviceRole,
  roles: Type.Array(DeviceRole),
  /** What it asks for, and what an approval grants. */
  scopes: Scopes,
  reason: PairingReason,
  remoteIp: Type.Optional(NonEmptyString),
  /** Always false: what is approved without a question never waits. */
  silent: Type.Boolean(),
  /** Whether the device is known already. */
  isRepair: Type.Boolean(),
  ts: Timestamp,
});

/** A device's token for one role, without its text. */
export type DeviceTokenSummary = Static<typeof DeviceTokenSummary>;
export const DeviceTokenSummary = model("DeviceTokenSummary", {
  role: DeviceRole,
  scopes: Scopes,
  createdAtMs: Timestamp,
  rotatedAtMs: Type.Optional(Timestamp),
  revokedAtMs: Type.Optional(Timestamp),
  lastUsedAtMs: Type.Optional(Timestamp),
});

/** A device that was let in. Its roles and scopes are those that are not revoked. */
export type PairedDevice = Static<typeof PairedDevice>;
export const PairedDevice = model("PairedDevice", {
  deviceId: NonEmptyString,
  publicKey: NonEmptyString,
  ...told,
  /** The first of `roles`; absent where all are revoked. */
  role: Type.Optional(DeviceRole),
  roles: Type.Array(DeviceRole),
  scopes: Scopes,
  remoteIp: Type.Optional(NonEmptyString),
  tokens: Type.Array(DeviceTokenSummary),
  createdAtMs: Timestamp,
  approvedAtMs: Timestamp,
  /** `local`: from the gateway's own host, without a question; `owner`: somebody approved it; `link`: it came with a link. */
  approvedVia: namedWords("DeviceApproval", "local", "owner", "link"),
  lastSeenAtMs: Type.Optional(Timestamp),
});

export const methods = defineMethods({
  "device.pair.list": {
    summary: "The devices that wait for an approval, and those that are paired.",
    access: "operator.pairing",
    since: 3,
    params: strict({}),
    result: strict({ pending: Type.Array(PairingRequest), paired: Type.Array(PairedDevice) }),
    repeat: "again",
  },
  "device.pair.approve": {
    summary: "Let a waiting device in. Nobody approves more than they hold, nor themself.",
    access: "operator.pairing",
    since: 3,
    params: strict({ requestId: RequestId }),
    result: strict({ requestId: NonEmptyString, device: PairedDevice }),
    repeat: "again",
  },
  "device.pair.reject": {
    summary: "Turn a waiting device away; for five minutes it is told to stop asking.",
    access: "operator.pairing",
    since: 3,
    params: strict({ requestId: RequestId }),
    result: strict({ requestId: NonEmptyString, deviceId: NonEmptyString }),
    repeat: "again",
  },
  "device.pair.rename": {
    summary: "Give a paired device a name; an empty one takes it back.",
    access: "operator.pairing",
    since: 4,
    params: strict({ deviceId: DeviceId, displayName: Type.String({ maxLength: 64 }) }),
    result: strict({ device: PairedDevice }),
    repeat: "again",
  },
  "device.pair.remove": {
    summary: "Forget a paired device: it is out at once and has to pair again.",
    access: "operator.pairing",
    since: 4,
    params: strict({ deviceId: DeviceId }),
    result: strict({ deviceId: NonEmptyString, removed: Type.Literal(true) }),
    repeat: "again",
  },
  "device.pair.invite": {
    summary:
      "A link that pairs the first device that opens it, within ten minutes, with this role and these scopes.",
    access: "operator.pairing",
    since: 4,
    params: strict({
      /** `operator` unless given. */
      role: Type.Optional(DeviceRole),
      /** What the device may do as an operator; at most what the caller may. A node has none. */
      scopes: Type.Optional(Scopes),
    }),
    result: strict({
      /** The secret stands in the fragment as `pair`, with the certificate's fingerprint as `tls` where there is one. */
      url: NonEmptyString,
      role: DeviceRole,
      scopes: Scopes,
      expiresAt: Timestamp,
    }),
    repeat: "again",
  },
  "device.token.rotate": {
    summary:
      "Make a device's token for a role worthless and a new one in its place, with the same scopes or fewer. Only the device itself is told its token.",
    access: "operator.pairing",
    since: 3,
    params: strict({ deviceId: DeviceId, role: DeviceRole, scopes: Type.Optional(Scopes) }),
    result: strict({
      deviceId: NonEmptyString,
      role: DeviceRole,
      token: Type.Optional(NonEmptyString),
      scopes: Scopes,
      rotatedAtMs: Timestamp,
    }),
    repeat: "again",
  },
  "device.token.revoke": {
    summary: "Take a role away from a device: it is out at once and has to be approved again.",
    access: "operator.pairing",
    since: 3,
    params: strict({ deviceId: DeviceId, role: DeviceRole }),
    result: strict({ deviceId: NonEmptyString, role: DeviceRole, revokedAtMs: Timestamp }),
    repeat: "again",
  },
});

export const events = defineEvents({
  "device.pair.requested": {
    summary: "A device waits for an approval.",
    audience: "operator.pairing",
    whenSlow: "drop",
    since: 3,
    payload: PairingRequest,
  },
  "device.pair.resolved": {
    summary:
      "A device waits no longer. `expired`: its time was up, or it asks for something else now; the gateway's own host is approved without having waited.",
    audience: "operator.pairing",
    whenSlow: "drop",
    since: 3,
    payload: model("PairingResolved", {
      requestId: NonEmptyString,
      deviceId: NonEmptyString,
      decision: namedWords("PairingDecision", "approved", "rejected", "expired"),
      ts: Timestamp,
    }),
  },
});
