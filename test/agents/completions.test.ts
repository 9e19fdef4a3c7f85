import { describe, expect, test } from "bun:test";
import { createCallThoughts } from "#src/agents/call-thoughts.ts";
import { openCompletions } from "#src/agents/completions.ts";
import type { Piece } from "#src/agents/pieces.ts";

/** A server that sends these bytes, one write for each text, and keeps what it was asked. */
function serve(...writes: (string | Uint8Array)[]) {
  const asked: Record<string, unknown>[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      asked.push((await request.json()) as Record<string, unknown>);
      const body = new ReadableStream({
        async start(controller) {
          for (const write of writes) {
            controller.enqueue(typeof write === "string" ? new TextEncoder().encode(write) : write);
            await new Promise(setImmediate);
          }
          controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return {
    asked,
    async pieces(messages: Parameters<typeof openCompletions>[0]["messages"] = []): Promise<Piece[]> {
      const opened = await openCompletions({
        baseUrl: `http://127.0.0.1:${server.port}/v1`,
        headers: {},
        apiKey: null,
        model: "m",
        system: "",
        messages,
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
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

const chunk = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const text = (content: unknown) => chunk({ choices: [{ delta: { content } }] });

describe("what servers send", () => {
  test("is read wherever the socket cuts it, in the middle of a character too", async () => {
    const bytes = new TextEncoder().encode(`${text("你好")}${text(" world")}data: [DONE]\n\n`);
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    using server = serve(...single);
    const pieces = await server.pieces();
    // How many pieces it is depends on what comes together.
    expect(pieces.map((piece) => (piece.t === "text" ? piece.delta : "")).join("")).toBe("你好 world");
    expect(pieces.at(-1)).toEqual({ t: "finish", reason: "" });
  });

  test("may have comments, other line ends, no blank after the colon, and no end after the last line", async () => {
    const plain = JSON.stringify({ choices: [{ delta: { content: "a" }, finish_reason: "stop" }] });
    using server = serve(": hello\r\n\r\n", "event: x\r\n", `data:${plain}`);
    expect(await server.pieces()).toEqual([
      { t: "text", delta: "a" },
      { t: "finish", reason: "stop" },
    ]);
  });

  test("may be parts, thoughts under either name, refusals, and counts that come more than once", async () => {
    using server = serve(
      chunk({ choices: [{ delta: { reasoning: "hm" } }] }),
      text([
        { type: "thinking", thinking: [{ type: "text", text: "so" }] },
        { type: "text", text: "a" },
      ]),
      chunk({ choices: [{ delta: { refusal: "no" } }], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
      chunk({
        choices: [],
        usage: {
          prompt_tokens: 9,
          completion_tokens: 2,
          prompt_tokens_details: { cached_tokens: 4 },
          cost: 0.25,
        },
      }),
    );
    expect(await server.pieces()).toEqual([
      { t: "reasoning", delta: "hm" },
      { t: "reasoning", delta: "so" },
      { t: "text", delta: "a" },
      { t: "text", delta: "no" },
      { t: "usage", usage: { input: 1, output: 1 } },
      { t: "usage", usage: { input: 9, output: 2, cacheRead: 4, cost: 0.25 } },
    ]);
  });

  test("may be calls beside a text, however alike the chunks are", async () => {
    const call = { index: 0, id: "a", function: { name: "clock" } };
    const piece = (content: string, args: string) =>
      chunk({
        choices: [{ delta: { content, tool_calls: [{ ...call, function: { arguments: args } }] } }],
      });
    using server = serve(
      chunk({ choices: [{ delta: { tool_calls: [call] } }] }),
      piece("a", "{}"),
      piece("b", " "),
      piece("c", " "),
      chunk({ choices: [{ delta: {}, finish_reason: "tool_calls" }] }),
      "data: [DONE]\n\n",
    );
    const pieces = await server.pieces();
    expect(pieces.filter(({ t }) => t !== "text")).toEqual([
      { t: "call", call: { id: "a", name: "clock", arguments: "{}  " } },
      { t: "finish", reason: "tool_calls" },
      { t: "finish", reason: "" },
    ]);
    expect(pieces.flatMap((each) => (each.t === "text" ? [each.delta] : [])).join("")).toBe("abc");
  });

  test("may be calls that never end, which are none", async () => {
    const call = { index: 0, id: "a", function: { name: "clock", arguments: "{}" } };
    using server = serve(chunk({ choices: [{ delta: { tool_calls: [call] } }] }));
    expect(await server.pieces()).toEqual([]);
  });

  test("may be strange, and breaks nothing", async () => {
    using server = serve(
      chunk({}),
      chunk({ choices: null }),
      chunk({ choices: [{ delta: null }] }),
      chunk({ choices: [{ delta: { tool_calls: [null, 7, {}, { function: null }] } }] }),
      chunk(7),
    );
    expect(await server.pieces()).toEqual([]);
  });
});

test("texts go as one text, since many servers know no parts; images as addresses that hold them", async () => {
  using server = serve("data: [DONE]\n\n");
  await server.pieces([
    {
      role: "user",
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    },
    {
      role: "user",
      content: [
        { type: "text", text: "look" },
        { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBORw0KGgo=" } },
      ],
    },
  ]);
  expect(server.asked[0]?.messages).toEqual([
    { role: "user", content: "a\n\nb" },
    {
      role: "user",
      content: [
        { type: "text", text: "look" },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      ],
    },
  ]);
});
