import { expect, test } from "bun:test";
import { covers, type Scope, scopes } from "#protocol/access.ts";
import { lacking, mustBeAnother, mustHold } from "./authority.ts";

/** Every set of scopes there is. */
const sets: Scope[][] = Array.from({ length: 2 ** scopes.length }, (_, bits) =>
  scopes.filter((_, index) => (bits >> index) & 1),
);

test("over all pairs of scope sets, somebody hands out exactly what their own scopes cover", () => {
  for (const held of sets) {
    for (const given of sets) {
      const mine = new Set(held);
      const allowed = lacking(mine, { role: "operator", scopes: given }) === null;
      expect(allowed).toBe(given.every((scope) => covers(mine, scope)));
      if (!allowed) continue;
      // What the new one can do, the old one could.
      const theirs = new Set(given);
      for (const scope of scopes) if (covers(theirs, scope)) expect(covers(mine, scope)).toBe(true);
    }
  }
});

test("a node is let in by whoever may write, since its events start runs", () => {
  for (const held of sets) {
    const mine = new Set(held);
    const missing = covers(mine, "operator.write") ? null : "operator.write";
    expect(lacking(mine, { role: "node", scopes: [] })).toBe(missing);
  }
});

test("a word that is no scope is handed out by nobody", () => {
  expect(lacking(new Set(scopes), { role: "operator", scopes: ["operator.everything"] })).toBe(
    "operator.everything",
  );
});

test("the refusals say what is missing, and that nobody approves themself", () => {
  const pairer = { deviceId: "a", scopes: new Set<Scope>(["operator.pairing"]) };
  const admin = { role: "operator" as const, scopes: ["operator.admin"] };
  expect(() => mustHold(pairer, admin, "approve")).toThrow("missing scope: operator.admin");
  expect(() => mustBeAnother(pairer, "a")).toThrow("cannot approve itself");
  mustBeAnother(pairer, "b");
  mustBeAnother({ deviceId: null, scopes: pairer.scopes }, "a");
});
