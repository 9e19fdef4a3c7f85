import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import { newPrivateKey, openIdentity, proofOf } from "./identity.ts";

const params: ConnectParams = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: "cli", version: "1", platform: " MacIntel ", deviceFamily: "Mac", mode: "cli" },
  scopes: ["operator.read", "operator.write"],
  auth: { deviceToken: "d", bootstrapToken: "b" },
};

/** The text that is signed, by an identity that hands it back. */
function signedBy(given: ConnectParams): string {
  const identity = { deviceId: "id", publicKey: "key", sign: (text: string) => text };
  return proofOf(identity, given, { nonce: "n", ts: 5 }).signature;
}

test("the newest form is signed, and the older one for a gateway that knows no newer", () => {
  expect(signedBy(params)).toBe("v3|id|cli|cli|operator|operator.read,operator.write|5|d|n|macintel|mac");
  expect(signedBy({ ...params, maxProtocol: 3, role: "node", scopes: [], auth: { token: "t" } })).toBe(
    "v2|id|cli|cli|node||5|t|n",
  );
  const { auth: _, ...bare } = params;
  expect(signedBy({ ...bare, maxProtocol: 3 })).toBe(
    "v2|id|cli|cli|operator|operator.read,operator.write|5||n",
  );
});

test("a key is the same device each time it is opened, and no other key's", () => {
  const pem = newPrivateKey();
  const identity = openIdentity(pem);
  expect(identity?.deviceId).toMatch(/^[0-9a-f]{64}$/);
  expect(Buffer.from(identity?.publicKey ?? "", "base64url")).toHaveLength(32);
  expect(openIdentity(pem)?.deviceId).toBe(identity?.deviceId ?? "");
  expect(openIdentity(newPrivateKey())?.deviceId).not.toBe(identity?.deviceId ?? "");
});

test("what is no Ed25519 key is no identity", () => {
  expect(openIdentity("")).toBeNull();
  expect(openIdentity("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")).toBeNull();
  const other = generateKeyPairSync("x25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  expect(openIdentity(other)).toBeNull();
});
