import { describe, expect, test } from "bun:test";
import { createCatalog } from "#src/agents/catalog.ts";
import type { ModelsConfig } from "#src/agents/model-choice.ts";
import { createModelRuntime } from "#src/agents/model-runtime.ts";
import type { RunRequest, TurnMessage } from "#src/agents/runtime.ts";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import {
  asking,
  collect,
  configFor,
  endOf,
  errorOf,
  modelRuntime,
  request,
  secret,
  textOf,
} from "./subjects.ts";

const never = new AbortController().signal;

function turns(count: number, words: number): TurnMessage[] {
  return Array.from({ length: count }, (_, at) => ({
    role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
    content: [{ type: "text" as const, text: `${at}: ${"word ".repeat(words)}` }],
  }));
}

/** Two providers at two endpoints, the second as the first's fallback. */
function pair(first: string, second: string): ModelsConfig {
  const provider = (baseUrl: string) => ({ baseUrl, apiKey: secret, models: [{ id: "m" }] });
  return {
    models: { providers: { one: provider(first), two: provider(second) } },
    agents: { defaults: { model: { primary: "one/m", fallbacks: ["two/m"] } } },
  };
}

describe("fallback", () => {
  test("a model that fails before its first word hands over, and the one that answers is named", async () => {
    await using broken = await startModelEndpoint({ mode: "broken" });
    await using sound = await startModelEndpoint({ reply: () => "from the second" });
    const events = await collect(modelRuntime(pair(broken.baseUrl, sound.baseUrl)).run(request(), never));
    expect(textOf(events)).toBe("from the second");
    const why = { en: "one is having trouble (500)", zh: "one 出现故障（500）" };
    expect(events[0]).toMatchObject({
      t: "model",
      provider: "two",
      model: "m",
      standsIn: { instead: "one/m", error: { kind: "unreachable", why } },
    });
    expect(endOf(events).reason).toBe("stop");
  });

  test("a model that fails after its first word is not replaced, since its text is on the screen", async () => {
    await using cut = await startModelEndpoint({ mode: "cut", reply: () => "a b c d" });
    await using sound = await startModelEndpoint();
    const events = await collect(modelRuntime(pair(cut.baseUrl, sound.baseUrl)).run(request(), never));
    expect(textOf(events)).toBe("a b");
    expect(errorOf(events).kind).toBe("unreachable");
    expect(sound.requests).toEqual([]);
  });

  test("where all fail, the chosen model's error is the one that is told", async () => {
    await using first = await startModelEndpoint({ mode: "unauthorized" });
    await using second = await startModelEndpoint({ mode: "broken" });
    const events = await collect(modelRuntime(pair(first.baseUrl, second.baseUrl)).run(request(), never));
    expect(errorOf(events).kind).toBe("auth");
    expect(events.length).toBe(1);
    expect(second.requests.length).toBe(1);
  });

  test("an abort is the end: no other model is asked", async () => {
    await using slow = await startModelEndpoint({ mode: "slow" });
    await using sound = await startModelEndpoint();
    const controller = new AbortController();
    const all = collect(modelRuntime(pair(slow.baseUrl, sound.baseUrl)).run(request(), controller.signal));
    await slow.waitForRequest();
    controller.abort("rpc");
    expect(endOf(await all).reason).toBe("aborted");
    expect(sound.requests).toEqual([]);
  });

  test("each failure is logged with its detail", async () => {
    await using broken = await startModelEndpoint({ mode: "broken" });
    await using sound = await startModelEndpoint();
    const catalog = createCatalog(pair(broken.baseUrl, sound.baseUrl), {});
    const logged: unknown[] = [];
    const log = (line: string, facts: Record<string, unknown>) =>
      logged.push([line, facts.model, facts.kind]);
    await collect(createModelRuntime({ models: () => catalog, ask: asking(), log }).run(request(), never));
    expect(logged).toEqual([["model failed", "one/m", "unreachable"]]);
  });
});

