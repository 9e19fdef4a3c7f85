import { createHash, createPublicKey, verify } from "node:crypto";
import type { DeviceProof } from "#protocol/domains/connect.ts";

/** The connect fields that a device signs, as they were sent. */
export interface SignedFields {
  clientId: string;
  clientMode: string;
  role: string;
  scopes: readonly string[];
  /** `auth.token`, else `auth.deviceToken`, else `auth.bootstrapToken`, else empty. */
  token: string;
  platform: string;
  deviceFamily: string;
}

/** What this socket knows about the proof's circumstances. */
export interface ProofContext {
  /** The nonce of this socket's challenge. */
  nonce: string;
  /** When the challenge was sent. */
  challengedAt: number;
  now: number;
  local: boolean;
  generation: 3 | 4;
}

export type ProofFailure = { message: string; code: string; reason: string };
/** The key is handed on as the base64url of its 32 bytes, however it was written. */
export type ProofVerdict = { deviceId: string; publicKey: string } | ProofFailure;

/** With a nonce the time may differ from the challenge by this much; without one from now by the shorter. */
const toleranceMs = 600_000;
const toleranceWithoutNonceMs = 120_000;

const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");
const fieldPrime = 2n ** 255n - 19n;

/** y-coordinates of the points of small order; anybody can sign for such a key. */
const smallOrder = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

function failure(message: string, code: string, reason: string): ProofFailure {
  return { message: `device ${message}`, code: `DEVICE_AUTH_${code}`, reason };
}

const badKey = failure("public key invalid", "PUBLIC_KEY_INVALID", "device-public-key");
const badSignature = failure("signature invalid", "SIGNATURE_INVALID", "device-signature");

/**
 * Judges a device's proof: the id is the hash of the key, the nonce is this socket's, the time is near, and the
 * signature covers the fields in one of the three forms that clients use. Never throws.
 */
export function verifyProof(proof: DeviceProof, fields: SignedFields, context: ProofContext): ProofVerdict {
  const key = rawKey(proof.publicKey);
  if (key === null) return badKey;
  const deviceId = createHash("sha256").update(key).digest("hex");
  if (deviceId !== proof.id) {
    return failure("identity mismatch", "DEVICE_ID_MISMATCH", "device-id-mismatch");
  }
  const { nonce } = proof;
  if (nonce === undefined) {
    if (!context.local || context.generation === 4) {
      return failure("nonce required", "NONCE_REQUIRED", "device-nonce-missing");
    }
  } else if (nonce !== context.nonce) {
    return failure("nonce mismatch", "NONCE_MISMATCH", "device-nonce-mismatch");
  }
  const expired =
    nonce === undefined
      ? Math.abs(proof.signedAt - context.now) > toleranceWithoutNonceMs
      : Math.abs(proof.signedAt - context.challengedAt) > toleranceMs;
  if (expired) return failure("signature expired", "SIGNATURE_EXPIRED", "device-signature-stale");
  const signature = Buffer.from(proof.signature, "base64url");
  if (signature.length !== 64) return badSignature;
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, key]), format: "der", type: "spki" });
  const signed = payloads(deviceId, proof, fields).some((text) =>
    verify(null, Buffer.from(text, "utf8"), publicKey, signature),
  );
  return signed ? { deviceId, publicKey: key.toString("base64url") } : badSignature;
}

/** The texts that the signature may cover: with a nonce the newest form first, without one only the oldest. */
function payloads(deviceId: string, proof: DeviceProof, fields: SignedFields): string[] {
  const base = [
    deviceId,
    fields.clientId,
    fields.clientMode,
    fields.role,
    fields.scopes.join(","),
    String(proof.signedAt),
    fields.token,
  ];
  if (proof.nonce === undefined) return [["v1", ...base].join("|")];
  return [
    ["v3", ...base, proof.nonce, metadata(fields.platform), metadata(fields.deviceFamily)].join("|"),
    ["v2", ...base, proof.nonce].join("|"),
  ];
}

function metadata(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The 32 bytes of a key given raw in base64url or as PEM; null for anything else and for keys of small order. */
function rawKey(text: string): Buffer | null {
  const der = /BEGIN PUBLIC KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  const bytes = Buffer.from((der ?? text).replace(/\s+/g, ""), der === undefined ? "base64url" : "base64");
  const key = der === undefined ? bytes : bytes.subarray(spkiPrefix.length);
  if (key.length !== 32) return null;
  if (der !== undefined && !bytes.subarray(0, spkiPrefix.length).equals(spkiPrefix)) return null;
  const y = BigInt(`0x${Buffer.from(key).reverse().toString("hex")}`) & ((1n << 255n) - 1n);
  // Bun verifies against keys that have no secret; they must never get that far.
  if (y >= fieldPrime || smallOrder.has(y)) return null;
  return Buffer.from(key);
}
