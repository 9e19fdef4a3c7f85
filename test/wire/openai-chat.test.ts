import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { APIError, AuthenticationError, BadRequestError, RateLimitError } from "openai";
import { chatOf } from "./model-house.ts";
import { endpointsOn, hello, openAiOf, post, startOpenAiHouse } from "./openai-house.ts";
import { startHouse } from "./start-house.ts";

const said = "one two three four five six";

describe("chat completions by the OpenAI SDK", () => {
  test("answer with the agent's words, why they end, and what they took", async () => {
    await using world = await startOpenAiHouse({ reply: () => said });
    const answer = await openAiOf(world).chat.completions.create({ ...hello, model: "openclaw" });
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^chatcmpl_/),
      object: "chat.completion",
      model: "openclaw",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: said } }],
    });
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage ?? {};
    expect(prompt_tokens).toBeGreaterThan(0);
    expect(completion_tokens).toBeGreaterThan(0);
    expect(total_tokens).toBe((prompt_tokens ?? 0) + (completion_tokens ?? 0));
    await using client = await world.house.connect();
    const { sessions } = await client.call("sessions.list", {});
    expect(sessions.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^agent:main:openai:[0-9a-f]{32}$/),
    ]);
  });

  test("tell the model what was said before as turns of its own, and what was ordered", async () => {
    await using world = await startOpenAiHouse();
    await openAiOf(world).chat.completions.create({
      model: "moltbot",
      messages: [
        { role: "system", content: "Answer in verse." },
        { role: "user", content: "first" },
        { role: "assistant", content: "a first answer" },
        { role: "user", content: "second" },
      ],
    });
    const [request] = world.model.requests;
    expect(request?.system).toContain("Answer in verse.");
    expect(request?.messages).toEqual([
      { role: "user", content: "first" },
      { role: "assistant", content: "a first answer" },
      { role: "user", content: "second" },
    ]);
  });

  test("stream: the role, the words as they come, the reason, and the counts where they are asked for", async () => {
    await using world = await startOpenAiHouse({ reply: () => said, paceMs: 30 });
    const stream = await openAiOf(world).chat.completions.create({
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    const pieces = chunks.slice(1).map((chunk) => chunk.choices[0]?.delta.content ?? "");
    expect(pieces.join("")).toBe(said);
    expect(pieces.filter((piece) => piece !== "").length).toBeGreaterThan(1);
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("say `length` where the model's limit cut the answer, at once and in a stream", async () => {
    await using world = await startOpenAiHouse({ reply: () => said, mode: "length" });
    const openai = openAiOf(world);
    const answer = await openai.chat.completions.create(hello);
    expect(answer.choices[0]?.finish_reason).toBe("length");
    const chunks = await Array.fromAsync(await openai.chat.completions.create({ ...hello, stream: true }));
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("length");
  });

  test("keep one conversation per user, or per session that a header names", async () => {
    await using world = await startOpenAiHouse();
    const openai = openAiOf(world);
    for (const content of ["first", "second"]) {
      await openai.chat.completions.create({
        model: "moltbot",
        user: "Ada",
        messages: [{ role: "user", content }],
      });
    }
    expect(world.model.requests[1]?.messages.map(({ content }) => content)).toEqual([
      "first",
      expect.any(String),
      "second",
    ]);
    const headers = { "x-openclaw-session-key": "main" };
    await openai.chat.completions.create(hello, { headers });
    await using client = await world.house.connect();
    const { sessions } = await client.call("sessions.list", {});
    expect(sessions.map(({ key }) => key)).toEqual(["agent:main:main", "agent:main:openai-user:ada"]);
  });

  test("pass an image on to a model that sees", async () => {
    const providers = (baseUrl: string) => ({
      fake: {
        baseUrl,
        apiKey: "k",
        api: "openai-completions",
        models: [{ id: "m", name: "M", input: ["text", "image"] }],
      },
    });
    await using world = await startOpenAiHouse();
    await using seeing = await startHouse({
      config: {
        gateway: endpointsOn,
        models: { providers: providers(world.model.baseUrl) },
        agents: { defaults: { model: "fake/m" } },
      },
    });
    const url = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";
    const content = [
      { type: "text" as const, text: "what is this?" },
      { type: "image_url" as const, image_url: { url } },
    ];
    const answer = await post({ ...world, house: seeing }, "chat/completions", {
      messages: [{ role: "user", content }],
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(world.model.requests[0]?.body)).toContain("iVBORw0KGgoAAAANSUhEUg==");
  });
});

describe("what goes wrong is said as OpenAI says it", () => {
  test("before the first word, with a status, in a stream as well", async () => {
    await using world = await startOpenAiHouse({ mode: "rate-limited" });
    const openai = openAiOf(world);
    for (const stream of [false, true]) {
      const error = await openai.chat.completions
        .create({ ...hello, stream })
        .catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({ status: 429, type: "rate_limit_error" });
    }
    world.model.setMode("unauthorized");
    const error = await openai.chat.completions.create(hello).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ status: 500, type: "api_error", message: expect.stringContaining("fake") });
  });

  test("after the first word, inside the stream", async () => {
    await using world = await startOpenAiHouse({ mode: "cut", reply: () => said });
    const stream = await openAiOf(world).chat.completions.create({ ...hello, stream: true });
    const words: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream) words.push(chunk.choices[0]?.delta.content ?? "");
    })();
    const error = await reading.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(APIError);
    expect(words.join("")).toStartWith("one two");
    expect(said).toStartWith(words.join(""));
    const { status } = await post(world, "chat/completions", hello);
    expect(status).toBe(500);
  });

  test("with the part of the request that is to blame", async () => {
    await using world = await startOpenAiHouse();
    const openai = openAiOf(world);
    const error = await openai.chat.completions.create({ ...hello, n: 2 }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param: "n", type: "invalid_request_error" });
    const unknown = await openai.chat.completions
      .create({ ...hello, model: "moltbot/nobody" })
      .catch((e) => e);
    expect(unknown).toBeInstanceOf(BadRequestError);
    expect((unknown as APIError).message).toContain('unknown agent id "nobody"');
    const silent = await post(world, "chat/completions", { messages: [] });
    expect(silent.status).toBe(400);
    expect(await silent.json()).toEqual({
      error: {
        message: "Missing user message in `messages`.",
        type: "invalid_request_error",
        param: "messages",
        code: null,
      },
    });
    expect(world.model.requests).toEqual([]);
  });

  test("of the body and the method", async () => {
    await using world = await startOpenAiHouse();
    const noJson = await post(world, "chat/completions", "{");
    expect([noJson.status, (await noJson.json()).error.type]).toEqual([400, "invalid_request_error"]);
    const noObject = await post(world, "chat/completions", "[]");
    expect(noObject.status).toBe(400);
    const large = await post(world, "chat/completions", { ...hello, pad: "x".repeat(1024 * 1024) });
    expect(large.status).toBe(413);
    const streamed = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 20; chunk += 1) controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
        controller.close();
      },
    });
    const unannounced = await post(world, "chat/completions", "", {}, { body: streamed });
    expect(unannounced.status).toBe(413);
    const get = await fetch(`${world.house.url}v1/chat/completions`);
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("who may ask", () => {
  const asked = (world: Parameters<typeof post>[0], headers: Record<string, string>) =>
    post(world, "chat/completions", hello, headers);

  test("is judged as on connecting: the secret, in mode password as well", async () => {
    for (const auth of [{ token: "right" }, { mode: "password", password: "right" }]) {
      await using world = await startOpenAiHouse({}, { gateway: { auth } });
      for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: "Basic cmlnaHQ=" }]) {
        const refused = await asked(world, headers as Record<string, string>);
        expect(refused.status).toBe(401);
        expect(refused.headers.get("www-authenticate")).toBe("Bearer");
        expect((await refused.json()).error).toMatchObject({ message: "Unauthorized", type: "unauthorized" });
      }
      expect((await asked(world, { authorization: "Bearer right" })).status).toBe(200);
      const models = await fetch(`${world.house.url}v1/models`);
      expect(models.status).toBe(401);
      const refused = await openAiOf(world, "wrong")
        .models.list()
        .catch((cause: unknown) => cause);
      expect(refused).toBeInstanceOf(AuthenticationError);
      expect((await openAiOf(world, "right").models.list()).data.map(({ id }) => id)).toEqual([
        "moltbot",
        "moltbot/main",
        "fake/m",
      ]);
    }
  });

  test("without a secret only direct local programs are let in", async () => {
    await using world = await startOpenAiHouse();
    expect((await asked(world, {})).status).toBe(200);
    expect((await asked(world, { "x-forwarded-for": "203.0.113.7" })).status).toBe(401);
    expect((await asked(world, { origin: "http://127.0.0.1:1" })).status).toBe(401);
    expect((await asked(world, { origin: "https://evil.example" })).status).toBe(403);
    expect((await asked(world, { host: "evil.example" })).status).toBe(403);
  });

  test("nobody, unless it is switched on", async () => {
    await using world = await startOpenAiHouse({}, { gateway: { http: {} } });
    for (const path of ["chat/completions", "responses"]) {
      expect((await post(world, path, hello)).status).toBe(404);
    }
    expect((await fetch(`${world.house.url}v1/models`)).status).toBe(404);
    const one = { endpoints: { chatCompletions: { enabled: true } } };
    await using half = await startOpenAiHouse({}, { gateway: { http: one } });
    expect((await post(half, "responses", { input: "x" })).status).toBe(404);
    expect((await post(half, "chat/completions", hello)).status).toBe(200);
    expect((await fetch(`${half.house.url}v1/models`)).status).toBe(200);
    expect((await fetch(`${half.house.url}v1/embeddings`)).status).toBe(404);
  });
});

