/**
 * A model that says 500 tokens at 1,000 a second to each who asks, as OpenAI's chat completions stream them: one event
 * a token, and what has fallen due is written every 5 ms, so that a write brings five tokens while the machine keeps
 * up. It runs in a process of its own, or its work would count as the reader's. Prints its base URL; who posts a number
 * to `/pace` there sets how many tokens a millisecond the answers that begin later have.
 */
const tokens = 500;
const writeEveryMs = 5;
let tokensPerMs = 1;

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-0123456789abcdefghijklmnopqrs",
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: "gpt-6-sol",
    system_fingerprint: "fp_0123456789",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  })}\n\n`;
const words = ["The", " quick", " brown", " fox", " jumps", " over", " the", " lazy", " dog", "."];
const spoken = words.map((content) => chunk({ content }));
const usage = { prompt_tokens: 100, completion_tokens: tokens, total_tokens: 100 + tokens };
const ending = `${chunk({}, { finish_reason: "stop" })}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`;

interface Stream {
  controller: ReadableStreamDefaultController<Uint8Array>;
  startedAt: number;
  tokensPerMs: number;
  said: number;
}

const encoder = new TextEncoder();
const streams = new Set<Stream>();

setInterval(() => {
  const now = performance.now();
  for (const stream of streams) {
    const due = Math.min(tokens, Math.floor((now - stream.startedAt) * stream.tokensPerMs));
    let text = "";
    for (; stream.said < due; stream.said += 1) text += spoken[stream.said % spoken.length];
    const isOver = due === tokens;
    if (isOver) text += ending;
    if (text !== "") stream.controller.enqueue(encoder.encode(text));
    if (!isOver) continue;
    stream.controller.close();
    streams.delete(stream);
  }
}, writeEveryMs);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const asked = await request.text();
    if (new URL(request.url).pathname === "/v1/pace") {
      tokensPerMs = Number(asked);
      return new Response();
    }
    let stream: Stream | null = null;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = { controller, startedAt: performance.now(), tokensPerMs, said: 0 };
        streams.add(stream);
      },
      cancel() {
        if (stream !== null) streams.delete(stream);
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  },
});
console.log(`http://127.0.0.1:${server.port}/v1`);