describe("length", () => {
  test("only as much history is sent as fits the window, newest first, and the model is told so", async () => {
    await using endpoint = await startModelEndpoint();
    const config = configFor("openai-completions", endpoint, { contextWindow: 4_000 });
    await collect(modelRuntime(config).run(request({ history: turns(40, 100) }), never));
    const [asked] = endpoint.requests;
    const sent = asked?.messages ?? [];
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.length).toBeLessThan(40);
    expect(sent[0]?.role).toBe("user");
    expect(sent.at(-2)?.content).toStartWith("39:");
    expect(sent.at(-1)?.content).toBe("one two three four");
    expect(asked?.system).toContain("no longer fit");
  });

  test("a chat does not die of its length: a server that takes less than thought is asked with less", async () => {
    await using endpoint = await startModelEndpoint({ contextChars: 3_000, reply: () => "still here" });
    const runtime = modelRuntime(configFor("openai-completions", endpoint));
    const events = await collect(runtime.run(request({ history: turns(40, 100) }), never));
    expect(textOf(events)).toBe("still here");
    expect(endOf(events).reason).toBe("stop");
    expect(endpoint.requests.length).toBeGreaterThan(1);
    expect(endpoint.requests.at(-1)?.messages.at(-1)?.content).toBe("one two three four");
  });

  test("what a server turned out to take is remembered for the next run", async () => {
    await using endpoint = await startModelEndpoint({ contextChars: 12_000 });
    const runtime = modelRuntime(configFor("openai-completions", endpoint));
    await collect(runtime.run(request({ history: turns(40, 100) }), never));
    const first = endpoint.requests.length;
    await collect(runtime.run(request({ history: turns(40, 100) }), never));
    expect(first).toBeGreaterThan(1);
    expect(endpoint.requests.length).toBe(first + 1);
  });

  test("one long message does not make the model forget the conversation from then on", async () => {
    await using endpoint = await startModelEndpoint({ contextChars: 9_000 });
    const runtime = modelRuntime(configFor("openai-completions", endpoint));
    const history = turns(10, 100);
    const long = [{ type: "text" as const, text: "long ".repeat(1_700) }];
    expect(textOf(await collect(runtime.run(request({ history, input: long }), never)))).toContain("long");
    await collect(runtime.run(request({ history }), never));
    expect(endpoint.requests.at(-1)?.messages).toHaveLength(11);
  });

  test("an input that is too long by itself is said so after one request", async () => {
    await using endpoint = await startModelEndpoint({ contextChars: 10 });
    const runtime = modelRuntime(configFor("anthropic-messages", endpoint));
    expect(errorOf(await collect(runtime.run(request(), never))).kind).toBe("context_length");
    expect(endpoint.requests.length).toBe(1);
  });
});

