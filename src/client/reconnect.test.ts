import { expect, test } from "bun:test";
import { closes } from "#protocol/errors.ts";
import { ConnectFailed, ConnectionClosed, InvalidAnswer, mayReconnect, RequestError } from "./errors.ts";
import { createReconnectPolicy } from "./reconnect.ts";

const lost = new ConnectionClosed(1006, "");

test("waits double from one to thirty seconds and start again after a success", () => {
  const policy = createReconnectPolicy({ random: () => 1 });
  const waits = Array.from({ length: 7 }, () => policy.next(lost));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  policy.succeeded();
  expect(policy.next(lost)).toBe(1000);
});

test("a wait lies in the upper half of its span, so that clients do not come back in one instant", () => {
  expect(createReconnectPolicy({ random: () => 0 }).next(lost)).toBe(500);
  expect(createReconnectPolicy({ random: () => 0.5 }).next(lost)).toBe(750);
});

test("the gateway may ask for a longer wait", () => {
  const busy = new RequestError("connect", { code: "UNAVAILABLE", message: "starting", retryAfterMs: 9000 });
  expect(createReconnectPolicy({ random: () => 0 }).next(busy)).toBe(9000);
});

test("a refusal that a repeat cannot change ends the attempts", () => {
  const refused = new RequestError("connect", { code: "NOT_PAIRED", message: "device identity required" });
  expect(createReconnectPolicy().next(refused)).toBeNull();
});

test("every close of the contract is followed as the contract says", () => {
  const followed = Object.entries(closes).map(([name, { code, reason }]) => {
    return [name, mayReconnect(new ConnectionClosed(code, reason === "…" ? "some text" : reason))];
  });
  const wanted = Object.entries(closes).map(([name, { reconnect }]) => [name, reconnect]);
  expect(Object.fromEntries(followed)).toEqual(Object.fromEntries(wanted));
});

test("accidents are tried again, bugs are not", () => {
  expect(mayReconnect(lost)).toBe(true);
  expect(mayReconnect(new ConnectionClosed(4000, "tick timeout"))).toBe(true);
  expect(mayReconnect(new ConnectFailed("ws://x", "refused"))).toBe(true);
  expect(mayReconnect(new Error("wrapped", { cause: new ConnectFailed("ws://x", "refused") }))).toBe(true);
  expect(mayReconnect(new InvalidAnswer("health", "at root"))).toBe(false);
  expect(mayReconnect(new TypeError("x is not a function"))).toBe(false);
});
