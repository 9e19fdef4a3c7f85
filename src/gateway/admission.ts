import { declarationOf, type MethodName } from "#protocol";
import { type Access, covers, type Role, type Scope } from "#protocol/access.ts";
import type { PairingReason } from "#protocol/domains/devices.ts";
import { isLoopback, judge, type RequestFacts, type TrustRules } from "./trust.ts";

/** What the secrets that somebody brings turned out to be. */
export type Credential =
  | { is: "none" | "local-key" | "page" | "secret" | "device-token" }
  | { is: "link"; role: Role; scopes: readonly Scope[] }
  /** `as` is what it was meant to be, as far as can be told. */
  | { is: "wrong"; as: "secret" | "device-token" | "link" };

/** What is known of a device that has proved its key. */
export interface Standing {
  /** Null where it is not paired. */
  grants: readonly { role: Role; scopes: readonly Scope[]; isRevoked: boolean }[] | null;
  /** The owner turned away what it asked for not long ago. */
  isRejected: boolean;
}

/** Everything that a decision about a connection may depend on. */
export interface Visit {
  via: "websocket" | "http";
  request: RequestFacts;
  /** Whether the far end runs as the gateway's own user. */
  sameUser: boolean | "unasked";
  /** What the system says of the identity that somebody vouches for. */
  identity: IdentityCheck | "unasked";
  credential: Credential;
  /** What came of the device's proof; there is a standing only for a valid one. */
  proof: "none" | "valid" | "invalid";
  device: Standing | null;
  role: Role;
  /** Asked for, as far as there are such scopes. */
  scopes: readonly Scope[];
  /** Too many wrong credentials came from there. */
  isLocked: boolean;
}

/** Whether Tailscale itself passed on a name, and knows the same one at that address. */
export type IdentityCheck = "same" | "another" | "unknown";

export interface AdmissionRules extends TrustRules {
  mode: "none" | "token" | "password" | "trusted-proxy";
  /** Whether there is a secret for a mode that wants one. */
  hasSecret: boolean;
  /** The owner lets the page in with the secret alone where a browser can prove no device. */
  allowInsecureAuth: boolean;
  /** Programs of the gateway's own user are not locked out: they could read its secrets anyway. */
  exemptLoopback: boolean;
}

/** By what somebody was let in, in the words of the wire. */
export type Method =
  | ("none" | "token" | "password" | "trusted-proxy" | "tailscale")
  | ("local-key" | "page" | "device-token" | "bootstrap-token");

export type Refusal =
  | ("host" | "origin" | "locked" | "proof" | "revoked" | "rejected" | "device-required")
  | ("secret-unset" | "secret-missing" | "secret-mismatch" | "device-token-mismatch" | "link-invalid")
  | ("tailscale-missing" | "tailscale-headers" | "tailscale-unknown" | "tailscale-mismatch")
  | ("proxy-user-missing" | "proxy-user-refused");

export type Admission =
  | { is: "admitted"; by: Method; scopes: readonly Scope[] }
  /** Let in as soon as it is paired with these scopes. */
  | { is: "pairing"; how: "local" | "link"; by: Method; approve: readonly Scope[] }
  | { is: "asking"; reason: PairingReason }
  /** It hangs on whose program the far end is, or on who it speaks for: look, and ask again. */
  | { is: "looking"; at: "user" | "identity" }
  /** `counts` towards being locked out. */
  | { is: "refused"; why: Refusal; counts: boolean };

const looking: Admission = { is: "looking", at: "user" };
const withoutSecret: ReadonlySet<string> = new Set(["operator.read", "operator.write"]);

/**
 * Decides whether somebody may come in, and with what. The one place where this is decided, for WebSocket and
 * HTTP; what is not let in by a line of it stays out.
 */
