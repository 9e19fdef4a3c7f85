import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { ConnectParams, DeviceProof } from "#protocol/domains/connect.ts";
import { textToSign } from "#src/lib/device-text.ts";

/** An Ed25519 key and the id that follows from it. */
export interface DeviceIdentity {
  /** SHA-256 of the public key's 32 bytes, in hex. */
  readonly deviceId: string;
  /** The 32 bytes in base64url. */
  readonly publicKey: string;
  /** Signs a text, as base64url. */
  sign(text: string): string;
}

/** The bytes before the key itself in its DER form. */
const spkiPrefixLength = 12;

/** A new private key as PEM. */
export function newPrivateKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** The identity of a private key; null where the text is no Ed25519 key in PEM. */
export function openIdentity(privateKeyPem: string): DeviceIdentity | null {
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch {
    return null;
  }
  if (key.asymmetricKeyType !== "ed25519") return null;
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(spkiPrefixLength);
  return {
    deviceId: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    sign: (text) => sign(null, Buffer.from(text, "utf8"), key).toString("base64url"),
  };
}

/** Proves the identity for this socket and these params. */
export function proofOf(
  identity: DeviceIdentity,
  params: ConnectParams,
  challenge: { nonce: string; ts: number },
): DeviceProof {
  return {
    id: identity.deviceId,
    publicKey: identity.publicKey,
    signature: identity.sign(textToSign(identity.deviceId, params, challenge)),
    signedAt: challenge.ts,
    nonce: challenge.nonce,
  };
}
