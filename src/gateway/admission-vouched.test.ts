/** By whose word somebody comes in: Tailscale's, or a proxy's of the owner's. */
import { describe, expect, test } from "bun:test";
import {
  asked,
  away,
  base,
  paired,
  proxied,
  rules,
  unknown,
  withToken,
  wrong,
} from "../../test/fakes/admission-visits.ts";
import { type AdmissionRules, admit, type Visit } from "./admission.ts";

const named = { is: "tailscale" as const, login: "ann@example.com", for: "100.64.0.9" };
const served = { ...proxied, vouch: named };
const behindProxy: AdmissionRules = { ...rules, mode: "trusted-proxy" };
const fromProxy = {
  ...away,
  forwarded: true,
  vouch: { is: "proxy" as const, user: "ann", isAllowed: true },
};

type Case = [what: string, change: Partial<Visit>, rules: AdmissionRules, ends: string];

const vouchedFor: Case[] = [
  [
    "a paired device that Tailscale names",
    { request: served, identity: "same", proof: "valid", device: paired() },
    withToken,
    "tailscale all",
  ],
  [
    "the same with a stale token",
    { request: served, identity: "same", proof: "valid", device: paired(), credential: wrong },
    withToken,
    "tailscale all",
  ],
  [
    "the same by its own token, whatever Tailscale says",
    {
      request: served,
      identity: "another",
      proof: "valid",
      device: paired(),
      credential: { is: "device-token" },
    },
    withToken,
    "device-token all",
  ],
  [
    "a paired device that a trusted proxy names",
    { request: fromProxy, proof: "valid", device: paired() },
    behindProxy,
    "trusted-proxy all",
  ],
  [
    "our own command line beside a trusted proxy",
    { credential: { is: "local-key" } },
    behindProxy,
    "local-key all",
  ],
  [
    "a paired device by its own token beside a trusted proxy",
    { request: away, proof: "valid", device: paired(), credential: { is: "device-token" } },
    behindProxy,
    "device-token all",
  ],
];

const asking: Case[] = [
  [
    "a new device that Tailscale names",
    { request: served, identity: "same", proof: "valid", device: unknown },
    withToken,
    "not-paired",
  ],
  [
    "a new device that a trusted proxy names",
    { request: fromProxy, proof: "valid", device: unknown },
    behindProxy,
    "not-paired",
  ],
];

const tailscaleCase = (vouch: Partial<typeof named> | { login: null } | { for: null }) => ({
  request: { ...served, vouch: { ...named, ...vouch } },
  proof: "valid" as const,
  device: paired(),
});

const notVouchedFor: Case[] = [
  ["Tailscale without a name", tailscaleCase({ login: null }), withToken, "tailscale-missing"],
  ["a name without Tailscale's headers", tailscaleCase({ for: null }), withToken, "tailscale-headers"],
  [
    "a name that Tailscale does not confirm",
    { ...tailscaleCase({}), identity: "unknown" },
    withToken,
    "tailscale-unknown",
  ],
  [
    "a name that Tailscale gives to nobody there",
    { ...tailscaleCase({}), identity: "another" },
    withToken,
    "tailscale-mismatch counts",
  ],
  [
    "the same with a wrong token",
    { ...tailscaleCase({}), identity: "another", credential: wrong },
    withToken,
    "secret-mismatch counts",
  ],
  [
    "a right name with a stale link",
    { ...tailscaleCase({}), identity: "same", credential: { is: "wrong", as: "link" } },
    withToken,
    "link-invalid counts",
  ],
  ["a right name without a device", { request: served, identity: "same" }, withToken, "device-required"],
  ["a right name over HTTP", { request: served, identity: "same", via: "http" }, withToken, "secret-missing"],
  [
    "a right name from the network",
    { request: { ...away, vouch: named }, identity: "same", proof: "valid", device: paired() },
    withToken,
    "secret-missing",
  ],
  [
    "a right name when locked",
    { ...tailscaleCase({}), identity: "same", isLocked: true },
    withToken,
    "locked",
  ],
  ["a proxy's user without a device", { request: fromProxy }, behindProxy, "device-required"],
  ["a proxy's user over HTTP", { request: fromProxy, via: "http" }, behindProxy, "proxy-user-missing"],
  [
    "a proxy's user where another mode is set",
    { request: fromProxy, proof: "valid", device: paired() },
    withToken,
    "secret-missing",
  ],
  [
    "a proxy that names nobody",
    {
      request: { ...fromProxy, vouch: { ...fromProxy.vouch, user: null } },
      proof: "valid",
      device: paired(),
    },
    behindProxy,
    "proxy-user-missing",
  ],
  [
    "a proxy's user who is not allowed",
    {
      request: { ...fromProxy, vouch: { ...fromProxy.vouch, isAllowed: false } },
      proof: "valid",
      device: paired(),
    },
    behindProxy,
    "proxy-user-refused",
  ],
  [
    "who comes past the proxy",
    { request: away, proof: "valid", device: paired() },
    behindProxy,
    "proxy-user-missing",
  ],
  ["a program of this user past the proxy", {}, behindProxy, "proxy-user-missing"],
  ["a guess past the proxy", { request: away, credential: wrong }, behindProxy, "secret-mismatch counts"],
];

function told(visit: Visit, by: AdmissionRules): string {
  const admission = admit(visit, by);
  if (admission.is === "refused") return admission.why + (admission.counts ? " counts" : "");
  if (admission.is !== "admitted") return admission.is === "asking" ? admission.reason : admission.is;
  const names = admission.scopes.map((scope) => scope.replace("operator.", ""));
  return `${admission.by} ${names.length === asked.length ? "all" : names.join(" ")}`;
}

describe("let in", () => {
  test.each(vouchedFor)("%s", (_, change, by, ends) => expect(told({ ...base, ...change }, by)).toBe(ends));
});

describe("must wait for approval", () => {
  test.each(asking)("%s", (_, change, by, ends) => expect(told({ ...base, ...change }, by)).toBe(ends));
});

describe("stays out", () => {
  test.each(notVouchedFor)("%s", (_, change, by, ends) =>
    expect(told({ ...base, ...change }, by)).toBe(ends),
  );
});

describe("whom a proxy speaks for", () => {
  const visit: Visit = { ...base, request: served, proof: "valid", device: paired() };
  test("is asked of Tailscale only where nothing else opens", () => {
    expect(admit(visit, withToken)).toEqual({ is: "looking", at: "identity" });
    expect(admit({ ...visit, credential: { is: "secret" } }, withToken).is).toBe("admitted");
    expect(admit({ ...visit, credential: { is: "device-token" } }, withToken).is).toBe("admitted");
    expect(admit(visit, rules).is).toBe("admitted");
    expect(admit({ ...visit, via: "http" }, withToken).is).toBe("refused");
    expect(admit({ ...visit, isLocked: true }, withToken).is).toBe("refused");
  });
});