export function admit(visit: Visit, rules: AdmissionRules): Admission {
  const trust = judge(visit.request, rules);
  if (!trust.admitted) return refused(trust.refused);
  const { credential, device, role, scopes } = visit;
  /** This host and this person. */
  const isOwn = trust.local ? visit.sameUser : false;
  /** The key of our own command line, or a link that it made for the page: both are good on this host only. */
  const hasKey = trust.local && (credential.is === "local-key" || credential.is === "page");
  const grants = device?.grants ?? null;
  const grant = grants?.find((each) => each.role === role);

  const mayBeExempt = rules.exemptLoopback && trust.local && !trust.browser;
  const provesItself = grants !== null && (credential.is === "device-token" || rules.mode === "none");
  if (visit.isLocked && !hasKey && !provesItself) {
    if (mayBeExempt && isOwn === "unasked") return looking;
    if (!(mayBeExempt && isOwn === true)) return refused("locked");
  }
  const failed = (why: Refusal): Admission => {
    if (mayBeExempt && isOwn === "unasked") return looking;
    return { is: "refused", why, counts: !(mayBeExempt && isOwn === true) };
  };

  if (visit.proof === "invalid") return failed("proof");
  if (grant?.isRevoked === true && credential.is !== "link") return refused("revoked");

  const vouched = vouchedFor(visit, trust.local, rules);
  const by = methodOf(credential, hasKey, rules) ?? (vouched.is === "by" ? vouched.by : null);
  if (by === null) {
    if (vouched.is === "looking") return { is: "looking", at: "identity" };
    if (vouched.is === "refused" && credential.is === "none") {
      return vouched.why === "tailscale-mismatch" ? failed(vouched.why) : refused(vouched.why);
    }
    if (rules.mode === "trusted-proxy") {
      return credential.is === "none" ? refused("proxy-user-missing") : failed(mismatchOf(credential));
    }
    if (!rules.hasSecret) return refused("secret-unset");
    return credential.is === "none" ? refused("secret-missing") : failed(mismatchOf(credential));
  }
  if (by === "none") {
    if (credential.is === "wrong" && credential.as === "link") return failed("link-invalid");
    // Without a secret nobody listens to the network; who comes from there all the same stays out.
    if (!isLoopback(visit.request.peer)) return refused("secret-unset");
  }

  if (device === null) {
    const secretIsEnough =
      hasKey ||
      ((by === "token" || by === "password") &&
        (trust.local || visit.via === "http" || (rules.allowInsecureAuth && trust.browser)));
    if (secretIsEnough) return { is: "admitted", by, scopes };
    if (by !== "none" || !trust.local) return refused("device-required");
    if (isOwn === "unasked") return looking;
    if (!isOwn) return refused("device-required");
    return { is: "admitted", by, scopes: within(scopes, withoutSecret) };
  }

  if (credential.is === "link") {
    if (credential.role !== role) return failed("link-invalid");
    return { is: "pairing", how: "link", by, approve: credential.scopes };
  }
  const reason = reasonToAsk(grants !== null, grant?.scopes ?? null, scopes);
  if (reason === null) return { is: "admitted", by, scopes };
  if (hasKey) return { is: "pairing", how: "local", by, approve: scopes };
  if (isOwn === "unasked") return looking;
  if (isOwn) return { is: "pairing", how: "local", by, approve: scopes };
  return device.isRejected ? refused("rejected") : { is: "asking", reason };
}

/** What remains of the scopes that were asked for when only `approved` may be granted. */
export function within(asked: readonly Scope[], approved: ReadonlySet<string>): Scope[] {
  return asked.filter((scope) => covers(approved, scope));
}

/** Why a caller may not call a method; null where it may. Looks at nothing but who calls what. */
export function barred(
  method: MethodName,
  caller: { role: Role; scopes: ReadonlySet<string> },
): { is: "role" } | { is: "scope"; missing: Scope } | null {
  const access: Access = declarationOf(method).access;
  if ((access === "node") !== (caller.role === "node")) return { is: "role" };
  if (access === "node" || access === "connected" || covers(caller.scopes, access)) return null;
  return { is: "scope", missing: access };
}

function refused(why: Refusal): Admission {
  return { is: "refused", why, counts: false };
}

/** By what the credential opens; null where it does not. */
function methodOf(credential: Credential, hasKey: boolean, { mode }: AdmissionRules): Method | null {
  if (hasKey) return credential.is === "page" ? "page" : "local-key";
  if (credential.is === "link") return "bootstrap-token";
  if (credential.is === "device-token") return "device-token";
  if (mode === "none") return "none";
  return credential.is === "secret" && mode !== "trusted-proxy" ? mode : null;
}

type Vouched =
  | { is: "nobody" | "looking" }
  | { is: "by"; by: "tailscale" | "trusted-proxy" }
  | { is: "refused"; why: Refusal };

/** What a proxy's word is worth; over HTTP nothing, where no device stands beside it. */
function vouchedFor(visit: Visit, isLocal: boolean, rules: AdmissionRules): Vouched {
  const { via, request, identity, credential } = visit;
  const vouch = request.vouch ?? null;
  if (via === "http" || vouch === null || isLocal) return { is: "nobody" };
  // Who brings a link wants to hear that it is no good any more.
  if (credential.is === "wrong" && credential.as === "link") return { is: "nobody" };
  const no = (why: Refusal): Vouched => ({ is: "refused", why });
  if (vouch.is === "proxy") {
    if (rules.mode !== "trusted-proxy") return { is: "nobody" };
    if (vouch.user === null) return no("proxy-user-missing");
    return vouch.isAllowed ? { is: "by", by: "trusted-proxy" } : no("proxy-user-refused");
  }
  if (rules.mode === "none" || rules.mode === "trusted-proxy" || !isLoopback(request.peer)) {
    return { is: "nobody" };
  }
  if (vouch.login === null) return no("tailscale-missing");
  if (vouch.for === null) return no("tailscale-headers");
  if (identity === "unasked") return { is: "looking" };
  if (identity === "same") return { is: "by", by: "tailscale" };
  return no(identity === "another" ? "tailscale-mismatch" : "tailscale-unknown");
}

function mismatchOf(credential: Credential): Refusal {
  if (credential.is !== "wrong" || credential.as === "secret") return "secret-mismatch";
  return credential.as === "link" ? "link-invalid" : "device-token-mismatch";
}

function reasonToAsk(
  isPaired: boolean,
  approved: readonly Scope[] | null,
  asked: readonly Scope[],
): PairingReason | null {
  if (!isPaired) return "not-paired";
  if (approved === null) return "role-upgrade";
  return within(asked, new Set(approved)).length === asked.length ? null : "scope-upgrade";
}
