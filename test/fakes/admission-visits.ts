import type { Scope } from "#protocol/access.ts";
import type { AdmissionRules, Credential, Visit } from "#src/gateway/admission.ts";

/** What the tests of admission begin with: visits that differ in one thing. */
export const rules: AdmissionRules = {
  hosts: new Set(["127.0.0.1", "localhost", "[::1]", "10.0.0.5"]),
  origins: new Set(["https://ours.example"]),
  tls: false,
  mode: "none",
  hasSecret: false,
  allowInsecureAuth: false,
  exemptLoopback: true,
};
export const withToken: AdmissionRules = { ...rules, mode: "token", hasSecret: true };

export const here = { peer: "127.0.0.1", host: "127.0.0.1:18789", origin: null, forwarded: false };
export const away = { peer: "10.0.0.9", host: "10.0.0.5:18789", origin: null, forwarded: false };
export const ownPage = { ...here, origin: "http://127.0.0.1:18789" };
export const otherPage = { ...here, origin: "http://127.0.0.1:3000" };
export const proxied = { ...here, forwarded: true };

export const asked: readonly Scope[] = ["operator.read", "operator.write", "operator.admin"];
export const base: Visit = {
  via: "websocket",
  request: here,
  sameUser: true,
  identity: "unasked",
  credential: { is: "none" },
  proof: "none",
  device: null,
  role: "operator",
  scopes: asked,
  isLocked: false,
};
export const link: Extract<Credential, { is: "link" }> = {
  is: "link",
  role: "operator",
  scopes: ["operator.read"],
};
export const wrong: Credential = { is: "wrong", as: "secret" };
export const unknown = { grants: null, isRejected: false };
export const paired = (scopes: readonly Scope[] = asked, isRevoked = false) => ({
  grants: [{ role: "operator" as const, scopes, isRevoked }],
  isRejected: false,
});
