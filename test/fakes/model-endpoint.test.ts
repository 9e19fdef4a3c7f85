import { expect, test } from "bun:test";
import { startModelEndpoint } from "./model-endpoint.ts";

function ask(baseUrl: string, signal: AbortSignal | null = null): Promise<Response> {
  const body = JSON.stringify({
    model: "m",
    stream: true,
    messages: [{ role: "user", content: "hi there" }],
  });
  return fetch(`${baseUrl}/chat/completions`, { method: "POST", body, signal });
}

test("it lists its models and refuses what it has no route for", async () => {
  await using endpoint = await startModelEndpoint({ models: ["a", "b"] });
  const listed = (await (await fetch(`${endpoint.baseUrl}/models`)).json()) as { data: { id: string }[] };
  expect(listed.data.map(({ id }) => id)).toEqual(["a", "b"]);
  expect((await fetch(`${endpoint.url}/nowhere`)).status).toBe(404);
  expect(endpoint.requests).toEqual([]);
});

test("it echoes by default and records what it was asked", async () => {
  await using endpoint = await startModelEndpoint();
  const said = await (await ask(endpoint.baseUrl)).text();
  expect(said).toContain('"content":" there"');
  expect(said).toEndWith("data: [DONE]\n\n");
  expect(endpoint.requests[0]).toMatchObject({
    api: "openai",
    model: "m",
    messages: [{ role: "user", content: "hi there" }],
    done: true,
    aborted: false,
  });
});

test("paced words come only as they are released, before or after the request", async () => {
  await using endpoint = await startModelEndpoint({ mode: "paced", reply: () => "a b c" });
  endpoint.release(1);
  const reader = ((await ask(endpoint.baseUrl)).body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let seen = "";
  const readUntil = async (word: string) => {
    while (!seen.includes(word)) seen += decoder.decode((await reader.read()).value, { stream: true });
  };
  await readUntil('"content":"a"');
  expect(seen).not.toContain('"content":" b"');
  endpoint.release();
  await readUntil("[DONE]");
  expect(seen).toContain('"content":" c"');
});

test("it sees a client go away", async () => {
  await using endpoint = await startModelEndpoint({ mode: "slow" });
  const controller = new AbortController();
  const asked = ask(endpoint.baseUrl, controller.signal).catch(() => null);
  await endpoint.waitForRequest();
  controller.abort();
  await asked;
  expect((await endpoint.waitForAbort()).aborted).toBe(true);
});
