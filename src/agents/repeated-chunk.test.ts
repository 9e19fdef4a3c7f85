import { expect, test } from "bun:test";
import { createRepeatedChunk } from "./repeated-chunk.ts";

const chunk = (content: string, more: object = {}) =>
  JSON.stringify({ id: "1", choices: [{ delta: { content }, finish_reason: null }], ...more });

test("a chunk that differs only in its text is read", () => {
  const repeated = createRepeatedChunk();
  expect(repeated.textOf(chunk("a"))).toBeNull();
  repeated.learn(chunk("a"), "a");
  expect(repeated.textOf(chunk(" 你好, ünïcode"))).toBe(" 你好, ünïcode");
});

test("anything else has to be parsed", () => {
  const repeated = createRepeatedChunk();
  repeated.learn(chunk("a"), "a");
  const finish = JSON.stringify({ id: "1", choices: [{ delta: { content: "b" }, finish_reason: "stop" }] });
  const split = chunk("b").replace("b", 'b"},"more":{"text":"');
  const others = [chunk(""), chunk('"'), chunk("\\"), chunk("\n"), chunk("b", { id: "2" }), finish, split];
  for (const data of [...others, "", "{", "[DONE]", chunk("b").slice(1), chunk("b").slice(0, -1)])
    expect(repeated.textOf(data)).toBeNull();
  // What has come before and after the text must not be the same characters.
  const short = createRepeatedChunk();
  short.learn('{"content":"a"}', "a");
  expect(short.textOf('{"content":"}')).toBeNull();
});

test("where two values could be the text, none is taken", () => {
  const repeated = createRepeatedChunk();
  repeated.learn(chunk("a", { metadata: { content: "a" } }), "a");
  expect(repeated.textOf(chunk("a", { metadata: { content: "b" } }))).toBeNull();
});

test("nothing more is learned from a server whose chunks all differ", () => {
  const repeated = createRepeatedChunk();
  for (let n = 0; n < 4; n += 1) repeated.learn(chunk("a", { pad: n }), "a");
  repeated.learn(chunk("a", { pad: "last" }), "a");
  expect(repeated.textOf(chunk("b", { pad: "last" }))).toBeNull();
});
