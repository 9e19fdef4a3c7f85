import { describe, expect, test } from "bun:test";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type ProofContext, type SignedFields, verifyProof } from "./proof.ts";

const context: ProofContext = { nonce: "n1", challengedAt: 1000, now: 1005, local: true, generation: 3 };
const fields: SignedFields = {
  clientId: "cli",
  clientMode: "cli",
  role: "operator",
  scopes: ["operator.read", "operator.admin"],
  token: "t",
  platform: " macOS ",
  deviceFamily: "Mac",
};

function device() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  return {
    id: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    pem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    privateKey,
  };
}

const base = (id: string) => `${id}|cli|cli|operator|operator.read,operator.admin|1000|t`;
const signed = (key: KeyObject, text: string) => sign(null, Buffer.from(text), key).toString("base64url");

describe("a proof is accepted", () => {
  const mine = device();
  const forms: [string, string, string | undefined][] = [
    ["v3", `v3|${base(mine.id)}|n1|macos|mac`, "n1"],
    ["v2", `v2|${base(mine.id)}|n1`, "n1"],
    ["v1, without a nonce, from this host", `v1|${base(mine.id)}`, undefined],
  ];
  test.each(forms)("in form %s", (_, text, nonce) => {
    const proof = {
      id: mine.id,
      publicKey: mine.publicKey,
      signature: signed(mine.privateKey, text),
      signedAt: 1000,
    };
    expect(verifyProof(nonce === undefined ? proof : { ...proof, nonce }, fields, context)).toEqual({
      deviceId: mine.id,
      publicKey: mine.publicKey,
    });
  });

  test("with the key as PEM", () => {
    const signature = signed(mine.privateKey, `v2|${base(mine.id)}|n1`);
    const proof = { id: mine.id, publicKey: mine.pem, signature, signedAt: 1000, nonce: "n1" };
    expect(verifyProof(proof, fields, context)).toEqual({
      deviceId: mine.id,
      publicKey: mine.publicKey,
    });
  });
});

describe("a proof is refused", () => {
  const mine = device();
  const good = {
    id: mine.id,
    publicKey: mine.publicKey,
    signature: signed(mine.privateKey, `v2|${base(mine.id)}|n1`),
    signedAt: 1000,
    nonce: "n1",
  };
  const { nonce: _, ...without } = good;
  const code = (proof: typeof good | typeof without, f = fields, c = context) => {
    const verdict = verifyProof(proof, f, c);
    return "code" in verdict ? verdict.code : "accepted";
  };

  test("when a signed field was changed", () => {
    for (const change of [
      { role: "node" },
      { scopes: [] },
      { token: "" },
      { clientId: "x" },
      { clientMode: "ui" },
    ]) {
      expect(code(good, { ...fields, ...change })).toBe("DEVICE_AUTH_SIGNATURE_INVALID");
    }
  });
  test("when the nonce is of another socket, or missing where it is compulsory", () => {
    expect(code({ ...good, nonce: "n2" })).toBe("DEVICE_AUTH_NONCE_MISMATCH");
    expect(code(without, fields, { ...context, local: false })).toBe("DEVICE_AUTH_NONCE_REQUIRED");
    expect(code(without, fields, { ...context, generation: 4 })).toBe("DEVICE_AUTH_NONCE_REQUIRED");
  });
  test("when it is old", () => {
    expect(code(good, fields, { ...context, challengedAt: 700_000 })).toBe("DEVICE_AUTH_SIGNATURE_EXPIRED");
    expect(code(without, fields, { ...context, now: 200_000 })).toBe("DEVICE_AUTH_SIGNATURE_EXPIRED");
  });
  test("when the id is not the key's", () => {
    expect(code({ ...good, id: device().id })).toBe("DEVICE_AUTH_DEVICE_ID_MISMATCH");
  });
  test.each([
    ["the identity point", "01".padEnd(64, "0")],
    ["zero", "".padEnd(64, "0")],
    ["order two", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["order eight", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
    ["order eight, mirrored sign", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
    ["a second spelling of one", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["too short", "0102"],
  ])("when the key is %s", (_, hex) => {
    const raw = Buffer.from(hex, "hex");
    const id = createHash("sha256").update(raw).digest("hex");
    expect(code({ ...good, id, publicKey: raw.toString("base64url") })).toBe(
      "DEVICE_AUTH_PUBLIC_KEY_INVALID",
    );
  });
});
