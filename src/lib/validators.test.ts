import { describe, expect, test } from "bun:test";
import {
  checkAccepted,
  checkEvent,
  checkFrame,
  checkParams,
  checkRequestFrame,
  checkResult,
  tooComplex,
} from "./validators.ts";

describe("params", () => {
  test("valid ones pass", () => {
    expect(checkParams("system.echo", { text: "hello" })).toBeNull();
    expect(checkParams("agents.list", {})).toBeNull();
  });

  test("everything that is missing is named, in the words that clients show", () => {
    expect(checkParams("chat.inject", { label: "cron" })).toBe(
      "must have required property 'sessionKey'; must have required property 'message'",
    );
  });

  test("an unknown key is named with its place", () => {
    expect(checkParams("system.echo", { text: "hello", loud: true })).toBe(
      "at root: unexpected property 'loud'",
    );
  });

  test("a wrong value is named with its place", () => {
    expect(checkParams("logs.tail", { limit: 0, cursor: 1.5 })).toBe(
      "at /cursor: must be integer; at /limit: must be >= 1",
    );
  });

  test("a wrong word is told the right ones", () => {
    expect(checkParams("sessions.patch", { key: "main", verboseLevel: "loud" })).toBe(
      "at /verboseLevel: must be equal to one of the allowed values (on, off, full, null)",
    );
  });

  test("a wrong client mode is told at its place", () => {
    const client = { id: "cli", version: "1", platform: "linux", mode: "operator" };
    expect(checkParams("connect", { minProtocol: 3, maxProtocol: 3, client })).toBe(
      "at /client/mode: must be equal to one of the allowed values (webchat, cli, ui, backend, node, probe, test, worker)",
    );
  });

  test("a tolerant method loses what it does not know, at every level", () => {
    const params = {
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: "cli", version: "1", platform: "linux", mode: "cli", shoeSize: 44 },
      auth: { token: "t", agentRuntimeIdentityToken: "x" },
      future: { yes: true },
    };
    expect(checkParams("connect", params)).toBeNull();
    expect(params as object).toEqual({
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: "cli", version: "1", platform: "linux", mode: "cli" },
      auth: { token: "t" },
    });
  });

  test("a tolerant method still refuses a known key with a wrong value", () => {
    expect(checkParams("chat.abort", { sessionKey: 7, future: 1 })).toBe("at /sessionKey: must be string");
  });

  test("null clears, and is no wrong value", () => {
    expect(checkParams("sessions.patch", { key: "main", label: null, thinkingLevel: null })).toBeNull();
  });

  test("a key called __proto__ is refused like any other", () => {
    expect(checkParams("system.echo", JSON.parse('{"text":"x","__proto__":{"a":1}}'))).toBe(
      "at root: unexpected property '__proto__'",
    );
  });

  test("thousands of mistakes give a short text", () => {
    const params: Record<string, unknown> = { text: "x" };
    for (let index = 0; index < 5000; index += 1) params[`key${index}${"x".repeat(200)}`] = 1;
    const verdict = checkParams("system.echo", params) ?? "";
    expect(verdict.split("; ")).toHaveLength(9);
    expect(verdict).toEndWith("; and more");
    expect(verdict.length).toBeLessThan(1000);
  });

  test("lengths count UTF-16 units, in time that does not grow with the text", () => {
    const key = "😀".repeat(256);
    expect(checkParams("chat.subscribe", { sessionKey: key })).toBeNull();
    expect(checkParams("chat.subscribe", { sessionKey: `${key}a` })).toBe(
      "at /sessionKey: must NOT have more than 512 characters",
    );
  });
});

describe("answers and events", () => {
  test("an answer with another shape is told apart from a right one", () => {
    expect(checkResult("system.echo", { ok: true, text: "hello" })).toBeNull();
    expect(checkResult("system.echo", { ok: true })).toBe("must have required property 'text'");
  });

  test("a method that answers twice has two shapes", () => {
    const accepted = { runId: "r", status: "accepted", acceptedAt: 1 };
    expect(checkAccepted("agent", accepted)).toBeNull();
    expect(checkResult("agent", accepted)).not.toBeNull();
  });

  test("the arm of an event is chosen by its tag", () => {
    const common = { runId: "r", sessionKey: "main", seq: 1 };
    expect(checkEvent("chat", { ...common, state: "final" })).toBeNull();
    expect(checkEvent("chat", { ...common, state: "aborted" })).toBe(
      "must have required property 'stopReason'",
    );
    expect(checkEvent("chat", { ...common, state: "sung" })).toBe('value of tag "state" must be in oneOf');
  });
});

describe("frames", () => {
  test("a request is a request", () => {
    const frame = { type: "req", id: "1", method: "health" };
    expect(checkRequestFrame(frame)).toBeNull();
    expect(checkFrame(frame)).toBeNull();
    expect(checkRequestFrame({ ...frame, extra: 1 })).toBe("at root: unexpected property 'extra'");
    expect(checkRequestFrame({ ...frame, id: "" })).toBe("at /id: must NOT have fewer than 1 characters");
    expect(checkRequestFrame(["req"])).toBe("must be object");
  });

  test("an answer is a frame, but no request", () => {
    const frame = { type: "res", id: "1", ok: true };
    expect(checkFrame(frame)).toBeNull();
    expect(checkRequestFrame(frame)).not.toBeNull();
  });
});

describe("too complex", () => {
  function nested(depth: number): unknown {
    let value: unknown = [];
    for (let level = 1; level < depth; level += 1) value = level % 2 === 0 ? [value] : { inner: value };
    return value;
  }

  test("64 levels pass, 65 do not", () => {
    expect(tooComplex(nested(64))).toBeNull();
    expect(tooComplex(nested(65))).toBe("nested deeper than 64 levels");
  });

  test("a nesting that would overflow the stack is refused", () => {
    expect(tooComplex(nested(200_000))).toBe("nested deeper than 64 levels");
  });

  test("10,000 keys and items pass, one more does not, wherever they are", () => {
    const list = Array.from({ length: 9_000 }, () => 1);
    const object = Object.fromEntries(Array.from({ length: 998 }, (_, index) => [`k${index}`, index]));
    expect(tooComplex({ list, object })).toBeNull();
    expect(tooComplex({ list, object: { ...object, more: 1 } })).toBe("more than 10000 keys and list items");
  });

  test("plain values are simple", () => {
    for (const value of [null, undefined, "text", 7, true]) expect(tooComplex(value)).toBeNull();
  });
});
