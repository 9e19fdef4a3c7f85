import { createHash } from "node:crypto";

/** The SHA-256 of a certificate's DER bytes, as `openssl x509 -fingerprint -sha256` and browsers write it. */
export function fingerprintOf(der: Uint8Array): string {
  return spelt(createHash("sha256").update(der).digest("hex"));
}

/** A fingerprint as a person may have copied it, in the one spelling; null where it is none. */
export function toFingerprint(text: string): string | null {
  const hex = text
    .trim()
    .replace(/^sha-?256(?: fingerprint)?\s*[:=]?\s*/i, "")
    .replace(/[:\s]/g, "");
  return /^[0-9a-f]{64}$/i.test(hex) ? spelt(hex) : null;
}

function spelt(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(":");
}
