import { describe, expect, test } from "bun:test";
import { clientIn, type Vouch, type VouchRules, vouchIn } from "./vouching.ts";

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

describe("the far end that the owner's proxy names", () => {
  const networks = ["10.0.0.0/8", "2001:db8::/32"];
  const rules = behind.proxy && { ...behind, proxy: { ...behind.proxy, networks } };
  const cases: [what: string, forwardedFor: string | null, peer: string, is: string | null][] = [
    ["is the last hop that is no proxy", "203.0.113.9", "10.0.0.2", "203.0.113.9"],
    [
      "is not what the client made up before it",
      "198.51.100.1, 203.0.113.9, 10.0.0.3",
      "10.0.0.2",
      "203.0.113.9",
    ],
    ["may be of IPv6", "2001:db9::7", "10.0.0.2", "2001:db9::7"],
    ["is plain where it comes mapped", "::ffff:203.0.113.9", "10.0.0.2", "203.0.113.9"],
    ["is nobody without the header", null, "10.0.0.2", null],
    ["is nobody where it is no address", "203.0.113.9, unknown", "10.0.0.2", null],
    ["is nobody where all are proxies", "10.0.0.7", "10.0.0.2", null],
    ["is nobody where somebody else says so", "203.0.113.9", "192.0.2.1", null],
    ["is nobody where a program of this machine says so", "203.0.113.9", "127.0.0.1", null],
  ];
  test.each(cases)("%s", (_, forwardedFor, peer, is) => {
    const headers = new Headers(forwardedFor === null ? {} : { "x-forwarded-for": forwardedFor });
    expect(rules && clientIn(headers, peer, rules)).toBe(is);
  });

  test("is nobody in every other mode", () => {
    expect(clientIn(new Headers(passed), "127.0.0.1", serve)).toBeNull();
  });
});
