import { expect, test } from "bun:test";
import { type AuthFacts, type AuthRules, authenticate, offeredSecrets } from "./auth.ts";

const gateways = {
  none: { mode: "none", localKey: "key" },
  token: { mode: "token", token: "right", localKey: "key" },
  password: { mode: "password", password: "right", localKey: "key" },
  tokenless: { mode: "token", localKey: "key" },
} satisfies Record<string, AuthRules>;

const all = ["operator.admin", "operator.approvals", "operator.pairing", "operator.read", "operator.write"];
const readAndWrite = ["operator.read", "operator.write"];

/** By rules, where the client is, what it brings, what that is to the page: the method, or the details' code. */
const table: [
  gateway: keyof typeof gateways,
  where: "local" | "remote",
  credentials: AuthFacts["credentials"],
  pagePass: AuthFacts["pagePass"],
  outcome: string,
][] = [
  ["none", "local", undefined, null, "none"],
  ["none", "local", { token: "anything" }, null, "none"],
  ["none", "local", { token: "key" }, null, "local-key"],
  ["none", "local", { password: "key" }, null, "local-key"],
  ["none", "remote", { token: "key" }, null, "DEVICE_IDENTITY_REQUIRED"],
  ["none", "remote", undefined, null, "DEVICE_IDENTITY_REQUIRED"],
  ["none", "local", { token: "p" }, "link", "page"],
  ["none", "local", { token: "p" }, "token", "page"],
  ["none", "remote", { token: "p" }, "link", "DEVICE_IDENTITY_REQUIRED"],
  ["none", "remote", { token: "p" }, "token", "DEVICE_IDENTITY_REQUIRED"],
  ["token", "local", { token: "right" }, null, "token"],
  ["token", "remote", { password: "right" }, null, "token"],
  ["token", "local", { token: "key" }, null, "local-key"],
  ["token", "remote", { token: "key" }, null, "AUTH_TOKEN_MISMATCH"],
  ["token", "local", undefined, null, "AUTH_TOKEN_MISSING"],
  ["token", "local", { token: "", password: "" }, null, "AUTH_TOKEN_MISSING"],
  ["token", "local", { token: "p" }, "link", "page"],
  ["token", "local", { token: "p" }, "token", "page"],
  ["token", "local", { token: "p" }, null, "AUTH_TOKEN_MISMATCH"],
  ["token", "remote", { token: "p" }, "link", "AUTH_TOKEN_MISMATCH"],
  ["token", "remote", { token: "p" }, "token", "AUTH_TOKEN_MISMATCH"],
  ["password", "remote", { password: "wrong" }, null, "AUTH_PASSWORD_MISMATCH"],
  ["password", "local", { password: "right" }, null, "password"],
  ["password", "local", { password: "p" }, "token", "page"],
  ["tokenless", "remote", { token: "x" }, null, "AUTH_TOKEN_NOT_CONFIGURED"],
];

test.each(table)("%s, %s, %j, %j: %s", (gateway, where, credentials, pagePass, outcome) => {
  const facts = {
    local: where === "local",
    deviceId: null,
    credentials,
    pagePass,
    client: { id: "webchat-ui", mode: "webchat" },
  };
  const verdict = authenticate(facts, gateways[gateway]);
  expect(verdict.admitted ? verdict.method : verdict.details.code).toBe(outcome);
  if (!verdict.admitted) return;
  expect([...verdict.allowed].map(String).sort()).toEqual(outcome === "none" ? readAndWrite : all);
});

test("a secret counts in either field, an empty one in neither", () => {
  expect(offeredSecrets({ token: "a", password: "b" })).toEqual(["a", "b"]);
  expect(offeredSecrets({ token: "", deviceToken: "c" })).toEqual([]);
  expect(offeredSecrets(undefined)).toEqual([]);
});
