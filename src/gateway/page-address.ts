import { isIpv4, isLoopback } from "#src/config/network.ts";

export interface PageAddress {
  scheme: "http" | "https";
  port: number;
  basePath: string;
}

/** Where the page is for who reaches the gateway by this address. */
export function pageAt(address: string, { scheme, port, basePath }: PageAddress): string {
  const host = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  const shown = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return `${scheme}://${shown}:${port}${basePath}/`;
}

/**
 * Of the names that the gateway answers to, the one by which another computer most likely reaches it: an IPv4 address
 * of a network, else any other name; the loopback address where there is none.
 */
export function outwardName(names: readonly string[]): string {
  const outward = names.filter((name) => name !== "localhost" && name !== "[::1]" && !isLoopback(name));
  return outward.find(isIpv4) ?? outward[0] ?? "127.0.0.1";
}
