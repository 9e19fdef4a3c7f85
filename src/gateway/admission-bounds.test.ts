import { expect, test } from "bun:test";
import { methods } from "#protocol";
import { scopes as allScopes, covers, type Scope } from "#protocol/access.ts";
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
} from "../../test/fakes/admission-visits.ts";
import { admit, barred, type Credential, type Visit, within } from "./admission.ts";

const named = { is: "tailscale" as const, login: "ann@example.com", for: "100.64.0.9" };
const ann = { is: "proxy" as const, user: "ann", isAllowed: true };
const served = { ...proxied, vouch: named };
const fromProxy = { ...away, forwarded: true, vouch: ann };

test("whatever comes together, these hold", () => {
  const credentials: Credential[] = [
    ...(["none", "local-key", "page", "secret", "device-token"] as const).map((is) => ({ is })),
    link,
    ...(["secret", "device-token", "link"] as const).map((as) => ({ is: "wrong" as const, as })),
  ];
  const devices = [
    null,
    unknown,
    paired(),
    paired(["operator.read"]),
    paired(asked, true),
    { grants: null, isRejected: true },
  ];
  const requests = [
    here,
    away,
    ownPage,
    otherPage,
    proxied,
    served,
    { ...proxied, vouch: { ...named, login: null } },
    { ...proxied, vouch: { ...named, for: null } },
    { ...away, vouch: named },
    fromProxy,
    { ...fromProxy, vouch: { ...ann, isAllowed: false } },
    { ...fromProxy, vouch: { ...ann, user: null, isAllowed: false } },
    { ...here, host: "evil.example" },
    { ...here, origin: "https://evil.example" },
  ];
  const identities = ["unasked", "same", "another", "unknown"] as const;
  let seen = 0;
  for (const request of requests)
    for (const sameUser of [true, false, "unasked"] as const)
      for (const credential of credentials)
        for (const device of devices)
          for (const proof of device === null ? (["none", "invalid"] as const) : (["valid"] as const))
            for (const isLocked of [false, true])
              for (const via of ["websocket", "http"] as const)
                for (const by of [
                  rules,
                  withToken,
                  { ...withToken, hasSecret: false },
                  { ...withToken, exemptLoopback: false },
                  { ...rules, mode: "trusted-proxy" as const },
                ])
                  for (const identity of identities) {
                    seen += 1;
                    const visit: Visit = {
                      ...base,
                      request,
                      sameUser,
                      identity,
                      credential,
                      device,
                      proof,
                      isLocked,
                      via,
                    };
                    const admission = admit(visit, by);
                    // A real look never ends in another.
                    if (sameUser !== "unasked" && identity !== "unasked")
                      expect(admission.is).not.toBe("looking");
                    const isIn = admission.is === "admitted" || admission.is === "pairing";
                    if (!isIn) continue;
                    expect(proof).not.toBe("invalid");
                    expect(request.host).not.toBe("evil.example");
                    expect(request.origin).not.toBe("https://evil.example");
                    const isDirect = request === here || request === ownPage;
                    const hasKey = isDirect && (credential.is === "local-key" || credential.is === "page");
                    const opensMode =
                      (by.mode === "token" || by.mode === "password") && credential.is === "secret";
                    // A proxy's word counts for a device alone, and never over HTTP.
                    const isServed = request === served && identity === "same" && by.mode === "token";
                    const isProxied = request === fromProxy && by.mode === "trusted-proxy";
                    const isVouched = (isServed || isProxied) && via === "websocket" && device !== null;
                    if (admission.is === "admitted" && admission.by === "tailscale")
                      expect(isServed).toBe(true);
                    if (admission.is === "admitted" && admission.by === "trusted-proxy")
                      expect(isProxied && isVouched).toBe(true);
                    const isDevice = credential.is === "device-token" || credential.is === "link";
                    // Elsewhere nobody comes in without something that only we or the owner gave out.
                    if (!isDirect && device === null) expect(opensMode && via === "http").toBe(true);
                    if (request.peer !== "127.0.0.1") expect(opensMode || isDevice || isVouched).toBe(true);
                    if (by.mode !== "none") expect(hasKey || opensMode || isDevice || isVouched).toBe(true);
                    // Without a secret, only this person or a known device.
                    if (by.mode === "none" && !hasKey && !isDevice)
                      expect((isDirect && sameUser === true) || device?.grants != null).toBe(true);
                    if (admission.is === "admitted") {
                      for (const scope of admission.scopes) expect(visit.scopes).toContain(scope);
                      if (device === null && !hasKey && !opensMode)
                        expect(admission.scopes).not.toContain("operator.admin");
                      if (device?.grants != null) {
                        const approved = new Set<string>(device.grants[0]?.scopes);
                        expect(admission.scopes.every((scope) => covers(approved, scope))).toBe(true);
                        expect(device.grants[0]?.isRevoked).toBe(false);
                      }
                    }
                  }
  expect(seen).toBeGreaterThan(10_000);
});

test("granted is within what was asked and what was approved, for every pair of scope sets", () => {
  const sets: Scope[][] = [[]];
  for (const scope of allScopes) sets.push(...sets.map((set) => [...set, scope]));
  for (const approved of sets) {
    const known = new Set<string>(approved);
    for (const requested of sets) {
      const granted = within(requested, known);
      for (const scope of granted) {
        if (!requested.includes(scope) || !covers(known, scope)) throw new Error(`${scope} was granted`);
      }
    }
  }
});

test("who has no scope may call only what is open to every connection, a node only what is a node's", () => {
  for (const [name, { access }] of Object.entries(methods)) {
    const bar = barred(name as keyof typeof methods, { role: "operator", scopes: new Set() });
    expect(bar === null).toBe(access === "connected");
    const asNode = barred(name as keyof typeof methods, { role: "node", scopes: new Set(allScopes) });
    expect(asNode === null).toBe((access as string) === "node");
  }
});
