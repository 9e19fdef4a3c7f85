import { describe, expect, test } from "bun:test";
import {
  asked,
  away,
  base,
  here,
  link,
  otherPage,
  ownPage,
  paired,
  proxied,
  rules,
  unknown,
  withToken,
  wrong,
} from "../../test/fakes/admission-visits.ts";
import { type AdmissionRules, admit, type Visit } from "./admission.ts";

type Case = [what: string, change: Partial<Visit>, rules: AdmissionRules, ends: string];

const admitted: Case[] = [
  ["own program without a secret", {}, rules, "none read write"],
  ["own page without a secret", { request: ownPage }, rules, "none read write"],
  ["own command line", { credential: { is: "local-key" } }, rules, "local-key all"],
  [
    "own command line where there is a token",
    { credential: { is: "local-key" } },
    withToken,
    "local-key all",
  ],
  ["own page by its link", { request: ownPage, credential: { is: "page" } }, withToken, "page all"],
  ["own page by its link, whoever's", { credential: { is: "page" }, sameUser: false }, rules, "page all"],
  ["the token from here", { credential: { is: "secret" } }, withToken, "token all"],
  [
    "the token through a proxy, over HTTP",
    { credential: { is: "secret" }, request: proxied, via: "http" },
    withToken,
    "token all",
  ],
  [
    "the token over HTTP from elsewhere",
    { credential: { is: "secret" }, request: away, via: "http" },
    withToken,
    "token all",
  ],
  [
    "a page without devices where the owner allows that",
    { credential: { is: "secret" }, request: { ...away, origin: "http://10.0.0.5:18789" } },
    { ...withToken, allowInsecureAuth: true },
    "token all",
  ],
  [
    "a paired device with the token",
    { credential: { is: "secret" }, request: away, proof: "valid", device: paired() },
    withToken,
    "token all",
  ],
  [
    "a paired device by its own token",
    { credential: { is: "device-token" }, request: away, proof: "valid", device: paired() },
    withToken,
    "device-token all",
  ],
  [
    "a paired device on a loopback without a secret",
    { request: proxied, proof: "valid", device: paired() },
    rules,
    "none all",
  ],
  [
    "a device of this user that asks for less than it has",
    { proof: "valid", device: paired(), scopes: ["operator.read"] },
    rules,
    "none read",
  ],
];

const pairing: Case[] = [
  ["a new device of this user", { proof: "valid", device: unknown }, rules, "local"],
  [
    "one with the token",
    { proof: "valid", device: unknown, credential: { is: "secret" } },
    withToken,
    "local",
  ],
  [
    "one with our key, whoever's",
    { proof: "valid", device: unknown, credential: { is: "local-key" }, sameUser: false },
    rules,
    "local",
  ],
  [
    "a device of this user that wants more",
    { proof: "valid", device: paired(["operator.read"]) },
    rules,
    "local",
  ],
  [
    "a link from elsewhere",
    { proof: "valid", device: unknown, credential: link, request: away },
    withToken,
    "link",
  ],
  [
    "a link, though its access was revoked",
    { proof: "valid", device: paired(asked, true), credential: link, request: away },
    withToken,
    "link",
  ],
];

const asking: Case[] = [
  [
    "a new device from elsewhere with the token",
    { proof: "valid", device: unknown, credential: { is: "secret" }, request: away },
    withToken,
    "not-paired",
  ],
  [
    "another role",
    {
      proof: "valid",
      device: paired(),
      credential: { is: "secret" },
      request: away,
      role: "node",
      scopes: [],
    },
    withToken,
    "role-upgrade",
  ],
  [
    "more scopes",
    { proof: "valid", device: paired(["operator.read"]), credential: { is: "device-token" }, request: away },
    withToken,
    "scope-upgrade",
  ],
  ["another user of this machine", { proof: "valid", device: unknown, sameUser: false }, rules, "not-paired"],
  [
    "a page of another local program",
    { proof: "valid", device: unknown, request: otherPage },
    rules,
    "not-paired",
  ],
  ["a proxy", { proof: "valid", device: unknown, request: proxied }, rules, "not-paired"],
];

