import { expect, test } from "bun:test";
import { createAsking } from "#src/agents/asking.ts";
import type { ResolvedModel } from "#src/agents/catalog.ts";

/** A server that says a word and its last word, and ends the stream when it is told; it knows who came from where. */
function serve(path: "chat/completions" | "responses") {
  const ports: (number | undefined)[] = [];
  let end = () => {};
  const gone = Promise.withResolvers<void>();
  const words: Record<typeof path, string[]> = {
    "chat/completions": ['{"choices":[{"delta":{"content":"hello"},"finish_reason":"stop"}]}', "[DONE]"],
    responses: [
      '{"type":"response.output_text.delta","delta":"hello"}',
      '{"type":"response.completed","response":{}}',
    ],
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, server) {
      ports.push(server.requestIP(request)?.port);
      await request.text();
      const body = new ReadableStream({
        start(controller) {
          for (const word of words[path]) controller.enqueue(`data: ${word}\n\n`);
          end = () => controller.close();
        },
        cancel: () => gone.resolve(),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const model = {
    provider: "local",
    model: "m",
    api: path === "responses" ? "openai-responses" : "openai-completions",
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    headers: {},
  } as ResolvedModel;
  return {
    ports,
    gone: gone.promise,
    end: () => end(),
    async ask(): Promise<string> {
      const ask = createAsking({ readSecret: async () => null });
      const { end } = await ask({
        model,
        system: "",
        messages: [],
        signal: new AbortController().signal,
        deadline: null,
        emit: () => undefined,
      });
      return end.reason;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

for (const path of ["chat/completions", "responses"] as const) {
  test(`one connection serves one question after the other (${path})`, async () => {
    using server = serve(path);
    const isReused = () => new Set(server.ports).size < server.ports.length;
    // When the client has read the end, nobody here can see.
    for (let asked = 0; asked < 50 && !isReused(); asked += 1) {
      expect(await server.ask()).toBe("stop");
      server.end();
    }
    expect(isReused()).toBe(true);
  });

  test(`a server that does not end its stream is left (${path})`, async () => {
    using server = serve(path);
    expect(await server.ask()).toBe("stop");
    await server.gone;
  });
}
