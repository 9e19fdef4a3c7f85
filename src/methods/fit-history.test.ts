import { expect, test } from "bun:test";
import type { ChatMessage } from "#protocol/domains/chat.ts";
import { fitHistory } from "./fit-history.ts";

const said = (id: string, text: string): ChatMessage => ({
  role: "user",
  content: [{ type: "text", text }],
  timestamp: 1,
  id,
});
const picture = (id: string, bytes: number): ChatMessage => ({
  role: "user",
  content: [
    { type: "text", text: "look" },
    { type: "image", data: "A".repeat(bytes), mimeType: "image/png" },
  ],
  timestamp: 1,
  id,
});
const json = (message: ChatMessage) => JSON.stringify(message);
const read = (texts: string[]) => texts.map((text) => JSON.parse(text) as ChatMessage);
const bytesOf = (texts: string[]) => Buffer.byteLength(texts.join(","));

test("what fits is left as it is", () => {
  const kept = [json(said("1", "a")), json(said("2", "b"))];
  expect(fitHistory(kept, [said("3", "c")], 10_000)).toEqual({
    texts: [...kept, json(said("3", "c"))],
    trimmed: false,
  });
  expect(fitHistory([], [], 10_000)).toEqual({ texts: [], trimmed: false });
});

test("the oldest go first, and whoever asks learns that there are more", () => {
  const kept = ["1", "2", "3"].map((id) => json(said(id, "x".repeat(4_000))));
  const { texts, trimmed } = fitHistory(kept, [], 10_000);
  expect(trimmed).toBe(true);
  expect(texts).toEqual(kept.slice(1));
});

test("a message that is larger than an answer is cut, in whatever script, and its session can be read", () => {
  for (const sign of ["y", "你", "𝄞", "\u0000", '"']) {
    const { texts, trimmed } = fitHistory(
      [json(said("1", "old")), json(said("2", sign.repeat(50_000)))],
      [],
      20_000,
    );
    expect(bytesOf(texts)).toBeLessThanOrEqual(20_000);
    expect(bytesOf(texts)).toBeGreaterThan(15_000);
    const [message] = read(texts).slice(-1);
    expect(message).toMatchObject({ id: "2", role: "user" });
    const [part] = message?.content ?? [];
    expect(part?.type === "text" && part.text).toStartWith(sign.repeat(1_000));
    expect(part?.type === "text" && part.text.isWellFormed()).toBe(true);
    expect(part?.type === "text" && part.text).toEndWith("[… too long to be shown whole]");
    expect(trimmed).toBe(texts.length === 1);
  }
});

test("all that wait are there, the newest whole, and one that is kept besides", () => {
  const waiting = ["w1", "w2", "w3"].map((id) => picture(id, 6_000));
  const { texts, trimmed } = fitHistory([json(said("1", "old")), json(picture("2", 6_000))], waiting, 18_000);
  expect(bytesOf(texts)).toBeLessThanOrEqual(18_000);
  const messages = read(texts);
  expect(messages.map(({ id }) => id).slice(-4)).toEqual(["2", "w1", "w2", "w3"]);
  expect(messages.at(-1)).toEqual(waiting[2] as ChatMessage);
  expect(messages.at(-3)?.content).toEqual([
    { type: "text", text: "look" },
    { type: "text", text: "[image/png: too large to be shown]" },
  ]);
  expect(trimmed).toBe(messages.length === 4);
});
