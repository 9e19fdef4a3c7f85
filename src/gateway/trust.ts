import { ipv6Groups, plainAddress } from "#src/config/network.ts";
import { clientIn, type Vouch, type VouchRules, vouchIn } from "./vouching.ts";

/** What can be known about a request before anything in it is believed. */
export interface RequestFacts {
  /** The socket's remote address. */
  peer: string;
  host: string | null;
  origin: string | null;
  /** Whether any forwarding or proxy-identity header is present. */
  forwarded: boolean;
  /** What a proxy says of whom it speaks for. */
  vouch?: Vouch | null;
  /** The address that the owner's own proxy names as the far end; null or absent where none does. */
  client?: string | null;
}

export interface TrustRules {
  /** Names that may stand in Host, lower-case and without port: loopback names, bound addresses, configured ones. */
  hosts: ReadonlySet<string>;
  /** Origins that may connect beside our own page, as `scheme://host[:port]`; they are never local. */
  origins: ReadonlySet<string>;
  /** Whether we serve TLS ourselves: then a page that came over plain HTTP is not ours, whatever its host. */
  tls: boolean;
  /** Addresses of this machine in its tailnet: who comes from one of them to one of them has not left it. */
  own?: ReadonlySet<string>;
  /** Who may speak for others; nobody where absent. */
  vouching?: VouchRules;
}

export type Trust =
  | { admitted: true; local: boolean; browser: boolean }
  | { admitted: false; refused: "host" | "origin"; why: string };

const hostShape = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/;
const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

const forwardingHeaders = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-user",
  "x-real-ip",
  "tailscale-user-login",
  "tailscale-user-name",
  "cf-connecting-ip",
  "true-client-ip",
  "via",
];

/** Reads the facts off a request; the address comes from the socket. */
export function factsOf(request: Request, address: string, rules: TrustRules): RequestFacts {
  const peer = plainAddress(address);
  return {
    peer,
    host: request.headers.get("host"),
    origin: request.headers.get("origin"),
    forwarded: forwardingHeaders.some((name) => request.headers.has(name)),
    vouch: rules.vouching === undefined ? null : vouchIn(request.headers, peer, rules.vouching),
    client: rules.vouching === undefined ? null : clientIn(request.headers, peer, rules.vouching),
  };
}

/** The address by which limits are kept: IPv6 by its /64, since one host owns all of it. */
export function sourceOf(peer: string): string {
  const groups = peer === "::1" ? null : ipv6Groups(peer);
  if (groups === null) return peer;
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

type Far = Pick<RequestFacts, "peer" | "client">;

/** By what limits are kept of a request: those behind the owner's proxy apart, and from whoever needs none. */
export function limitedAs({ peer, client }: Far): string {
  return client == null ? sourceOf(peer) : `${sourceOf(client)} behind ${peer}`;
}

/** By what wrong credentials are counted: pages in this machine's browser apart, lest a hostile one lock programs out. */
export function countedAs(far: Far, isBrowser: boolean): string {
  return isBrowser && far.client == null && isLoopback(far.peer) ? `${far.peer} browser` : limitedAs(far);
}

export function isLoopback(address: string): boolean {
  return address === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}

/** The name in a Host header, lower-case; null when it has any other shape than `name[:port]`. */
export function hostName(host: string | null): string | null {
  return host === null ? null : (hostShape.exec(host.toLowerCase())?.[1] ?? null);
}

/**
 * Judges a request by socket, Host, Origin and forwarding headers, for HTTP and for the upgrade alike.
 * A browser page of another origin is refused, but for a loopback page on another port and for configured
 * origins: those may connect, with a secret, and are never local.
 */
export function judge(facts: RequestFacts, rules: TrustRules): Trust {
  const name = hostName(facts.host);
  if (name === null || !rules.hosts.has(name)) {
    return { admitted: false, refused: "host", why: "this gateway does not answer to that Host name" };
  }
  const isHere =
    (isLoopback(facts.peer) && loopbackNames.has(name)) ||
    (rules.own?.has(facts.peer) === true && rules.own.has(name));
  const direct = isHere && !facts.forwarded;
  if (facts.origin === null) return { admitted: true, local: direct, browser: false };
  const origin = originOf(facts.origin);
  if (origin === null) {
    return { admitted: false, refused: "origin", why: "origin missing or invalid" };
  }
  const ours = origin.host === facts.host?.toLowerCase() && !(rules.tls && origin.text.startsWith("http:"));
  if (ours) return { admitted: true, local: direct, browser: true };
  if (loopbackNames.has(origin.hostname) || rules.origins.has(origin.text)) {
    return { admitted: true, local: false, browser: true };
  }
  return { admitted: false, refused: "origin", why: "origin not allowed" };
}

function originOf(text: string): { host: string; hostname: string; text: string } | null {
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(text)) return null;
  const parsed = URL.parse(text);
  if (parsed === null || parsed.hostname === "" || parsed.origin !== text.toLowerCase()) return null;
  return { host: parsed.host, hostname: parsed.hostname, text: parsed.origin };
}
