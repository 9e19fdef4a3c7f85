import type { NetworkInterfaceInfo } from "node:os";

/** A network that this computer is in, by its IPv4 address there. */
export interface Place {
  address: string;
  netmask: string;
}

/** What `os.networkInterfaces` says. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The networks in which others can be found: no loopback, no tunnel to a single other. */
export function placesOf(interfaces: Interfaces): Place[] {
  return Object.values(interfaces)
    .flatMap((all) => all ?? [])
    .filter(({ family, internal, netmask }) => family === "IPv4" && !internal && bits(netmask) < 0xfffffffe)
    .map(({ address, netmask }) => ({ address, netmask }))
    .filter(({ address }) => !isTailnet(address));
}

/** Which of them an address lies in; undefined for one from elsewhere, which has no business here. */
export function placeOf<P extends Place>(address: string, places: readonly P[]): P | undefined {
  return places.find((place) => {
    const mask = bits(place.netmask);
    return (bits(address) & mask) >>> 0 === (bits(place.address) & mask) >>> 0;
  });
}

function isTailnet(address: string): boolean {
  return (bits(address) & 0xffc00000) >>> 0 === bits("100.64.0.0");
}

function bits(address: string): number {
  return address.split(".").reduce((all, octet) => all * 256 + Number(octet), 0);
}
