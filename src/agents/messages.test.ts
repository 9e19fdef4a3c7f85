import { expect, test } from "bun:test";
import { toModelMessages } from "./messages.ts";
import type { TurnMessage } from "./runtime.ts";

const say = (role: TurnMessage["role"], text: string): TurnMessage => ({
  role,
  content: [{ type: "text", text }],
});
const input = [{ type: "text" as const, text: "now" }];

test("neighbours of the same role become one, since local servers want turns", () => {
  const history = [say("user", "a"), say("user", "b"), say("assistant", "c"), say("assistant", "d")];
  expect(toModelMessages(history, input, false)).toEqual([
    {
      role: "user",
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "c\n\nd" }] },
    { role: "user", content: [{ type: "text", text: "now" }] },
  ]);
});

test("a conversation that begins with the assistant gets a user's turn before it", () => {
  expect(toModelMessages([say("assistant", "hi")], input, false).map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "user",
  ]);
});

test("thinking, tool traffic and answers without a word stay behind", () => {
  const history: TurnMessage[] = [
    say("user", "a"),
    { role: "assistant", content: [{ type: "thinking", thinking: "hm" }] },
    { role: "assistant", content: [{ type: "toolCall", id: "1", name: "x", arguments: {} }] },
    say("toolResult", "42"),
    say("assistant", "b"),
  ];
  expect(JSON.stringify(toModelMessages(history, input, false))).not.toMatch(/hm|42|toolCall/);
});
