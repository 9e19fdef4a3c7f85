import { expect, test } from "bun:test";
import { pathOf } from "#src/gateway/http.ts";
import { canonicalKey, isLoopback, messageIn, pageOf, sessionIn, socketAddress } from "./address.ts";

const defaults = {
  defaultAgentId: "home",
  mainKey: "base",
  mainSessionKey: "agent:home:main",
  scope: "per-sender" as const,
};

test("the socket is at the page's own host and path, and the query string has no say", () => {
  expect(socketAddress(new URL("http://127.0.0.1:18789/?gatewayUrl=ws://evil.example"))).toBe(
    "ws://127.0.0.1:18789/",
  );
  expect(socketAddress(new URL("https://chat.example/bot/"))).toBe("wss://chat.example/bot/");
});

test("a session's address leads back to it, and is one that the gateway opens", () => {
  const base = new URL("http://localhost/bot/");
  for (const key of [
    "agent:main:chat-1",
    "agent:main:telegram:dm:a/b?c#d%",
    "会话",
    "~",
    "~2f",
    "a\\b\u0000\n\u007f..",
  ]) {
    const page = new URL(pageOf(base, key), base);
    expect(sessionIn(base, page)).toBe(key);
    expect(pathOf(page.href)).toBe(page.pathname);
  }
  expect(pageOf(base, null)).toBe("/bot/");
  const older = new URL("/bot/chat/agent%3Amain%3Aa%2Fb~c%20~zz", base);
  expect(sessionIn(base, older)).toBe("agent:main:a/b~c ~zz");
});

test("an address that names no session means the main one", () => {
  const base = new URL("http://localhost/");
  for (const path of ["/", "/chat", "/chat/", "/other", "/chat/%E0%A4%A", "/?session=", "/chat?sessions=a"]) {
    expect(sessionIn(base, new URL(path, base))).toBeNull();
  }
});

test("every spelling of a key meets in one", () => {
  for (const main of ["main", "MAIN", "base", "agent:home:main"]) {
    expect(canonicalKey(main, defaults)).toBe("agent:home:main");
  }
  expect(canonicalKey("notes", defaults)).toBe("agent:home:notes");
  expect(canonicalKey("Agent:Other:x", defaults)).toBe("agent:other:x");
  expect(canonicalKey("global", defaults)).toBe("global");
  expect(canonicalKey("main", { ...defaults, scope: "global", mainSessionKey: "global" })).toBe("global");
});

test("only this computer is this computer", () => {
  for (const name of ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"]) {
    expect(isLoopback(name)).toBe(true);
  }
  for (const name of ["127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.2", "10.0.0.1"]) {
    expect(isLoopback(name)).toBe(false);
  }
});

test("a fragment may lead to a message, whatever signs its id has", () => {
  for (const id of ["u-12", "a-3f&m=x", "100%+1"]) expect(messageIn(`#m=${encodeURIComponent(id)}`)).toBe(id);
  for (const none of ["", "#", "#m=", "#t=secret"]) expect(messageIn(none)).toBeNull();
});

test("an address of the original's pages names its session in the query, and one of ours in the path", () => {
  const base = new URL("http://localhost/bot/");
  for (const path of [
    "/bot/?session=agent%3Amain%3Aa",
    "/bot/chat?session=agent:main:a",
    "/bot/chat/?x=1&session=agent:main:a",
  ])
    expect(sessionIn(base, new URL(path, base))).toBe("agent:main:a");
  expect(sessionIn(base, new URL("/bot/chat/agent%3Amain%3Ab?session=agent:main:a", base))).toBe(
    "agent:main:b",
  );
});
