import { describe, expect, test } from "bun:test";
import { agentIdOf, canonicalKey, type KeyDefaults, keyOfAgent, kindOf } from "./key.ts";

const defaults: KeyDefaults = { defaultAgentId: "main", mainKey: "main", scope: "per-sender" };

describe("canonical keys", () => {
  const table: [string, string][] = [
    ["", "agent:main:main"],
    ["main", "agent:main:main"],
    ["MAIN", "agent:main:main"],
    ["agent:main:main", "agent:main:main"],
    ["agent:Work:Main", "agent:work:main"],
    ["agent:main:Telegram:group:-100", "agent:main:telegram:group:-100"],
    ["cron:job1", "agent:main:cron:job1"],
    ["agent:short", "agent:main:agent:short"],
    ["a\ud83d", "agent:main:a\ufffd"],
    ["global", "global"],
    ["unknown", "unknown"],
  ];
  test.each(table)("%p is %p", (asked, key) => {
    expect(canonicalKey(asked, defaults)).toBe(key);
    expect(canonicalKey(key, defaults)).toBe(key);
  });

  test("an agent that is named beside a key owns it, unless the key names one itself", () => {
    expect(keyOfAgent("main", "Work", defaults)).toBe("agent:work:main");
    expect(keyOfAgent("cron:job1", "work", defaults)).toBe("agent:work:cron:job1");
    expect(keyOfAgent("agent:main:x", "work", defaults)).toBe("agent:main:x");
    expect(keyOfAgent("main", undefined, defaults)).toBe("agent:main:main");
    expect(keyOfAgent("main", " ", defaults)).toBe("agent:main:main");
  });

  test("a key that its agent's name makes longer than the contract allows is refused", () => {
    expect(canonicalKey("k".repeat(501), defaults)).toHaveLength(512);
    expect(() => canonicalKey("k".repeat(502), defaults)).toThrow("at most 512 characters");
    // Lower case may be longer.
    expect(() => canonicalKey(`agent:main:${"İ".repeat(300)}`, defaults)).toThrow("at most 512 characters");
    expect(canonicalKey("𝄞".repeat(400), defaults)).toStartWith("agent:main:𝄞");
  });

  test("with one session for all, every main is it", () => {
    const global: KeyDefaults = { ...defaults, scope: "global" };
    expect(canonicalKey("main", global)).toBe("global");
    expect(canonicalKey("agent:main:main", global)).toBe("global");
  });
});

test("an agent id is brought into its one spelling", () => {
  expect(agentIdOf("My Agent!")).toBe("my-agent");
  expect(agentIdOf("***")).toBe("main");
  expect(agentIdOf("a".repeat(80))).toHaveLength(64);
});

test("the kind of a session shows in its key", () => {
  expect(kindOf("agent:main:main")).toBe("direct");
  expect(kindOf("agent:main:slack:channel:c1")).toBe("group");
  expect(kindOf("global")).toBe("global");
});
