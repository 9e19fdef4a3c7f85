import { expect, test } from "bun:test";
import { between, callOf, type ToolCall, withoutRunning, withToolEvent } from "./tool-calls.ts";
import { brief, picturesIn, readable } from "./tool-output.ts";

const started = { phase: "start", name: "clock", toolCallId: "a", args: { zone: "UTC" } } as const;
const call: ToolCall = { id: "a", name: "clock", state: "running", args: { zone: "UTC" }, at: 7 };

test("a call keeps what it was asked, and where, through all that is heard of it", () => {
  let calls = withToolEvent([], started, 7);
  expect(calls).toEqual([{ ...call, output: undefined }]);
  calls = withToolEvent(calls, { phase: "update", name: "clock", toolCallId: "a", partialResult: "tick" }, 9);
  expect(calls).toEqual([{ ...call, output: "tick" }]);
  const result = { phase: "result", name: "clock", toolCallId: "a", isError: false } as const;
  expect(withToolEvent(calls, result, 9)).toEqual([{ ...call, state: "done", output: "tick" }]);
  expect(withToolEvent(calls, { ...result, result: "noon" }, 9)[0]?.output).toBe("noon");
});

test("a result whose start was missed is a call all the same", () => {
  const result = {
    phase: "result",
    name: "clock",
    toolCallId: "b",
    isError: true,
    result: "broken",
  } as const;
  expect(withToolEvent([], result, 3)).toEqual([
    { id: "b", name: "clock", at: 3, state: "failed", args: undefined, output: "broken" },
  ]);
});

test("when a run is over, nothing of it runs on", () => {
  const done: ToolCall = { ...call, id: "b", state: "done" };
  expect(withoutRunning([call, done])).toEqual([{ ...call, state: "unknown" }, done]);
  const over = [done];
  expect(withoutRunning(over)).toBe(over);
});

test("a call in the history says what its result says, else what was seen live, else nothing", () => {
  const part = { type: "toolCall" as const, id: "a", name: "clock", arguments: { zone: "UTC" } };
  const result = {
    role: "toolResult" as const,
    content: [{ type: "text" as const, text: "noon" }],
    timestamp: 1,
    toolCallId: "a",
    toolName: "clock",
  };
  expect(callOf(part, result)).toEqual({
    id: "a",
    name: "clock",
    args: { zone: "UTC" },
    state: "done",
    output: result.content,
  });
  expect(callOf(part, { ...result, isError: true }).state).toBe("failed");
  expect(callOf(part, undefined, call).state).toBe("running");
  expect(callOf(part).state).toBe("unknown");
});

test("a run's text is cut where its tools were used, also where they were used at once", () => {
  const text = "before between after";
  const calls = [
    { ...call, at: 7 },
    { ...call, id: "b", at: 7 },
    { ...call, id: "c", at: 15 },
  ];
  expect(between(text, calls)).toEqual({ pieces: ["before ", "", "between "], rest: "after" });
  expect(between("short", [{ ...call, at: 99 }])).toEqual({ pieces: ["short"], rest: "" });
});

test("an output is read whatever it is wrapped in", () => {
  expect(readable("plain")).toBe("plain");
  expect(readable(undefined)).toBe("");
  expect(readable(null)).toBe("");
  expect(
    readable([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ]),
  ).toBe("a\nb");
  expect(readable({ content: [{ type: "text", text: "a" }] })).toBe("a");
  expect(readable({ content: "text" })).toBe('{\n  "content": "text"\n}');
  expect(readable([1, 2])).toBe("[\n  1,\n  2\n]");
  expect(readable(0)).toBe("0");
  expect(readable("x".repeat(50_000))).toHaveLength(20_002);
});

test("pictures in an output are shown, not spelt out", () => {
  const image = { type: "image", data: "AAAA", mimeType: "image/png" } as const;
  const output = { content: [{ type: "text", text: "a map" }, image] };
  expect(readable(output)).toBe("a map");
  expect(picturesIn(output)).toEqual([image]);
  expect(picturesIn("a map")).toEqual([]);
  expect(picturesIn([{ type: "image" }, null])).toEqual([]);
});

test("a line says for what: the first argument that is a text, shortened", () => {
  expect(brief({ count: 3, query: "weather\n in Lisbon" })).toBe("weather in Lisbon");
  expect(brief({ count: 3 })).toBe("3");
  expect(brief({ empty: "", list: ["a"] })).toBe("");
  expect(brief({ query: "x".repeat(200) })).toHaveLength(80);
  expect(brief({})).toBe("");
  expect(brief(undefined)).toBe("");
});
