import { expect, test } from "bun:test";
import { createCallThoughts } from "#src/agents/call-thoughts.ts";
import type { Piece } from "#src/agents/pieces.ts";
import { openResponses } from "#src/agents/responses.ts";

/** What is made of a stream with these events. */
async function piecesOf(...events: unknown[]): Promise<Piece[]> {
  const body = events.map(
    (event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`,
  );
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(body.join(""), { headers: { "content-type": "text/event-stream" } }),
  });
  const opened = await openResponses({
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    headers: {},
    apiKey: null,
    model: "m",
    system: "",
    messages: [],
    tools: null,
    effort: null,
    sampling: {},
    format: null,
    thoughts: createCallThoughts(),
    signal: new AbortController().signal,
  });
  const all: Piece[] = [];
  for (let batch = await opened.read(); batch !== null; batch = await opened.read()) all.push(...batch);
  return all;
}

const text = (delta: unknown) => ({ type: "response.output_text.delta", delta });

test("texts, refusals and thoughts are told apart, and nothing counts after the end", async () => {
  const thought = { type: "response.reasoning_text.delta", delta: "hm" };
  const refusal = { type: "response.refusal.delta", delta: "I can't" };
  const done = { type: "response.completed", response: { usage: { input_tokens: 3, output_tokens: 2.4 } } };
  expect(await piecesOf(thought, text("Sorry. "), refusal, done, text("late"), "[DONE]")).toEqual([
    { t: "reasoning", delta: "hm" },
    { t: "text", delta: "Sorry. I can't" },
    { t: "usage", usage: { input: 3, output: 2 } },
    { t: "finish", reason: "stop" },
  ]);
});

test("an error comes in three shapes", async () => {
  const message = "Rate limit reached";
  const flat = { type: "error", code: "rate_limit_exceeded", message, param: null };
  expect(await piecesOf(flat)).toEqual([{ t: "error", error: flat }]);
  const error = { code: "rate_limit_exceeded", message };
  expect(await piecesOf({ type: "error", error })).toEqual([{ t: "error", error }]);
  expect(await piecesOf({ type: "response.failed", response: { error } })).toEqual([{ t: "error", error }]);
});

test("strange events break nothing, and an end that is missing is not invented", async () => {
  const strange = [text(null), text(7), text(""), { type: "response.new" }, {}, [], { type: 1 }, text("ok")];
  expect(await piecesOf(...strange, "[DONE]")).toEqual([{ t: "text", delta: "ok" }]);
  expect(await piecesOf({ type: "response.completed" })).toEqual([{ t: "finish", reason: "stop" }]);
  expect(await piecesOf({ type: "response.incomplete", response: null })).toEqual([
    { t: "finish", reason: "length" },
  ]);
  const [broken] = await piecesOf("{oops");
  expect(broken?.t).toBe("error");
});
