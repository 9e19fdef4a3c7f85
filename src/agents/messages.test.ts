import { describe, expect, test } from "bun:test";
import type { ContentPart } from "#protocol/domains/chat.ts";
import { toModelMessages } from "./messages.ts";
import type { TurnMessage } from "./runtime.ts";

const say = (role: TurnMessage["role"], text: string): TurnMessage => ({
  role,
  content: [{ type: "text", text }],
});
const plain = { seesImages: false, knowsTools: false };
const capable = { seesImages: true, knowsTools: true };
const call = (id: string, name = "clock"): ContentPart => ({
  type: "toolCall",
  id,
  name,
  arguments: { zone: id },
});
const result = (toolCallId: string, text: string): TurnMessage => ({
  ...say("toolResult", text),
  toolCallId,
});
const calledPart = (id: string) => ({
  type: "tool-call",
  toolCallId: id,
  toolName: "clock",
  input: { zone: id },
});
const resultPart = (id: string, value: string) => ({
  type: "tool-result",
  toolCallId: id,
  toolName: "clock",
  output: { type: "text", value },
});
const input = [{ type: "text" as const, text: "now" }];

test("neighbours of the same role become one, since local servers want turns", () => {
  const history = [say("user", "a"), say("user", "b"), say("assistant", "c"), say("assistant", "d")];
  expect(toModelMessages(history, input, plain)).toEqual([
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
  expect(toModelMessages([say("assistant", "hi")], input, plain).map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "user",
  ]);
});

test("thinking and answers without a word stay behind", () => {
  const history: TurnMessage[] = [
    say("user", "a"),
    { role: "assistant", content: [{ type: "thinking", thinking: "hm" }] },
    say("assistant", "b"),
  ];
  expect(JSON.stringify(toModelMessages(history, input, plain))).not.toContain("hm");
});

describe("calls and their results", () => {
  const talk: TurnMessage[] = [
    say("user", "what time is it?"),
    { role: "assistant", content: [{ type: "text", text: "Let me look." }, call("a"), call("b")] },
    result("b", "two"),
    result("a", "one"),
  ];

  test("go as such where tools are offered, in the order of the calls", () => {
    expect(toModelMessages(talk, [], capable)).toEqual([
      { role: "user", content: [{ type: "text", text: "what time is it?" }] },
      {
        role: "assistant",
        content: [{ type: "text", text: "Let me look." }, calledPart("a"), calledPart("b")],
      },
      { role: "tool", content: [resultPart("a", "one"), resultPart("b", "two")] },
    ] as ReturnType<typeof toModelMessages>);
  });

  test("go in words where none are offered, since many servers refuse them there", () => {
    expect(toModelMessages(talk, input, plain).slice(1)).toEqual([
      {
        role: "assistant",
        content: [
          {
            type: "text",
            text: 'Let me look.\n\n[called clock with {"zone":"a"}]\n\n[called clock with {"zone":"b"}]',
          },
        ],
      },
      {
        role: "user",
        content: [
          { type: "text", text: "[tool result] two" },
          { type: "text", text: "[tool result] one" },
          { type: "text", text: "now" },
        ],
      },
    ]);
  });

  test("are paired whatever is missing: a call gets a result, and a result without a call is told in words", () => {
    const history = [
      result("lost", "zero"),
      { role: "assistant" as const, content: [call("a"), call("b")] },
      result("b", "two"),
    ];
    expect(toModelMessages(history, input, capable)).toEqual([
      { role: "user", content: [{ type: "text", text: "[tool result] zero" }] },
      { role: "assistant", content: [calledPart("a"), calledPart("b")] },
      { role: "tool", content: [resultPart("a", "[no result came]"), resultPart("b", "two")] },
      { role: "user", content: [{ type: "text", text: "now" }] },
    ] as ReturnType<typeof toModelMessages>);
  });
});
