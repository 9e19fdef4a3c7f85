import type { SessionDefaults } from "#protocol/domains/connect.ts";

/** The gateway's WebSocket: always the host and path that served the page, whatever the query string says. */
export function socketAddress(base: URL): string {
  const url = new URL(base.pathname, base);
  url.protocol = base.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** The session that a page address names, or null for the main one. The original's pages name it by `?session=`. */
export function sessionIn(base: URL, { pathname, search }: Pick<URL, "pathname" | "search">): string | null {
  const prefix = `${base.pathname}chat/`;
  const named = pathname.startsWith(prefix) ? pathname.slice(prefix.length).replace(/\/$/, "") : "";
  if (named === "") return new URLSearchParams(search).get("session") || null;
  try {
    return decodeURIComponent(named.replace(/~(?=\d)/g, "%")) || null;
  } catch {
    return null;
  }
}

/**
 * The address of a session's page; null is the main one. Signs that gateways and proxies refuse or unfold in a path,
 * however they are encoded, stand there as `~` and two hex digits.
 */
export function pageOf(base: URL, sessionKey: string | null): string {
  if (sessionKey === null) return base.pathname;
  const named = encodeURIComponent(sessionKey.replace(/~/g, "~7E")).replace(/%(?=2[5F]|5C|7F|[01])/g, "~");
  return `${base.pathname}chat/${named}`;
}

/** The id of the message that an address's fragment leads to (`#m=…`), or null. */
export function messageIn(hash: string): string | null {
  return new URLSearchParams(hash.slice(1)).get("m") || null;
}

/**
 * The one spelling of a session key under which the page keeps a conversation. Events repeat a key as some
 * client wrote it, so `main`, a bare name and the full key have to meet.
 */
export function canonicalKey(key: string, defaults: SessionDefaults): string {
  const lower = key.toLowerCase();
  const mainOf = `agent:${defaults.defaultAgentId}:main`;
  if (lower === "main" || lower === defaults.mainKey || lower === mainOf) return defaults.mainSessionKey;
  if (lower.startsWith("agent:") || lower === "global" || lower === "unknown") return lower;
  return `agent:${defaults.defaultAgentId}:${lower}`;
}

/** Whether a host name means the computer that the browser runs on. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