describe("what is sent", () => {
  test("OpenAI-compatible: bearer key, own headers, system first, thinking and limit by name", async () => {
    await using endpoint = await startModelEndpoint();
    const config = configFor("openai-completions", endpoint, {
      maxTokens: 99,
      headers: { "x-team": "blue" },
    });
    await collect(modelRuntime(config).run(request({ thinking: "minimal" }), never));
    const [asked] = endpoint.requests;
    expect(asked?.path).toBe("/v1/chat/completions");
    expect(asked?.headers).toMatchObject({ authorization: `Bearer ${secret}`, "x-team": "blue" });
    expect(asked?.body).toMatchObject({
      model: "fake-model",
      stream: true,
      stream_options: { include_usage: true },
      reasoning_effort: "low",
      max_tokens: 99,
    });
    expect(asked?.system).toBe("You are a test.");
  });

  test("Anthropic: key in its own header, thinking with a budget, the version in the path", async () => {
    await using endpoint = await startModelEndpoint();
    await collect(
      modelRuntime(configFor("anthropic-messages", endpoint)).run(request({ thinking: "high" }), never),
    );
    const [asked] = endpoint.requests;
    expect(asked?.path).toBe("/v1/messages");
    expect(asked?.headers["x-api-key"]).toBe(secret);
    expect(asked?.body).toMatchObject({ model: "fake-model", stream: true, thinking: { type: "enabled" } });
  });

  test("OpenAI responses: the system as instructions, the effort asked for, and nothing kept there", async () => {
    await using endpoint = await startModelEndpoint();
    const config = configFor("openai-responses", endpoint, { maxTokens: 500, input: ["text", "image"] });
    const input = [
      { type: "text" as const, text: "look" },
      { type: "image" as const, data: "iVBORw0KGgo=", mimeType: "image/png" },
    ];
    const history = [
      { role: "user" as const, content: [{ type: "text" as const, text: "hi" }] },
      { role: "assistant" as const, content: [{ type: "text" as const, text: "hello" }] },
    ];
    const events = await collect(
      modelRuntime(config).run(request({ input, history, system: "Be kind.", thinking: "low" }), never),
    );
    const [asked] = endpoint.requests;
    expect(asked?.path).toBe("/v1/responses");
    expect(asked?.headers.authorization).toBe(`Bearer ${secret}`);
    expect(asked?.body).toEqual({
      model: "fake-model",
      instructions: "Be kind.",
      input: [
        { role: "user", content: "hi" },
        { role: "assistant", content: "hello" },
        {
          role: "user",
          content: [
            { type: "input_text", text: "look" },
            { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgo=" },
          ],
        },
      ],
      max_output_tokens: 500,
      reasoning: { effort: "low" },
      store: false,
      stream: true,
    });
    expect(events.find(({ t }) => t === "usage")).toMatchObject({ input: 3, output: 3, cacheRead: 2 });
  });

  const sampling = {
    maxTokens: 20,
    temperature: 1.5,
    topP: 0.9,
    frequencyPenalty: 0.5,
    presencePenalty: -1,
    seed: 7,
  };
  test.each([
    [
      "openai-completions",
      {
        max_tokens: 20,
        temperature: 1.5,
        top_p: 0.9,
        frequency_penalty: 0.5,
        presence_penalty: -1,
        seed: 7,
      },
    ],
    ["openai-responses", { max_output_tokens: 20, temperature: 1.5, top_p: 0.9 }],
    ["anthropic-messages", { max_tokens: 20, temperature: 1, top_p: 0.9 }],
  ] as const)("%s: the sampling that is asked for, in its own words and bounds", async (api, words) => {
    await using endpoint = await startModelEndpoint();
    await collect(modelRuntime(configFor(api, endpoint)).run(request({ sampling }), never));
    const body = endpoint.requests[0]?.body ?? {};
    const names = ["max_", "temp", "top", "freq", "pres", "seed"];
    const sent = Object.entries(body).filter(([key]) => names.some((name) => key.startsWith(name)));
    expect(Object.fromEntries(sent)).toEqual(words);
  });

  test("OpenAI responses: no limit below the one that is refused there", async () => {
    await using endpoint = await startModelEndpoint();
    const runtime = modelRuntime(configFor("openai-responses", endpoint));
    expect(endOf(await collect(runtime.run(request({ sampling: { maxTokens: 3 } }), never))).reason).toBe(
      "stop",
    );
    expect(endpoint.requests[0]?.body).toMatchObject({ max_output_tokens: 16 });
  });

  test.each(["openai-completions", "openai-responses"] as const)(
    "%s: what a model refuses of it is left out, and the answer comes all the same",
    async (api) => {
      const refuses = ["temperature", "top_p", "reasoning_effort", "reasoning.effort"];
      await using endpoint = await startModelEndpoint({ refuses, reply: () => "so be it" });
      const asked = request({ sampling: { maxTokens: 20, temperature: 0, topP: 0.5 }, thinking: "low" });
      const events = await collect(modelRuntime(configFor(api, endpoint)).run(asked, never));
      expect(textOf(events)).toBe("so be it");
      expect(endpoint.requests.length).toBeGreaterThan(2);
      expect(endpoint.requests.at(-1)?.body).not.toHaveProperty("temperature");
      expect(endpoint.requests.at(-1)?.body).not.toHaveProperty("top_p");
    },
  );

  test.each(["openai-completions", "openai-responses", "anthropic-messages"] as const)(
    "%s: a limit that the thinking alone uses up ends the answer without a word, and without an error",
    async (api) => {
      const reasoning = "a b c d e f g h i j k l m n o p q r s t";
      await using endpoint = await startModelEndpoint({ reasoning });
      const asked = request({ sampling: { maxTokens: 16 } });
      const events = await collect(modelRuntime(configFor(api, endpoint)).run(asked, never));
      expect(textOf(events)).toBe("");
      expect(endOf(events)).toEqual({ t: "end", reason: "length" });
    },
  );

  test("a model that is not known to think is not asked to, whatever the session says", async () => {
    await using endpoint = await startModelEndpoint();
    const config = configFor("openai-completions", endpoint, { reasoning: false });
    await collect(modelRuntime(config).run(request({ thinking: "high" }), never));
    expect(endpoint.requests[0]?.body).not.toHaveProperty("reasoning_effort");
  });

  test("a server on this computer needs no key, and none from elsewhere is sent", async () => {
    await using endpoint = await startModelEndpoint();
    const config: ModelsConfig = {
      models: { providers: { local: { baseUrl: endpoint.baseUrl, models: [{ id: "m" }] } } },
    };
    await collect(modelRuntime(config).run(request(), never));
    expect(endpoint.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  test("images go to a model that sees, and are named to one that doesn't", async () => {
    await using endpoint = await startModelEndpoint();
    const input = [
      { type: "text" as const, text: "look" },
      { type: "image" as const, data: "iVBORw0KGgo=", mimeType: "image/png" },
    ];
    const seeing = configFor("openai-completions", endpoint, { input: ["text", "image"] });
    await collect(modelRuntime(seeing).run(request({ input }), never));
    await collect(modelRuntime(configFor("openai-completions", endpoint)).run(request({ input }), never));
    expect(JSON.stringify(endpoint.requests[0]?.body)).toContain("data:image/png;base64,iVBORw0KGgo=");
    expect(JSON.stringify(endpoint.requests[1]?.body)).not.toContain("iVBORw0KGgo=");
    expect(endpoint.requests[1]?.messages.at(-1)?.content).toContain("cannot see");
  });
});

test("Anthropic thinks with tools, but not where it goes on from calls or must make one", async () => {
  await using endpoint = await startModelEndpoint();
  const runtime = modelRuntime(configFor("anthropic-messages", endpoint));
  const tools = { tools: [{ name: "clock", parameters: {} }], choice: "auto" as const, parallel: true };
  const called = { type: "toolCall" as const, id: "a", name: "clock", arguments: {} };
  const result: TurnMessage = {
    role: "toolResult",
    toolCallId: "a",
    content: [{ type: "text", text: "noon" }],
  };
  const rounds: Partial<RunRequest>[] = [
    { tools },
    { tools, history: [{ role: "assistant", content: [called] }], results: [result], input: [] },
    { tools: { ...tools, choice: "required" } },
  ];
  for (const round of rounds) await collect(runtime.run(request({ thinking: "high", ...round }), never));
  const thinking = endpoint.requests.map(
    ({ body }) => (body.thinking as { type?: string } | undefined)?.type ?? "disabled",
  );
  expect(thinking).toEqual(["enabled", "disabled", "disabled"]);
});

test("a model that isn't set up is a sentence that names it, and nobody is asked", async () => {
  await using endpoint = await startModelEndpoint();
  const runtime = modelRuntime(configFor("openai-completions", endpoint));
  const error = errorOf(await collect(runtime.run(request({ model: "nowhere/x" }), never)));
  expect(error.kind).toBe("not_found");
  expect(error.sentence.en).toContain("nowhere/x");
  expect(endpoint.requests).toEqual([]);
});

test("a server that falls silent in the middle is given up on", async () => {
  await using endpoint = await startModelEndpoint({ mode: "paced", reply: () => "a b c" });
  endpoint.release(1);
  const events = await collect(
    modelRuntime(configFor("openai-completions", endpoint), 60).run(request(), never),
  );
  expect(textOf(events)).toBe("a");
  expect(errorOf(events).kind).toBe("timeout");
  expect((await endpoint.waitForAbort()).done).toBe(false);
});

test("ten runs at once keep their texts apart", async () => {
  await using endpoint = await startModelEndpoint({
    reply: (messages) => `${messages.at(-1)?.content} `.repeat(200),
  });
  const runtime = modelRuntime(configFor("openai-completions", endpoint));
  const texts = await Promise.all(
    Array.from({ length: 10 }, async (_, at) => {
      const input = [{ type: "text" as const, text: `n${at}` }];
      return textOf(await collect(runtime.run(request({ input }), never)));
    }),
  );
  expect(texts).toEqual(Array.from({ length: 10 }, (_, at) => `n${at} `.repeat(200)));
});

test("a gateway without a model loads no model library", async () => {
  const program = `
    import { createModelRuntime } from "#src/agents/model-runtime.ts";
    import { createCatalog } from "#src/agents/catalog.ts";
    import { asking, concierge, collect, request } from "./test/agents/subjects.ts";
    const isLoaded = () => Object.keys(require.cache).some((path) => path.includes("node_modules/@ai-sdk/"));
    const never = new AbortController().signal;
    const catalog = createCatalog({}, {});
    await collect(createModelRuntime({ models: () => catalog, ask: asking() }).run(request(), never));
    await collect(concierge().run(request(), never));
    const before = isLoaded();
    await import("@ai-sdk/anthropic");
    console.log(before, isLoaded());
  `;
  const child = Bun.spawn([process.execPath, "-e", program], {
    cwd: `${import.meta.dir}/../..`,
    stderr: "inherit",
  });
  expect((await new Response(child.stdout).text()).trim()).toBe("false true");
});