const refused: Case[] = [
  ["another Host", { request: { ...here, host: "evil.example" } }, rules, "host"],
  [
    "another Host with the token",
    { request: { ...here, host: "evil.example" }, credential: { is: "secret" } },
    withToken,
    "host",
  ],
  ["a foreign page", { request: { ...here, origin: "https://evil.example" } }, rules, "origin"],
  ["another user without a device", { sameUser: false }, rules, "device-required"],
  ["a page of another local program", { request: otherPage }, rules, "device-required"],
  ["a proxy", { request: proxied }, rules, "device-required"],
  ["somebody from elsewhere without a secret set", { request: away }, rules, "secret-unset"],
  [
    "a paired device from elsewhere without a secret set",
    { request: away, proof: "valid", device: paired() },
    rules,
    "secret-unset",
  ],
  [
    "the token from elsewhere without a device",
    { request: away, credential: { is: "secret" } },
    withToken,
    "device-required",
  ],
  [
    "a page from elsewhere without a device",
    { request: { ...away, origin: "http://10.0.0.5:18789" }, credential: { is: "secret" } },
    withToken,
    "device-required",
  ],
  ["nothing where there is a token", {}, withToken, "secret-missing"],
  ["nothing over HTTP where there is a token", { via: "http" }, withToken, "secret-missing"],
  ["a wrong token of this user", { credential: wrong }, withToken, "secret-mismatch"],
  ["a wrong token from elsewhere", { credential: wrong, request: away }, withToken, "secret-mismatch counts"],
  [
    "a wrong token of this machine's browser",
    { credential: wrong, request: ownPage },
    withToken,
    "secret-mismatch counts",
  ],
  [
    "a wrong token of another user",
    { credential: wrong, sameUser: false },
    withToken,
    "secret-mismatch counts",
  ],
  [
    "a wrong token of this user where that counts",
    { credential: wrong },
    { ...withToken, exemptLoopback: false },
    "secret-mismatch counts",
  ],
  [
    "our key from elsewhere",
    { credential: { is: "local-key" }, request: away },
    withToken,
    "secret-mismatch counts",
  ],
  [
    "a page link from elsewhere",
    { credential: { is: "page" }, request: away },
    withToken,
    "secret-mismatch counts",
  ],
  [
    "a page link of another local page",
    { credential: { is: "page" }, request: otherPage },
    rules,
    "device-required",
  ],
  [
    "a stale device token",
    { credential: { is: "wrong", as: "device-token" }, request: away, proof: "valid", device: paired() },
    withToken,
    "device-token-mismatch counts",
  ],
  [
    "a stale link",
    { credential: { is: "wrong", as: "link" }, request: away, proof: "valid", device: unknown },
    withToken,
    "link-invalid counts",
  ],
  [
    "a stale link where there is no secret",
    { credential: { is: "wrong", as: "link" }, request: proxied, proof: "valid", device: unknown },
    rules,
    "link-invalid counts",
  ],
  [
    "a link for another role",
    { credential: { ...link, role: "node" }, request: away, proof: "valid", device: unknown },
    withToken,
    "link-invalid counts",
  ],
  ["a link without a device", { credential: link, request: away }, withToken, "device-required"],
  ["a wrong proof", { proof: "invalid", request: away }, withToken, "proof counts"],
  [
    "a wrong proof with the token",
    { proof: "invalid", credential: { is: "secret" }, request: away },
    withToken,
    "proof counts",
  ],
  [
    "a revoked device with the token",
    { proof: "valid", device: paired(asked, true), credential: { is: "secret" }, request: away },
    withToken,
    "revoked",
  ],
  ["a revoked device of this user", { proof: "valid", device: paired(asked, true) }, rules, "revoked"],
  [
    "a device that was turned away",
    {
      proof: "valid",
      device: { grants: null, isRejected: true },
      credential: { is: "secret" },
      request: away,
    },
    withToken,
    "rejected",
  ],
  [
    "a token mode without a token",
    { credential: wrong, request: away },
    { ...withToken, hasSecret: false },
    "secret-unset",
  ],
  [
    "who is locked, with the right token",
    { isLocked: true, credential: { is: "secret" }, request: away },
    withToken,
    "locked",
  ],
  [
    "this machine's browser when locked",
    { isLocked: true, credential: { is: "secret" }, request: ownPage },
    withToken,
    "locked",
  ],
];

const opens: Case[] = [
  ["our key when locked", { isLocked: true, credential: { is: "local-key" } }, withToken, "local-key all"],
  [
    "a known device's own token when locked",
    { isLocked: true, credential: { is: "device-token" }, request: away, proof: "valid", device: paired() },
    withToken,
    "device-token all",
  ],
  [
    "the right token of this user when locked",
    { isLocked: true, credential: { is: "secret" } },
    withToken,
    "token all",
  ],
];

const looks: Case[] = [
  ["a program without a secret", {}, rules, ""],
  ["a new device without a secret", { proof: "valid", device: unknown }, rules, ""],
  ["a wrong token", { credential: wrong }, withToken, ""],
  ["a wrong proof", { proof: "invalid" }, rules, ""],
  ["a locked program", { isLocked: true, credential: { is: "secret" } }, withToken, ""],
];

const spares: Case[] = [
  ["the right token", { credential: { is: "secret" } }, withToken, ""],
  ["our key", { credential: { is: "local-key" } }, rules, ""],
  ["a paired device", { proof: "valid", device: paired() }, rules, ""],
  ["whoever is not direct", { request: proxied }, rules, ""],
  ["who is from elsewhere", { request: away, credential: wrong }, withToken, ""],
];

function told(visit: Visit, by: AdmissionRules): string {
  const admission = admit(visit, by);
  if (admission.is === "refused") return admission.why + (admission.counts ? " counts" : "");
  if (admission.is !== "admitted") return admission.is === "asking" ? admission.reason : admission.is;
  const names = admission.scopes.map((scope) => scope.replace("operator.", ""));
  return `${admission.by} ${names.length === asked.length ? "all" : names.join(" ")}`;
}

describe("let in", () => {
  test.each([...admitted, ...opens])("%s", (_, change, by, ends) =>
    expect(told({ ...base, ...change }, by)).toBe(ends),
  );
});

describe("paired at once", () => {
  test.each(pairing)("%s", (_, change, by, ends) => {
    expect(admit({ ...base, ...change }, by)).toMatchObject({ is: "pairing", how: ends });
  });
  test("a link grants what it was made for, whatever is asked", () => {
    const visit: Visit = { ...base, proof: "valid", device: unknown, credential: link, request: away };
    expect(admit(visit, withToken)).toMatchObject({ approve: ["operator.read"] });
  });
});

describe("must wait for approval", () => {
  test.each(asking)("%s", (_, change, by, ends) => expect(told({ ...base, ...change }, by)).toBe(ends));
});

describe("stays out", () => {
  test.each(refused)("%s", (_, change, by, ends) => expect(told({ ...base, ...change }, by)).toBe(ends));
});

describe("whose program it is", () => {
  test.each(looks)("is looked at for %s", (_, change, by) => {
    expect(admit({ ...base, ...change, sameUser: "unasked" }, by).is).toBe("looking");
  });
  test.each(spares)("is not looked at for %s", (_, change, by) => {
    expect(admit({ ...base, ...change, sameUser: "unasked" }, by).is).not.toBe("looking");
  });
});
