import { createHash, timingSafeEqual } from "node:crypto";
import type { Role, Scope } from "#protocol/access.ts";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import type { Credential } from "./admission.ts";

/** What this gateway asks of a client that wants in. */
export interface AuthRules {
  mode: "none" | "token" | "password" | "trusted-proxy";
  token?: string;
  password?: string;
  /** The 0600 key in the state directory, by which our own command line is known. */
  localKey: string;
}

/** Knows the credentials that are kept elsewhere. */
export interface CredentialBooks {
  /** Whether one of these opens our own page. */
  opensPage(offered: readonly string[]): boolean;
  /** Whether one of these is the live token of the device that proved itself, in the role that it asks for. */
  holdsToken(offered: readonly string[]): boolean;
  linkOf(secret: string): { role: Role; scopes: readonly Scope[] } | null;
}

/** Tells what a client's secrets are, whichever field it put them in; the strongest counts. */
export function recognise(
  given: ConnectParams["auth"],
  rules: AuthRules,
  books: CredentialBooks,
): Credential {
  const shared = offeredSecrets(given);
  if (shared.some((each) => sameSecret(each, rules.localKey))) return { is: "local-key" };
  if (shared.length > 0 && books.opensPage(shared)) return { is: "page" };
  const secret = secretOf(rules);
  if (secret !== null && shared.some((each) => sameSecret(each, secret))) return { is: "secret" };
  // Clients of generation 3 put a device's token where the shared one goes.
  if (books.holdsToken([given?.deviceToken, ...shared].filter(isPresent))) return { is: "device-token" };
  for (const each of [given?.bootstrapToken, given?.token].filter(isPresent)) {
    const link = books.linkOf(each);
    if (link !== null) return { is: "link", ...link };
  }
  if (isPresent(given?.bootstrapToken)) return { is: "wrong", as: "link" };
  if (shared.length > 0) return { is: "wrong", as: "secret" };
  return isPresent(given?.deviceToken) ? { is: "wrong", as: "device-token" } : { is: "none" };
}

/** The secret that the mode asks for; null where it asks for none, or none is set. */
export function secretOf({ mode, token, password }: AuthRules): string | null {
  const secret = mode === "token" ? token : mode === "password" ? password : undefined;
  return isPresent(secret) ? secret : null;
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