interface Completion {
  choices: { message: { content: string }; delta: { content?: string } }[];
}

function contentOf(answer: unknown): string | undefined {
  return (answer as Completion).choices[0]?.message.content;
}

/** The words of a whole stream. */
function streamedIn(stream: string): string {
  const events = stream.split("\n\n").map((text) => text.replace("data: ", ""));
  expect(events.slice(-2)).toEqual(["[DONE]", ""]);
  return events
    .slice(0, -2)
    .map((text) => (JSON.parse(text) as Completion).choices[0]?.delta.content ?? "")
    .join("");
}

describe("one run", () => {
  test("is one like any other: those who listen to its session hear it", async () => {
    await using world = await startOpenAiHouse({ reply: () => said });
    await using client = await world.house.connect();
    const chat = chatOf(client, "r1");
    const headers = { "x-moltbot-session-key": "main", "idempotency-key": "r1" };
    expect((await post(world, "chat/completions", hello, headers)).status).toBe(200);
    expect((await chat).at(-1)).toMatchObject({ state: "final", sessionKey: "main" });
    const { messages } = await client.call("chat.history", { sessionKey: "main" });
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  test("is carried out once for each idempotency key, and its repeat has the same words", async () => {
    await using world = await startOpenAiHouse({ mode: "slow", reply: () => said });
    const headers = { "idempotency-key": "k" };
    const waiting = post(world, "chat/completions", hello, headers);
    const streaming = post(world, "chat/completions", { ...hello, stream: true }, headers);
    await world.model.waitForRequest();
    world.model.release();
    expect(contentOf(await (await waiting).json())).toBe(said);
    expect(streamedIn(await (await streaming).text())).toBe(said);
    const again = await post(world, "chat/completions", hello, headers);
    expect(contentOf(await again.json())).toBe(said);
    const streamedAgain = await post(world, "chat/completions", { ...hello, stream: true }, headers);
    expect(streamedIn(await streamedAgain.text())).toBe(said);
    expect(world.model.requests).toHaveLength(1);
    const other = await post(
      world,
      "chat/completions",
      { messages: [{ role: "user", content: "something else" }] },
      headers,
    );
    expect(other.status).toBe(400);
    expect((await other.json()).error.message).toContain("was used for another request");
  });

  test("ends when its program goes away, whether it streams or waits", async () => {
    await using world = await startOpenAiHouse({ mode: "paced", reply: () => said });
    for (const [index, stream] of [true, false].entries()) {
      const nth = index + 1;
      const aborter = new AbortController();
      const asked = post(world, "chat/completions", { ...hello, stream }, {}, { signal: aborter.signal })
        .then((response) => response.text())
        .catch(() => "gone");
      await world.model.waitForRequest(nth);
      world.model.release(2);
      aborter.abort();
      expect(await asked).toBe("gone");
      await world.model.waitForAbort(nth);
    }
  });

  test("ends when its program does not read", async () => {
    const word = "x".repeat(64 * 1024);
    await using world = await startOpenAiHouse({ reply: () => `${word} `.repeat(256), paceMs: 8 });
    const body = JSON.stringify({ ...hello, stream: true });
    const socket = connect(world.house.port, "127.0.0.1");
    await once(socket, "connect");
    socket.pause();
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await world.model.waitForRequest();
    const { aborted, done } = await world.model.waitForAbort();
    expect({ aborted, done }).toEqual({ aborted: true, done: false });
    socket.destroy();
  });

  test("beyond the sixty-fourth is told to wait", async () => {
    await using world = await startOpenAiHouse({ mode: "slow", reply: () => said });
    const waiting = Array.from({ length: 64 }, () => post(world, "chat/completions", hello));
    await world.model.waitForRequest(3);
    await using client = await world.house.connect();
    await client.call("health", {});
    let refused = await post(world, "chat/completions", hello);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await refused.json()).error.type).toBe("rate_limit_error");
    world.model.release();
    const answers = await Promise.all(waiting);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    refused = await post(world, "chat/completions", hello);
    expect(refused.status).toBe(200);
  });
});
