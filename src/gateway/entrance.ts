import type { Problem } from "#protocol/domains/health.ts";
import type { ResolvedGateway } from "#src/config/gateway.ts";
import type { Config } from "#src/config/schema.ts";
import type { Pairing } from "#src/devices/pairing.ts";
import { problemOf } from "#src/health/problem.ts";
import { messageOf } from "#src/lib/errors.ts";
import { type AuthRules, secretOf } from "./auth.ts";
import { createDoor } from "./door.ts";
import { createHttpDoor } from "./http-door.ts";
import { createCheckIdentity } from "./identity-check.ts";
import { createLimiter } from "./limiter.ts";
import type { PageLinks } from "./page-links.ts";
import { createSameUser, createUserOf } from "./same-user.ts";
import type { Tailscale } from "./tailscale.ts";

export interface EntranceOptions {
  resolved: ResolvedGateway;
  settings: Config["gateway"];
  localKey: string;
  pairing: Pairing;
  pageLinks: PageLinks;
  isTls: boolean;
  now: () => number;
  monotonicMs: () => number;
  port: () => number;
  /** Loaded when it is first needed. */
  tailscale: () => Promise<Tailscale>;
  /** Whose programs pass on what Tailscale knows; root's unless given. */
  tailscaleUid?: number | undefined;
  shed: (cause: string) => void;
  /** Counts and logs an error. */
  contained: (error: unknown) => void;
}

/** Everything that stands between a socket and the house: two doors that decide alike and count alike. */
export function createEntrance(options: EntranceOptions) {
  const { resolved, settings, localKey, pairing, pageLinks, now, monotonicMs, shed, contained } = options;
  const { maxAttempts, windowMs, lockoutMs, exemptLoopback } = settings.auth.rateLimit;
  const auth: AuthRules = { ...resolved.auth, localKey };
  let failures = 0;
  let lastFailure = "";
  let blindness: string | null = null;

  const looking = {
    port: options.port,
    trouble(error: unknown) {
      blindness = messageOf(error);
      contained(error);
    },
  };
  const { platform } = process;

  const shared = {
    auth,
    rules: {
      hosts: new Set(resolved.hosts),
      origins: new Set(settings.controlUi.allowedOrigins),
      tls: options.isTls,
      own: new Set(resolved.tailnet),
      vouching: vouchingOf(resolved),
      mode: auth.mode,
      hasSecret: secretOf(auth) !== null,
      allowInsecureAuth: settings.controlUi.allowInsecureAuth,
      exemptLoopback,
    },
    limiter: createLimiter({ maxAttempts, windowMs, lockoutMs, monotonicMs }),
    sameUser: createSameUser({ platform, uid: process.geteuid?.() ?? -1, ...looking }),
    shed,
    trouble(error: unknown) {
      failures += 1;
      lastFailure = messageOf(error);
      contained(error);
    },
  };

  return {
    rules: shared.rules,
    door: createDoor({
      ...shared,
      pairing,
      pageLinks,
      now,
      checkIdentity: createCheckIdentity({
        tailscale: options.tailscale,
        userOf: platform === "linux" ? createUserOf(looking) : null,
        tailscaleUid: options.tailscaleUid ?? 0,
        trouble: contained,
      }),
    }),
    httpDoor: createHttpDoor(shared),
    /** From now on these count. True where somebody who came in by what counted before may not come in again. */
    renew(next: Pick<ResolvedGateway, "auth" | "allowTailscale">): boolean {
      const before = JSON.stringify([auth, shared.rules.vouching]);
      delete auth.token;
      delete auth.password;
      Object.assign(auth, next.auth);
      const vouching = vouchingOf(next);
      Object.assign(shared.rules, { mode: auth.mode, hasSecret: secretOf(auth) !== null, vouching });
      return JSON.stringify([auth, vouching]) !== before;
    },
    /** What health says of the entrance. */
    problems(): Problem[] {
      const judging = {
        en: `${failures} connections were refused because judging them failed (${lastFailure}); see the log`,
        zh: `有 ${failures} 个连接因判定失败而被拒绝（${lastFailure}）；请查看日志`,
      };
      const looking = {
        en: `who connects from this machine cannot be told (${blindness}); programs without a secret stay out`,
        zh: `无法判断本机上是谁在连接（${blindness}）；没有密钥的程序无法连接`,
      };
      return [
        ...problemOf("entrance", failures === 0 ? null : judging),
        ...problemOf("entrance", blindness === null ? null : looking),
      ];
    },
  };
}

function vouchingOf({ auth, allowTailscale }: Pick<ResolvedGateway, "auth" | "allowTailscale">) {
  return { tailscale: allowTailscale, proxy: "proxy" in auth ? auth.proxy : null };
}
