import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { ConnectParams, DeviceProof } from "#protocol/domains/connect.ts";

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

/**
 * Proves the identity for this socket and these params. The time is the challenge's, so a clock that is wrong does no
 * harm; the newest form of the text is signed, or the one before for a gateway of generation 3.
 */
export function proofOf(
  identity: DeviceIdentity,
  params: ConnectParams,
  challenge: { nonce: string; ts: number },
): DeviceProof {
  const { auth, client, maxProtocol, role = "operator", scopes = [] } = params;
  const token = auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? "";
  const { nonce, ts } = challenge;
  const signed = [
    identity.deviceId,
    client.id,
    client.mode,
    role,
    scopes.join(","),
    String(ts),
    token,
    nonce,
  ];
  const text =
    maxProtocol < 4
      ? ["v2", ...signed]
      : ["v3", ...signed, metadata(client.platform), metadata(client.deviceFamily ?? "")];
  return {
    id: identity.deviceId,
    publicKey: identity.publicKey,
    signature: identity.sign(text.join("|")),
    signedAt: ts,
    nonce,
  };
}

function metadata(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
