import { expect, test } from "bun:test";
import { signal } from "@preact/signals";
import type { ChatMessage } from "#protocol/domains/chat.ts";
import { isSameRow, lastQuestion, mergePage, type Reply, remaining, type Turn, toRows } from "./rows.ts";
import type { ToolCall } from "./tool-calls.ts";

function user(id: string, idempotencyKey?: string): ChatMessage {
  return { role: "user", content: [], timestamp: 1, id, ...(idempotencyKey && { idempotencyKey }) };
}

function assistant(id: string, runId?: string): ChatMessage {
  return { role: "assistant", content: [], timestamp: 2, id, ...(runId && { runId }) };
}

function turn(runId: string, reply: Reply, own?: string): Turn {
  return {
    runId,
    at: 3,
    sending: "sent",
    reply,
    text: signal(""),
    ...(own !== undefined && { own: { text: own, images: [] } }),
  };
}

const done = (message?: ChatMessage): Reply => ({ is: "done", ...(message && { message }) });
const keys = (messages: ChatMessage[], turns: Turn[]) => toRows(messages, turns).map(({ key }) => key);

test("the newest page joins on to what is known, and known messages stay the same objects", () => {
  const known = [user("1"), assistant("2"), user("3")];
  const merged = mergePage(known, [assistant("2"), user("3"), assistant("4")]);
  expect(merged.map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
  expect(merged[1]).toBe(known[1]);
  expect(merged[2]).toBe(known[2]);
});

test("a page that does not join on replaces what is known, since there may be a hole between", () => {
  expect(mergePage([user("1"), assistant("2")], [user("8"), assistant("9")]).map(({ id }) => id)).toEqual([
    "8",
    "9",
  ]);
});

test("a row keeps its key when the history takes the place of the turn", () => {
  const live = turn("r", { is: "live" }, "hello");
  expect(keys([], [live])).toEqual(["own:r", "run:r"]);
  expect(keys([user("1", "r")], [live])).toEqual(["own:r", "run:r"]);
  expect(keys([user("1", "r"), assistant("2", "r")], [])).toEqual(["own:r", "run:r"]);
});

test("several messages of one run have keys of their own", () => {
  expect(keys([user("1", "r"), assistant("2", "r"), assistant("3", "r")], [])).toEqual([
    "own:r",
    "run:r",
    "run:r:1",
  ]);
});

test("an answer stands after its question, before a later one", () => {
  const first = turn("a", { is: "live" }, "first");
  const second = turn("b", { is: "none" }, "second");
  expect(keys([user("1", "a"), user("2", "x")], [first, second])).toEqual([
    "own:a",
    "run:a",
    "own:x",
    "own:b",
  ]);
});

test("a turn is over when the history has its question and its answer", () => {
  const both = [user("1", "r"), assistant("2", "r")];
  expect(remaining([turn("r", done(assistant("2", "r")), "hello")], both)).toEqual([]);
  const waiting = turn("r", { is: "failed", sentence: "no" }, "hello");
  expect(remaining([waiting], [user("1", "r")])).toEqual([waiting]);
});

test("a message that only calls a tool is not yet the answer", () => {
  const call: ChatMessage = {
    ...assistant("2", "r"),
    content: [{ type: "toolCall", id: "t", name: "clock", arguments: {} }],
  };
  const live = turn("r", { is: "stopped", reason: "rpc" }, "what time is it");
  expect(keys([user("1", "r"), call], [live])).toEqual(["own:r", "run:r", "run:r:1"]);
});

test("an answer without text leaves no row", () => {
  expect(keys([user("1", "r")], [turn("r", done(), "/quiet")])).toEqual(["own:r"]);
});

const clock = { type: "toolCall" as const, id: "t", name: "clock", arguments: {} };
const noon: ChatMessage = {
  role: "toolResult",
  content: [{ type: "text", text: "noon" }],
  timestamp: 2,
  id: "3",
  toolCallId: "t",
  toolName: "clock",
};
const running: ToolCall = { id: "t", name: "clock", state: "running", at: 4 };

test("a call and its result are one row, wherever the result comes", () => {
  const asking = { ...assistant("2", "r"), content: [clock] };
  const rows = toRows([user("1", "r"), asking, noon, assistant("4", "r")], []);
  expect(rows.map(({ key }) => key)).toEqual(["own:r", "run:r", "run:r:1"]);
  expect(rows[1]).toMatchObject({ calls: [{ id: "t", state: "done" }] });
  expect(toRows([noon], []).map(({ is }) => is)).toEqual(["message"]);
});

test("a call that was seen live stays with the answer that a history does not tell it of", () => {
  const seen = new Map([["r", [running]]]);
  expect(toRows([user("1", "r")], [turn("r", { is: "live" }, "q")], seen)[1]).toMatchObject({
    is: "reply",
    calls: [running],
  });
  expect(toRows([user("1", "r"), assistant("2", "r")], [], seen)[1]).toMatchObject({ calls: [running] });
});

test("a call that the history tells of is not shown with the answer again, but says what is known live", () => {
  const asking = { ...assistant("2", "r"), content: [clock] };
  const rows = toRows(
    [user("1", "r"), asking],
    [turn("r", { is: "live" }, "q")],
    new Map([["r", [running]]]),
  );
  expect(rows[1]).toMatchObject({ calls: [{ id: "t", state: "running" }] });
  expect(rows[2]).toMatchObject({ is: "reply", calls: [] });
});

test("a row is drawn again only when something in it has changed", () => {
  const messages = [user("1", "r"), { ...assistant("2", "r"), content: [clock] }, noon];
  const [, first] = toRows(messages, []);
  const [, second] = toRows(messages, []);
  const [, third] = toRows(messages.slice(0, 2), []);
  if (first === undefined || second === undefined || third === undefined) throw new Error("no row");
  expect(isSameRow(first, second)).toBe(true);
  expect(isSameRow(first, third)).toBe(false);
});

test("the last question is the last thing said from here, sent or not, with its pictures", () => {
  const image = { type: "image" as const, data: "AAAA", mimeType: "image/png" };
  const said = { ...user("1"), content: [{ type: "text" as const, text: "look" }, image] };
  expect(lastQuestion(toRows([said, assistant("2")], []))).toEqual({ text: "look", images: [image] });
  expect(lastQuestion(toRows([said], [turn("r", { is: "none" }, "next")]))?.text).toBe("next");
  expect(lastQuestion([])).toBeUndefined();
});
