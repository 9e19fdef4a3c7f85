import type { SocketFacts } from "./connection.ts";
import type { HttpDoor, HttpVerdict } from "./http-door.ts";
import type { ProgramsDoor } from "./openai/door.ts";
import { hostName, type RequestFacts } from "./trust.ts";

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
  /**
   * What answers a platform that calls there, by the public name `host` where that is none of ours; it knows the
   * platform by a secret of its own.
   */
  webhookAt: (
    path: string,
    host?: string,
  ) => ((request: Request, facts: RequestFacts) => Promise<Response>) | null;
  /** Keeps the gate before every route that is not open to all. */
  door: HttpDoor;
  /** What `/metrics` answers; null where it is switched off. */
  metrics: (() => string) | null;
  /** Answers below /v1. */
  programs: ProgramsDoor;
}

const plain = { "content-type": "text/plain; charset=utf-8" };
const exposed = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
/** Headers of everything that is no page. */
export const guarded = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** Answers HTTP requests: four probes, the schema, programs, the page; everything else stands behind the gate. */
export interface Http {
  respond(request: Request, visit: HttpVisit): Response | Promise<Response>;
  /** Answers a platform that calls an account's webhook by its public name; null for anything else. */
  called(request: Request, facts: RequestFacts): Promise<Response> | null;
}

/** Who asks, as far as the socket and the headers tell, and what can be done for the exchange. */
export interface HttpVisit extends SocketFacts {
  /** Lets the connection be silent for as long as a run takes, or ends that. */
  patient(isPatient: boolean): void;
}

export function createHttp(options: HttpOptions): Http {
  const { page } = options;

  return {
    respond,
    called(request, facts) {
      const name = hostName(facts.host);
      const path = pathOf(request.url);
      // Platforms are no pages: what a browser sends from one has an Origin.
      if (request.method !== "POST" || facts.origin !== null || name === null || path === null) return null;
      return options.webhookAt(path, name)?.(request, facts) ?? null;
    },
  };

  function respond(request: Request, visit: HttpVisit): Response | Promise<Response> {
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
        return reading ? ready(visit.local) : notAllowed();
      case "/startupz":
        return reading
          ? json(200, { ok: true, status: "started", version: options.version, uptimeMs: options.uptimeMs() })
          : notAllowed();
      case "/protocol.schema.json":
        return reading ? schema() : notAllowed();
    }
    const webhook = options.webhookAt(path);
    if (webhook !== null)
      return request.method === "POST" ? webhook(request, visit.request) : notAllowed("POST");
    if (path.startsWith("/v1/")) {
      return options.programs(request, path, visit) ?? switchedOff();
    }
    const found = path === "/metrics" ? options.metrics : null;
    if (found !== null && !reading) return notAllowed();
    const shown = found === null ? (page?.respond(path, request) ?? null) : null;
    if (shown !== null) return shown;
    const verdict = options.door({ ...visit, bearer: bearerOf(request) });
    const behindTheGate = (each: HttpVerdict) => {
      if (!each.admitted) return unauthorized(each.retryAfterMs);
      return found === null ? text(404, "Not Found") : figures(found());
    };
    return verdict instanceof Promise ? verdict.then(behindTheGate) : behindTheGate(verdict);
  }

  function figures(body: string): Response {
    return new Response(body, { headers: { ...guarded, ...exposed } });
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
  const found = match === null ? url.split(/[?#]/, 1)[0] : (match[1] ?? "/");
  // The names of models have slashes, which programs encode; no two things are told apart by them there.
  const raw = found?.startsWith("/v1/models/") === true ? found.replace(/%2f/gi, "/") : found;
  if (raw === undefined || !raw.startsWith("/")) return null;
  if (/%(?:2f|5c|2e|25|00|0[0-9a-f]|1[0-9a-f]|7f)|\\/i.test(raw)) return null;
  try {
    decodeURIComponent(raw);
  } catch {
    return null;
  }
  return raw.includes("/../") || raw.endsWith("/..") || raw.includes("//") ? null : raw;
}

function switchedOff(): Response {
  const message =
    "this is switched off; gateway.http.endpoints.chatCompletions.enabled or .responses.enabled serves it";
  return json(404, { error: { message, type: "invalid_request_error", param: null, code: "not_found" } });
}

export function text(status: number, body: string): Response {
  return new Response(body, { status, headers: { ...guarded, ...plain } });
}

function json(status: number, body: object): Response {
  return Response.json(body, { status, headers: guarded });
}

function notAllowed(allow = "GET, HEAD"): Response {
  return new Response("Method Not Allowed", {
    status: 405,
    headers: { ...guarded, ...plain, allow },
  });
}

/** The secret of an Authorization header; null where there is none. */
export function bearerOf(request: Request): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** What a program hears that is not let in, and for how long it should not try again. */
export function unauthorized(retryAfterMs: number): Response {
  if (retryAfterMs > 0) {
    const message = "too many failed authentication attempts; try again later";
    const headers = { ...guarded, "retry-after": String(Math.ceil(retryAfterMs / 1_000)) };
    const body = { error: { message, type: "rate_limited", param: null, code: null } };
    return Response.json(body, { status: 429, headers });
  }
  const body = { error: { message: "Unauthorized", type: "unauthorized", param: null, code: null } };
  return Response.json(body, { status: 401, headers: { ...guarded, "www-authenticate": "Bearer" } });
}
