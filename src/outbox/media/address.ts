import { BlockList, isIP, isIPv4 } from "node:net";

/** Addresses that are not out on the internet, or through which one of those can be reached. */
const shut4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Within the one range of IPv6 that is given to hosts: Teredo, ORCHID, documentation, 6to4. */
const shut6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

let closed: BlockList | undefined;
let unicast: BlockList | undefined;

/**
 * Whether an address belongs to a host on the internet. Everything else is refused: this machine and its network,
 * the metadata services of clouds, multicast, and forms of IPv6 that carry an address of IPv4.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  closed ??= listOf([
    ...shut4.map((each) => [each, "ipv4"] as const),
    ...shut6.map((each) => [each, "ipv6"] as const),
  ]);
  unicast ??= listOf([["2000::/3", "ipv6"]]);
  if (isIPv4(address)) return !closed.check(address, "ipv4");
  return unicast.check(address, "ipv6") && !closed.check(address, "ipv6");
}

function listOf(subnets: readonly (readonly [subnet: string, family: "ipv4" | "ipv6"])[]): BlockList {
  const list = new BlockList();
  for (const [subnet, family] of subnets) {
    const [net = "", bits = ""] = subnet.split("/");
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}
