import { isIP } from "node:net";
import type { TrustedProxy } from "#src/config/gateway.ts";
import { isLoopback, isWithin, plainAddress } from "#src/config/network.ts";

/** What a proxy says of whom it speaks for. It may be made up: whose proxy it is has still to be judged. */
export type Vouch =
  /** `for` is null where the headers that come with the name are not all there. */
  | { is: "tailscale"; login: string | null; for: string | null }
  /** From an address of the owner's own proxy; the user is null where it names none, or not as it should. */
  | { is: "proxy"; user: string | null; isAllowed: boolean };

export interface VouchRules {
  /** Whether an identity that `tailscale serve` passes on is looked at. */
  tailscale: boolean;
  /** The proxies of mode trusted-proxy; null in every other mode. */
  proxy: TrustedProxy | null;
}

const passedOn = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"] as const;

/** Reads it off a request; null where nobody vouches, or nobody whom the rules give a say. */
export function vouchIn(headers: Headers, peer: string, rules: VouchRules): Vouch | null {
  if (rules.proxy !== null) return isProxy(peer, rules.proxy) ? fromProxy(headers, rules.proxy) : null;
  if (!rules.tailscale || !isLoopback(peer)) return null;
  const login = present(headers.get("tailscale-user-login"));
  const isWhole = passedOn.every((name) => present(headers.get(name)) !== null);
  if (login === null && !isWhole) return null;
  return { is: "tailscale", login, for: isWhole ? present(headers.get("x-forwarded-for")) : null };
}

/**
 * The far end that the owner's own proxy names, as the last address before its proxies: what stands further left may be
 * made up. Null where nobody names one whose word counts.
 */
export function clientIn(headers: Headers, peer: string, { proxy }: VouchRules): string | null {
  if (proxy === null || !isProxy(peer, proxy)) return null;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map((hop) => plainAddress(hop.trim()));
  const client = hops.findLast((hop) => !proxy.networks.some((network) => isWithin(hop, network)));
  return client !== undefined && isIP(client) !== 0 ? client : null;
}

function isProxy(peer: string, { networks, allowLoopback }: TrustedProxy): boolean {
  if (isLoopback(peer) && !allowLoopback) return false;
  return networks.some((network) => isWithin(peer, network));
}

function fromProxy(headers: Headers, proxy: TrustedProxy): Vouch {
  const isWhole = proxy.requiredHeaders.every((name) => present(headers.get(name)) !== null);
  const user = isWhole ? present(headers.get(proxy.userHeader)) : null;
  const isAllowed = user !== null && (proxy.allowUsers.length === 0 || proxy.allowUsers.includes(user));
  return { is: "proxy", user, isAllowed };
}

function present(value: string | null): string | null {
  const text = value?.trim() ?? "";
  return text === "" ? null : text;
}
