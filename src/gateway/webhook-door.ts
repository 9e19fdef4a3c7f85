import { guarded } from "./http.ts";
import { createLimiter } from "./limiter.ts";
import { isLoopback, type RequestFacts, sourceOf } from "./trust.ts";

/** What answers a platform's calls; it knows the platform by a secret, and answers 401 to anybody else. */
export type Webhook = (request: Request) => Promise<Response>;

/** Keeps those who guess a webhook's secret from guessing on. */
export type WebhookDoor = ReturnType<typeof createWebhookDoor>;

const limits = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 };
const mostProven = 256;

export function createWebhookDoor(monotonicMs: () => number) {
  const limiter = createLimiter({ ...limits, monotonicMs });
  /** Sources from which the right secret has come. */
  const proven = new Set<string>();

  /** Whether others may hide behind the address: then nobody may lock the platform out by it. */
  const isShared = ({ peer, forwarded }: RequestFacts, who: string) =>
    isLoopback(peer) || forwarded || proven.has(who);

  return async function pass(
    path: string,
    webhook: Webhook,
    request: Request,
    facts: RequestFacts,
  ): Promise<Response> {
    const who = `${path} ${sourceOf(facts.peer)}`;
    const lockedForMs = limiter.lockedForMs(who);
    if (lockedForMs > 0 && !isShared(facts, who)) return tooMany(lockedForMs);
    const response = await webhook(request);
    if (response.status !== 401) {
      if (response.ok && proven.size < mostProven) proven.add(who);
      return response;
    }
    limiter.failed(who);
    return lockedForMs > 0 ? tooMany(lockedForMs) : response;
  };
}

function tooMany(retryAfterMs: number): Response {
  const headers = { ...guarded, "retry-after": String(Math.ceil(retryAfterMs / 1_000)) };
  return new Response("too many wrong secrets; try again later", { status: 429, headers });
}
