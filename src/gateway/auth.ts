import { createHash, timingSafeEqual } from "node:crypto";
import { type Scope, scopes } from "#protocol/access.ts";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import type { ErrorCode } from "#protocol/errors.ts";
import type { PagePass } from "./page-links.ts";

/** What this gateway asks of a client that wants in. */
export interface AuthRules {
  mode: "none" | "token" | "password";
  token?: string;
  password?: string;
  /** The 0600 key in the state directory, by which our own command line is known. */
  localKey: string;
}

export interface AuthFacts {
  local: boolean;
  /** The device that proved itself, where one did. */
  deviceId: string | null;
  credentials: ConnectParams["auth"];
  /** What the credentials are to our own page. */
  pagePass: PagePass | null;
  client: { id: string; mode: string };
}

/** How a client was let in and what it may at most be granted, or why not: code, wire text, details. */
export type AuthVerdict =
  | {
      admitted: true;
      method: "none" | "token" | "password" | "local-key" | "page";
      allowed: ReadonlySet<Scope>;
    }
  | { admitted: false; code: ErrorCode; message: string; details: Record<string, unknown> };

const everything: ReadonlySet<Scope> = new Set(scopes);
const readAndWrite: ReadonlySet<Scope> = new Set(["operator.read", "operator.write"]);

/**
 * Decides whether a client may come in. Order: the local key, the secrets of our own page, the configured
 * secret, then mode none, which admits only direct local clients and grants them reading and writing at most.
 */
export function authenticate(facts: AuthFacts, rules: AuthRules): AuthVerdict {
  const offered = offeredSecrets(facts.credentials);
  if (facts.local && offered.some((secret) => sameSecret(secret, rules.localKey))) {
    return { admitted: true, method: "local-key", allowed: everything };
  }
  if (facts.local && facts.pagePass !== null) return { admitted: true, method: "page", allowed: everything };
  if (rules.mode === "none") {
    if (facts.local) return { admitted: true, method: "none", allowed: readAndWrite };
    return {
      admitted: false,
      code: "NOT_PAIRED",
      message: "device identity required",
      details: {
        code: "DEVICE_IDENTITY_REQUIRED",
        recommendedNextStep: "update_auth_configuration",
        remediationHint: "set gateway.auth.token on the gateway and bring that token",
      },
    };
  }
  const secret = rules.mode === "token" ? rules.token : rules.password;
  if (secret === undefined || secret === "") return refuse(rules.mode, "missing_config", facts.client);
  if (offered.some((each) => sameSecret(each, secret))) {
    return { admitted: true, method: rules.mode, allowed: everything };
  }
  return refuse(rules.mode, offered.length === 0 ? "missing" : "mismatch", facts.client);
}

/** The secrets that a client brings, whichever field it put them in. */
export function offeredSecrets(credentials: ConnectParams["auth"]): string[] {
  return [credentials?.token, credentials?.password].filter(isPresent);
}

/** Compares two secrets in a time that tells nothing about either. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function isPresent(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

type Failure = "missing" | "mismatch" | "missing_config";

function refuse(kind: "token" | "password", failure: Failure, client: AuthFacts["client"]): AuthVerdict {
  const word = kind.toUpperCase();
  const what =
    failure === "missing_config"
      ? `not configured on gateway (set gateway.auth.${kind})`
      : `${failure} (${hint(kind, client)})`;
  return {
    admitted: false,
    code: "INVALID_REQUEST",
    message: `unauthorized: gateway ${kind} ${what}`,
    details: {
      code:
        failure === "missing_config"
          ? `AUTH_${word}_NOT_CONFIGURED`
          : `AUTH_${word}_${failure.toUpperCase()}`,
      authReason: `${kind}_${failure}`,
      canRetryWithDeviceToken: false,
      recommendedNextStep: failure === "mismatch" ? "update_auth_credentials" : "update_auth_configuration",
    },
  };
}

/** The way out that fits who is asking; today's clients show these texts. */
function hint(kind: "token" | "password", client: AuthFacts["client"]): string {
  if (client.id === "cli" || client.mode === "cli") {
    return `set gateway.remote.${kind} to match gateway.auth.${kind}`;
  }
  if (client.id.endsWith("control-ui") || client.mode === "webchat") {
    return kind === "token"
      ? "open a tokenized dashboard URL or paste token in Control UI settings"
      : "enter the password in Control UI settings";
  }
  return `provide gateway auth ${kind}`;
}
