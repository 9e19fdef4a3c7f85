import { describe, expect, test } from "bun:test";
import { judge, type RequestFacts, sourceOf } from "./trust.ts";

const rules = {
  hosts: new Set(["localhost", "127.0.0.1", "[::1]", "192.168.1.5"]),
  origins: new Set(["https://chat.example"]),
  tls: false,
};
const plain: RequestFacts = { peer: "127.0.0.1", host: "127.0.0.1:18789", origin: null, forwarded: false };
const local = { admitted: true, local: true, browser: false };
const page = { admitted: true, local: true, browser: true };
const foreign = { admitted: true, local: false, browser: true };

describe("admitted", () => {
  const table: [string, Partial<RequestFacts>, object][] = [
    ["a direct loopback client", {}, local],
    ["over IPv6", { peer: "::1", host: "[::1]:18789" }, local],
    ["any port, for tunnels", { host: "localhost:4000" }, local],
    ["our own page", { origin: "http://127.0.0.1:18789" }, page],
    ["our own page through a tunnel", { host: "localhost:4000", origin: "http://localhost:4000" }, page],
    ["a loopback page on another port is never local", { origin: "http://localhost:3000" }, foreign],
    ["a configured origin is never local", { origin: "https://chat.example" }, foreign],
    ["a forwarding header takes locality away", { forwarded: true }, { ...local, local: false }],
    [
      "a client from the network",
      { peer: "192.168.1.9", host: "192.168.1.5:18789" },
      { ...local, local: false },
    ],
    ["a loopback peer under a network name", { host: "192.168.1.5:18789" }, { ...local, local: false }],
  ];
  test.each(table)("%s", (_, facts, verdict) => {
    expect(judge({ ...plain, ...facts }, rules)).toEqual(verdict as never);
  });
});

describe("refused by Host", () => {
  const hosts = [null, "", "evil.example", "localhost.", "127.0.0.1.evil.example", "127.0.0.1, evil.example"];
  test.each([...hosts, "user@localhost", "localhost:99999999", "[::1", "127.0.0.1:18789/x"])("%s", (host) => {
    expect(judge({ ...plain, host }, rules)).toMatchObject({ admitted: false, refused: "host" });
  });
});

describe("refused by Origin", () => {
  const origins = [
    "null",
    "https://evil.example",
    "http://127.0.0.1.evil.example",
    "http://localhost@evil.example",
  ];
  test.each([...origins, "http://192.168.1.5:1", "file://", "http://127.0.0.1:18789/x", ""])(
    "%s",
    (origin) => {
      expect(judge({ ...plain, origin }, rules)).toMatchObject({ admitted: false, refused: "origin" });
    },
  );
});

test("with TLS a page that came over plain HTTP is not ours, also under our own name", () => {
  const secure = { ...rules, tls: true };
  const at = (origin: string, host: string, peer = "127.0.0.1") =>
    judge({ ...plain, origin, host, peer }, secure);
  expect(at("https://127.0.0.1:18789", "127.0.0.1:18789")).toEqual(page as never);
  expect(at("http://127.0.0.1:18789", "127.0.0.1:18789")).toEqual(foreign as never);
  expect(at("https://192.168.1.5:1", "192.168.1.5:1", "192.168.1.9")).toMatchObject({ admitted: true });
  expect(at("http://192.168.1.5:1", "192.168.1.5:1", "192.168.1.9")).toMatchObject({ refused: "origin" });
});

test("limits count an IPv6 host by its /64 and mapped IPv4 as itself", () => {
  expect(sourceOf("2001:db8:1:2:3:4:5:6")).toBe(sourceOf("2001:db8:1:2:ffff::1"));
  expect(sourceOf("::1")).toBe("::1");
});

test("who comes from this machine's own address in the tailnet to that address has not left it", () => {
  const inTailnet = {
    ...rules,
    hosts: new Set([...rules.hosts, "100.100.1.2"]),
    own: new Set(["100.100.1.2"]),
  };
  const from = (peer: string, host: string, more: Partial<RequestFacts> = {}) =>
    judge({ ...plain, peer, host, ...more }, inTailnet);
  expect(from("100.100.1.2", "100.100.1.2:18789")).toEqual(local as never);
  expect(from("100.100.1.2", "100.100.1.2:18789", { forwarded: true })).toMatchObject({ local: false });
  expect(from("100.100.1.3", "100.100.1.2:18789")).toMatchObject({ local: false });
  expect(from("127.0.0.1", "100.100.1.2:18789")).toMatchObject({ local: false });
  expect(from("100.100.1.2", "localhost:18789")).toMatchObject({ local: false });
});
