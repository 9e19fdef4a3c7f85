import { expect, test } from "bun:test";
import { isWithin } from "./network.ts";

const cases: [address: string, network: string, inside: boolean][] = [
  ["10.1.2.3", "10.0.0.0/8", true],
  ["11.1.2.3", "10.0.0.0/8", false],
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.2.4", "10.1.2.3", false],
  ["10.1.2.3", "10.1.2.2/31", true],
  ["10.1.2.4", "10.1.2.2/31", false],
  ["203.0.113.9", "0.0.0.0/0", true],
  ["fd00::1", "fd00::/8", true],
  ["fe00::1", "fd00::/8", false],
  ["2001:db8::1", "2001:db8:0:0::/64", true],
  ["2001:db8:0:1::1", "2001:db8::/64", false],
  ["::1", "0.0.0.0/0", false],
  ["10.1.2.3", "::/0", false],
  ["", "10.0.0.0/8", false],
  ["10.1.2.3, 10.0.0.1", "10.0.0.0/8", false],
  ["10.1.2", "10.0.0.0/8", false],
];

test.each(cases)("%s in %s: %p", (address, network, inside) => {
  expect(isWithin(address, network)).toBe(inside);
});
