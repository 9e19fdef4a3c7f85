import { describe, expect, test } from "bun:test";
import { type Vouch, type VouchRules, vouchIn } from "./vouching.ts";

const serve: VouchRules = { tailscale: true, proxy: null };
const passed = {
  "x-forwarded-for": "100.64.0.9",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "host.tail.ts.net",
};
const behind: VouchRules = {
  tailscale: true,
  proxy: {
    networks: ["10.0.0.2", "127.0.0.0/8", "::1"],
    userHeader: "X-User",
    requiredHeaders: ["x-forwarded-proto"],
    allowUsers: ["ann"],
    allowLoopback: false,
  },
};
const atLoopback = behind.proxy && { ...behind, proxy: { ...behind.proxy, allowLoopback: true } };
const ann = { "x-user": "ann", "x-forwarded-proto": "https" };

type Case = [
  what: string,
  headers: Record<string, string>,
  peer: string,
  rules: VouchRules,
  is: Vouch | null,
];

describe("what tailscale serve passes on", () => {
  const cases: Case[] = [
    [
      "a name with its headers",
      { ...passed, "tailscale-user-login": "ann@example.com" },
      "127.0.0.1",
      serve,
      { is: "tailscale", login: "ann@example.com", for: "100.64.0.9" },
    ],
    [
      "a name alone",
      { "tailscale-user-login": "ann@example.com" },
      "::1",
      serve,
      { is: "tailscale", login: "ann@example.com", for: null },
    ],
    [
      "headers without a name",
      passed,
      "127.0.0.1",
      serve,
      { is: "tailscale", login: null, for: "100.64.0.9" },
    ],
    [
      "an empty name",
      { ...passed, "tailscale-user-login": " " },
      "127.0.0.1",
      serve,
      { is: "tailscale", login: null, for: "100.64.0.9" },
    ],
    ["nothing", {}, "127.0.0.1", serve, null],
    [
      "a name from the network",
      { ...passed, "tailscale-user-login": "ann@example.com" },
      "10.0.0.9",
      serve,
      null,
    ],
    [
      "a name where none counts",
      { ...passed, "tailscale-user-login": "ann@example.com" },
      "127.0.0.1",
      { tailscale: false, proxy: null },
      null,
    ],
  ];
  test.each(cases)("%s", (_, headers, peer, rules, is) => {
    expect(vouchIn(new Headers(headers), peer, rules)).toEqual(is);
  });
});

describe("what a trusted proxy says", () => {
  const cases: Case[] = [
    ["an allowed user", ann, "10.0.0.2", behind, { is: "proxy", user: "ann", isAllowed: true }],
    [
      "another user",
      { ...ann, "x-user": "bob" },
      "10.0.0.2",
      behind,
      { is: "proxy", user: "bob", isAllowed: false },
    ],
    [
      "no user",
      { "x-forwarded-proto": "https" },
      "10.0.0.2",
      behind,
      { is: "proxy", user: null, isAllowed: false },
    ],
    [
      "a user without the header that belongs to it",
      { "x-user": "ann" },
      "10.0.0.2",
      behind,
      { is: "proxy", user: null, isAllowed: false },
    ],
    ["the same from another address", ann, "10.0.0.3", behind, null],
    ["the same from this machine", ann, "127.0.0.1", behind, null],
    [
      "the same from this machine, where that is allowed",
      ann,
      "127.0.0.1",
      atLoopback ?? behind,
      { is: "proxy", user: "ann", isAllowed: true },
    ],
    ["a name of tailscale's", { ...passed, "tailscale-user-login": "ann" }, "127.0.0.1", behind, null],
  ];
  test.each(cases)("%s", (_, headers, peer, rules, is) => {
    expect(vouchIn(new Headers(headers), peer, rules)).toEqual(is);
  });
});
