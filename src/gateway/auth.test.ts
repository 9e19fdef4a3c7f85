import { expect, test } from "bun:test";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import { type AuthRules, recognise, sameSecret } from "./auth.ts";

const books = {
  opensPage: (offered: readonly string[]) => offered.includes("page"),
  holdsToken: (offered: readonly string[]) => offered.includes("device"),
  linkOf: (secret: string) =>
    secret === "link" ? { role: "operator" as const, scopes: ["operator.read" as const] } : null,
};
const none: AuthRules = { mode: "none", localKey: "key" };
const token: AuthRules = { mode: "token", token: "t", localKey: "key" };
const password: AuthRules = { mode: "password", password: "p", localKey: "key" };

const cases: [what: string, given: ConnectParams["auth"], rules: AuthRules, is: string][] = [
  ["nothing", undefined, token, "none"],
  ["empty fields", { token: "", password: "", deviceToken: "", bootstrapToken: "" }, token, "none"],
  ["the token", { token: "t" }, token, "secret"],
  ["the token in the other field", { password: "t" }, token, "secret"],
  ["the password", { password: "p" }, password, "secret"],
  ["the password in the other field", { token: "p" }, password, "secret"],
  ["another mode's secret", { token: "t" }, password, "wrong secret"],
  ["anything without a secret", { token: "t" }, none, "wrong secret"],
  ["our key", { token: "key" }, token, "local-key"],
  ["our key beside a wrong password", { token: "key", password: "x" }, token, "local-key"],
  ["the page's secret", { token: "page" }, token, "page"],
  ["a device's token", { deviceToken: "device" }, token, "device-token"],
  ["a device's token where the shared one goes", { token: "device" }, token, "device-token"],
  ["the shared token beside a stale device token", { token: "t", deviceToken: "x" }, token, "secret"],
  ["a link", { bootstrapToken: "link" }, token, "link"],
  ["a link where the token goes", { token: "link" }, token, "link"],
  ["a used link", { bootstrapToken: "x" }, token, "wrong link"],
  ["a wrong token", { token: "x" }, token, "wrong secret"],
  ["a stale device token", { deviceToken: "x" }, token, "wrong device-token"],
];

test.each(cases)("%s", (_, given, rules, is) => {
  const credential = recognise(given, rules, books);
  expect(credential.is === "wrong" ? `wrong ${credential.as}` : credential.is).toBe(is);
});

test("a mode whose secret is missing or empty is opened by nothing", () => {
  for (const rules of [
    { mode: "token", localKey: "key" },
    { mode: "token", token: "", localKey: "key" },
    { mode: "password", password: "", localKey: "key" },
  ] as const) {
    expect(recognise({ token: "", password: "" }, rules, books)).toEqual({ is: "none" });
    expect(recognise({ token: "undefined" }, rules, books)).toEqual({ is: "wrong", as: "secret" });
  }
});

test("secrets are compared whole", () => {
  expect(sameSecret("abc", "abc")).toBe(true);
  for (const other of ["", "ab", "abcd", "abC", "abc\0"]) expect(sameSecret(other, "abc")).toBe(false);
});
