import { expect, test } from "bun:test";
import { signAdHoc, signatureProblems, signedName } from "./mach-o.ts";

const headerBytes = 32;
const segmentBytes = 72;
const codeBytes = 3 * 4096 + 100;

/** The least that can be signed: two segments, a place for the signature, and pages of code. */
function executable(): Buffer {
  const file = Buffer.alloc(codeBytes + 16);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(3, 16);
  for (const [index, name] of ["__TEXT", "__LINKEDIT"].entries()) {
    const at = headerBytes + index * segmentBytes;
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(segmentBytes, at + 4);
    file.write(name, at + 8, "latin1");
    file.writeBigUInt64LE(BigInt(index * 4096), at + 40);
    file.writeBigUInt64LE(4096n, at + 48);
  }
  const at = headerBytes + 2 * segmentBytes;
  file.set([0x1d, 0, 0, 0, 16, 0, 0, 0], at);
  file.writeUInt32LE(codeBytes, at + 8);
  file.writeUInt32LE(16, at + 12);
  return file;
}

test("an executable is signed over all of its pages, under its name", () => {
  const bare = executable();
  expect(signatureProblems(bare)).toEqual(["there is no signature"]);
  expect(signedName(bare)).toBeNull();
  const signed = signAdHoc(bare, "com.moltbot.moltbot");
  expect(signatureProblems(signed)).toEqual([]);
  expect(signedName(signed)).toBe("com.moltbot.moltbot");
  signed.writeUInt8(1, 5_000);
  expect(signatureProblems(signed)).toEqual(["1 of 4 pages are not as signed"]);
});

test("a signature that says absurd things is a problem, and never more than that", () => {
  const signed = signAdHoc(executable(), "com.moltbot.moltbot");
  const directory = codeBytes + 20;
  const absurd: [what: string, at: number, found: string][] = [
    ["count of parts", codeBytes + 8, "the signature is broken"],
    ["place of a part", codeBytes + 16, "the signature is broken"],
    ["length of a part", directory + 4, "the signature is broken"],
    ["place of the hashes", directory + 16, "its list of pages is broken"],
    ["count of pages", directory + 28, "its list of pages is broken"],
    ["size of a page", directory + 36, "its pages are hashed by method 255, which is not checked here"],
  ];
  for (const [what, at, found] of absurd) {
    const broken = Buffer.from(signed);
    broken.writeUInt32BE(0xffffffff, at);
    expect([what, signatureProblems(broken)]).toEqual([what, [found]]);
  }
  // Whatever a byte of it is, the answer is a list.
  for (let at = codeBytes; at < directory + 120; at++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const broken = Buffer.from(signed);
      broken.writeUInt8(value, at);
      expect(Array.isArray(signatureProblems(broken))).toBe(true);
      signedName(broken);
    }
  }
});
