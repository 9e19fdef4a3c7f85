import { expect, test } from "bun:test";
import { fingerprintOf, toFingerprint } from "./fingerprint.ts";

const spelt = fingerprintOf(Buffer.from("a certificate"));
const plain = spelt.replaceAll(":", "").toLowerCase();

test("a fingerprint is 32 pairs", () => {
  expect(spelt).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test.each([
  spelt,
  plain,
  `sha256:${plain}`,
  `SHA256:${spelt}`,
  `SHA-256 ${spelt}`,
  `sha256 Fingerprint=${spelt}`,
  ` ${spelt}\n`,
  spelt.replaceAll(":", " "),
])("%p is read", (text) => {
  expect(toFingerprint(text)).toBe(spelt);
});

test.each(["", "sha256:", plain.slice(1), `${plain}0`, plain.replace(/^./, "g"), "AB:CD"])(
  "%p is no fingerprint",
  (text) => {
    expect(toFingerprint(text)).toBeNull();
  },
);
