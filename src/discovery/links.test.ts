import { expect, test } from "bun:test";
import type { NetworkInterfaceInfo } from "node:os";
import { gatewaysIn } from "./browse.ts";
import { writeMessage } from "./dns-message.ts";
import { placeOf, placesOf } from "./links.ts";
import { recordsOf } from "./service.ts";

function at(address: string, netmask: string, internal = false): NetworkInterfaceInfo {
  return { address, netmask, family: "IPv4", mac: "02:00:00:00:00:01", internal, cidr: null };
}

test("only networks with others in them count", () => {
  const six: NetworkInterfaceInfo = {
    ...{ address: "fe80::1", netmask: "ffff:ffff:ffff:ffff::", family: "IPv6", scopeid: 1 },
    ...{ mac: "02:00:00:00:00:01", internal: false, cidr: null },
  };
  const places = placesOf({
    lo: [at("127.0.0.1", "255.0.0.0", true)],
    en0: [at("192.168.1.2", "255.255.255.0"), six],
    utun3: [at("100.101.1.2", "255.255.255.255")],
    tailscale0: [at("100.90.0.1", "255.192.0.0")],
    ppp0: [at("10.9.0.1", "255.255.255.255")],
  });
  expect(places).toEqual([{ address: "192.168.1.2", netmask: "255.255.255.0" }]);
  expect(placeOf("192.168.1.200", places)).toBe(places[0]);
  expect(placeOf("192.168.2.1", places)).toBeUndefined();
  expect(placeOf("8.8.8.8", places)).toBeUndefined();
});

test("an answer counts for where it came from, whatever it says", () => {
  const liar = {
    name: "evil",
    host: "h",
    port: 99,
    txt: { gatewayPort: "1", lanHost: "bank.example", gatewayTls: "1" },
  };
  const bytes = writeMessage({ isResponse: true, answers: recordsOf(liar, "6.6.6.6") });
  expect(gatewaysIn(bytes, "10.0.0.7")[0]).toEqual({
    name: "evil",
    address: "10.0.0.7",
    port: 99,
    tls: true,
  });
  expect(gatewaysIn(writeMessage({ answers: recordsOf(liar, "6.6.6.6") }), "10.0.0.7")).toEqual([]);
});
