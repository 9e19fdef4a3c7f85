import { expect, test } from "bun:test";
import { bitString, boolean, element, integer, oid, sequence, time } from "./der.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test.each([
  [0, "0400"],
  [1, "0401"],
  [127, "047f"],
  [128, "048180"],
  [255, "0481ff"],
  [256, "04820100"],
  [65_536, "0483010000"],
])("a length of %p is written in its shortest form", (length, head) => {
  expect(hex(element(0x04, Buffer.alloc(length))).slice(0, head.length)).toBe(head);
});

test.each([
  [[0], "020100"],
  [[], "020100"],
  [[0, 0, 1], "020101"],
  [[0x7f], "02017f"],
  [[0x80], "02020080"],
  [[0, 0xff, 0], "020300ff00"],
])("a number %p is the shortest that is not negative", (bytes, text) => {
  expect(hex(integer(Uint8Array.from(bytes)))).toBe(text);
});

test.each([
  ["2.5.4.3", "0603550403"],
  ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
  ["1.3.6.1.5.5.7.3.1", "06082b06010505070301"],
])("identifier %p", (dotted, text) => {
  expect(hex(oid(dotted))).toBe(text);
});

test("a moment changes its form in 2050", () => {
  expect(time(Date.parse("2049-12-31T23:59:59.999Z")).toString("latin1", 2)).toBe("491231235959Z");
  expect(time(Date.parse("2050-01-01T00:00:00Z")).toString("latin1", 2)).toBe("20500101000000Z");
  expect([time(0)[0], time(Date.parse("2050-01-01T00:00:00Z"))[0]]).toEqual([0x17, 0x18]);
});

test("parts stand one behind the other", () => {
  expect(hex(sequence(boolean(true), boolean(false)))).toBe("30060101ff010100");
  expect(hex(bitString(Uint8Array.of(0x80), 7))).toBe("03020780");
});
