import { expect, test } from "bun:test";
import { addressOf, readTarget } from "./conversations.ts";
import { reactionFor } from "./reactions.ts";

test("targets are read as people write them", () => {
  expect(readTarget("tg:-1001234567890:topic:12")).toEqual({ chat: -1001234567890, thread: "12" });
  expect(readTarget("t.me/c/1234567890/12/99")).toEqual({ chat: -1001234567890, thread: "12" });
  expect(readTarget("https://t.me/c/1234567890/99")).toEqual({ chat: -1001234567890 });
  expect(readTarget("https://t.me/some_group?x=1")).toEqual({ chat: "@some_group" });
  for (const text of ["0", "-", "1e5", "@a b", "77:", "77:topic:x", "https://evil.example/t.me"]) {
    expect(() => readTarget(text)).toThrow("is no target");
  }
});

test("a message into the general topic names no topic", () => {
  expect(addressOf({ kind: "group", id: "-1", thread: "1" }).topic).toEqual({});
  expect(addressOf({ kind: "group", id: "-1", thread: "7" }).topic).toEqual({ message_thread_id: 7 });
});

test("a reaction that Telegram does not have becomes one that says nearly the same", () => {
  expect(reactionFor("❤️")).toBe("❤");
  expect(reactionFor("👍🏽")).toBe("👍");
  expect(reactionFor("✅")).toBe("👌");
  expect(reactionFor("🦞")).toBe("👀");
  expect(reactionFor("🧦")).toBeNull();
});
