import { createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  set,
  time,
  utf8String,
} from "#src/lib/der.ts";

export interface CertificateRequest {
  /** An EC key on P-256. */
  key: KeyObject;
  /** Who it is for, as people see it. */
  commonName: string;
  /** Host names and addresses; what is neither is left out. */
  names: readonly string[];
  notBefore: number;
  notAfter: number;
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));

/** A certificate that its own key signs, DER. It can vouch for nobody else, so trusting it opens nothing more. */
export function selfSigned({ key, commonName, names, notBefore, notAfter }: CertificateRequest): Buffer {
  const name = sequence(set(sequence(oid("2.5.4.3"), utf8String(commonName))));
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    ecdsaWithSha256,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey,
    explicit(3, extensions(names)),
  );
  const signature = sign("sha256", body, { key, dsaEncoding: "der" });
  return sequence(body, ecdsaWithSha256, bitString(signature));
}

/** The certificate as text. */
export function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** Sixteen random bytes; the top ones are set so that the number is positive and always as long. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function extensions(names: readonly string[]): Buffer {
  const digitalSignature = bitString(Uint8Array.of(0x80), 7);
  const serverAuth = sequence(oid("1.3.6.1.5.5.7.3.1"));
  return sequence(
    extension("2.5.29.17", false, sequence(...names.flatMap(alternativeName))),
    extension("2.5.29.19", true, sequence()),
    extension("2.5.29.15", true, digitalSignature),
    extension("2.5.29.37", false, serverAuth),
  );
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function alternativeName(host: string): Buffer[] {
  const [kind, name] = nameIn(host);
  if (kind === "address") return [implicit(7, addressBytes(name))];
  return kind === "none" ? [] : [implicit(2, Buffer.from(name, "latin1"))];
}

/** What a certificate says of a host: its address without brackets and zone, its name in lower case, or nothing. */
export function nameIn(host: string): ["address" | "name" | "none", string] {
  const bare = host.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  if (isIP(bare) !== 0) return ["address", bare];
  const isName = bare.length <= 253 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(bare);
  return [isName ? "name" : "none", bare.toLowerCase()];
}

function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split("."), Number);
  // The URL parser writes eight groups in hex, the longest run of zeros shortened, whatever the spelling was.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => "0"), ...right];
  return Uint8Array.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}
