import { expect, test } from "bun:test";
import { maySend, type SendPolicy } from "./send-policy.ts";

const topic = {
  key: "agent:main:telegram:group:-5:topic:7",
  channel: "telegram",
  kind: "group",
  own: undefined,
} as const;
const direct = { ...topic, key: "agent:main:telegram:dm:1", kind: "direct" } as const;

test("a reply is sent unless a rule, the default, or the session itself says otherwise", () => {
  const policy: SendPolicy = {
    default: "allow",
    rules: [
      { action: "allow", match: { keyPrefix: "agent:main:Telegram:group:-5:topic:7" } },
      { action: "deny", match: { channel: "Telegram", chatType: "group" } },
      { action: "deny", match: { chatType: "thread" } },
    ],
  };
  expect(maySend(topic, undefined)).toBe(true);
  expect(maySend(topic, policy)).toBe(true);
  expect(maySend({ ...topic, own: "deny" }, policy)).toBe(false);
  const group = { ...topic, key: "agent:main:telegram:group:-5" };
  expect(maySend(group, policy)).toBe(false);
  expect(maySend({ ...group, own: "allow" }, policy)).toBe(true);
  expect(maySend({ ...group, channel: "discord" }, policy)).toBe(true);
  expect(maySend({ ...direct, key: "agent:main:main:thread:3" }, policy)).toBe(false);
  expect(maySend(direct, policy)).toBe(true);
  expect(maySend(direct, { default: "deny", rules: [{ action: "allow", match: { chatType: "dm" } }] })).toBe(
    true,
  );
  expect(maySend(group, { default: "deny", rules: [] })).toBe(false);
});
