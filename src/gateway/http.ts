import { sameSecret } from "./auth.ts";
import type { Exchange } from "./openai/door.ts";
import type { Programs } from "./openai/serve.ts";
import type { Trust } from "./trust.ts";

export interface Page {
  respond(path: string, request: Request): Response | null;
}

export interface HttpOptions {
  page: Page | null;
  schema: () => Blob;
  version: string;
  uptimeMs: () => number;
  /** What keeps the gateway from being ready; empty when it is. */
  failing: () => string[];
  /** The secret that routes behind the gate ask for; null when there is none. */
  secret: string | null;
  /** Answers below /v1; null where none of its endpoints is switched on. */
  programs: Programs | null;
}

const plain = { "content-type": "text/plain; charset=utf-8" };
/** Headers of everything that is no page. */
export const guarded = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** Answers HTTP requests: four probes, the schema, programs, the page; everything else stands behind the gate. */
export type Http = (
  request: Request,
  trust: Trust & { admitted: true },
  exchange: Exchange,
) => Response | Promise<Response>;

export function createHttp(options: HttpOptions): Http {
  const { page } = options;

  return function respond(request, trust, exchange) {
    const path = pathOf(request.url);
    if (path === null)
      return text(400, "the path holds an encoded slash, dot, backslash or control character");
    const reading = request.method === "GET" || request.method === "HEAD";
    switch (path) {
      case "/healthz":
      case "/health":
        return reading ? json(200, { ok: true, status: "live" }) : notAllowed();
      case "/readyz":
      case "/ready":
        return reading ? ready(trust.local) : notAllowed();
      case "/startupz":
        return reading
          ? json(200, { ok: true, status: "started", version: options.version, uptimeMs: options.uptimeMs() })
          : notAllowed();
      case "/protocol.schema.json":
        return reading ? schema() : notAllowed();
    }
    if (path.startsWith("/v1/")) {
      return options.programs?.(request, path, exchange) ?? text(404, "Not Found");
    }
    const shown = page?.respond(path, request) ?? null;
    if (shown !== null) return shown;
    return gate(request, trust) ?? text(404, "Not Found");
  };

  function gate(request: Request, trust: Trust & { admitted: true }): Response | null {
    if (options.secret === null) return trust.local ? null : unauthorized();
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    return bearer !== undefined && sameSecret(bearer, options.secret) ? null : unauthorized();
  }

  function ready(local: boolean): Response {
    const failing = options.failing();
    const status = failing.length === 0 ? 200 : 503;
    return json(status, {
      ready: failing.length === 0,
      ...(local ? { failing, uptimeMs: options.uptimeMs() } : {}),
    });
  }

  function schema(): Response {
    return new Response(options.schema(), {
      headers: {
        ...guarded,
        "cache-control": "no-cache",
        "content-type": "application/schema+json",
        "content-disposition": "inline",
      },
    });
  }
}

/** The path as the client sent it; null when it is spelt so that two readers could take it for two paths. */
export function pathOf(url: string): string | null {
  const match = /^[a-z]+:\/\/[^/?#]*(\/[^?#]*)?/i.exec(url);
  const raw = match === null ? url.split(/[?#]/, 1)[0] : (match[1] ?? "/");
  if (raw === undefined || !raw.startsWith("/")) return null;
  if (/%(?:2f|5c|2e|25|00|0[0-9a-f]|1[0-9a-f]|7f)|\\/i.test(raw)) return null;
  try {
    decodeURIComponent(raw);
  } catch {
    return null;
  }
  return raw.includes("/../") || raw.endsWith("/..") || raw.includes("//") ? null : raw;
}

export function text(status: number, body: string): Response {
  return new Response(body, { status, headers: { ...guarded, ...plain } });
}

function json(status: number, body: object): Response {
  return Response.json(body, { status, headers: guarded });
}

function notAllowed(): Response {
  return new Response("Method Not Allowed", {
    status: 405,
    headers: { ...guarded, ...plain, allow: "GET, HEAD" },
  });
}

function unauthorized(): Response {
  const body = { error: { message: "Unauthorized", type: "unauthorized" } };
  return Response.json(body, { status: 401, headers: { ...guarded, "www-authenticate": "Bearer" } });
}
