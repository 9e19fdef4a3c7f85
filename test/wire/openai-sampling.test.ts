/** What a program says of an answer's length and sampling reaches the model, for that answer and no other. */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpokenApi } from "#src/agents/provider-defaults.ts";
import { type EndpointOptions, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { endpointsOn, hello, openAiOf, post } from "./openai-house.ts";
import { startHouse } from "./start-house.ts";

const said = Array.from({ length: 40 }, (_, at) => `word${at}`).join(" ");
const names = [
  "max_tokens",
  "max_output_tokens",
  "temperature",
  "top_p",
  "seed",
  "reasoning",
  "reasoning_effort",
];

/** The words of a request to a model that are about length and sampling. */
function wordsOf(body: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([key]) => names.includes(key)));
}

async function startWorld(api: SpokenApi, options: EndpointOptions & { stateDir?: string } = {}) {
  const { stateDir, ...endpoint } = options;
  const model = await startModelEndpoint({ reply: () => said, ...endpoint });
  const baseUrl = api === "anthropic-messages" ? model.url : model.baseUrl;
  const provider = { baseUrl, apiKey: "k", api, models: [{ id: "m", reasoning: true }] };
  const config = {
    gateway: endpointsOn,
    models: { providers: { fake: provider } },
    agents: { defaults: { model: "fake/m" } },
  };
  const open = () => startHouse({ config, ...(stateDir === undefined ? {} : { stateDir }) });
  const house = await open();
  return {
    house,
    model,
    open,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

const apis = [
  ["openai-completions", { max_tokens: 20, temperature: 1.5, top_p: 0.9, reasoning_effort: "medium" }],
  [
    "openai-responses",
    { max_output_tokens: 20, temperature: 1.5, top_p: 0.9, reasoning: { effort: "medium" } },
  ],
  // Where it thinks, its library leaves the sampling to it.
  ["anthropic-messages", { max_tokens: 4096 }],
] as const;

describe.each(apis)("to a model that is spoken to in %s", (api, words) => {
  const isAnthropic = api === "anthropic-messages";

  test("chat completions pass on the limit, the temperature and the effort, and say `length` where they end", async () => {
    await using world = await startWorld(api);
    const openai = openAiOf(world);
    const asked = { ...hello, max_completion_tokens: 20, temperature: 1.5, top_p: 0.9 };
    const effort = { reasoning_effort: "medium" as const };
    const answer = await openai.chat.completions.create({ ...asked, ...(isAnthropic ? {} : effort) });
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(answer.choices[0]?.message.content?.split(" ")).toHaveLength(20);
    const sent = isAnthropic ? { max_tokens: 20, temperature: 1, top_p: 0.9 } : words;
    expect(wordsOf(world.model.requests[0]?.body)).toEqual(sent);

    const stream = await openai.chat.completions.create({ ...hello, max_tokens: 20, stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("length");
    expect(wordsOf(world.model.requests[1]?.body)).toEqual(
      api === "openai-responses" ? { max_output_tokens: 20 } : { max_tokens: 20 },
    );
  });

  test("responses pass them on, say what they were told, and end `incomplete` where they end", async () => {
    await using world = await startWorld(api);
    const asked = { max_output_tokens: 20, temperature: 0.4, top_p: 1 };
    const answer = await openAiOf(world).responses.create({ model: "moltbot", input: "hello", ...asked });
    expect(answer).toMatchObject({
      ...asked,
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    const limit = api === "openai-responses" ? "max_output_tokens" : "max_tokens";
    expect(wordsOf(world.model.requests[0]?.body)).toEqual({ [limit]: 20, temperature: 0.4, top_p: 1 });
    const hard = await openAiOf(world).responses.create({
      model: "moltbot",
      input: "hello",
      reasoning: { effort: "high" },
    });
    expect(hard.reasoning).toEqual({ effort: "high", summary: null });
    const thinking = {
      "openai-completions": { reasoning_effort: "high" },
      "openai-responses": { reasoning: { effort: "high" } },
      "anthropic-messages": { thinking: { type: "enabled" } },
    };
    expect(world.model.requests[1]?.body).toMatchObject(thinking[api]);
  });

  test("a limit that is used up by thought gives an empty answer that says so", async () => {
    await using world = await startWorld(api, { reasoning: said });
    const openai = openAiOf(world);
    const answer = await openai.chat.completions.create({ ...hello, max_tokens: 20 });
    expect(answer.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "" } });
    const stream = await openai.chat.completions.create({ ...hello, max_tokens: 20, stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("");
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("length");
    const response = { model: "moltbot", input: "hello", max_output_tokens: 20 };
    expect(await openai.responses.create(response)).toMatchObject({ status: "incomplete", output: [] });
    const events = await Array.fromAsync(await openai.responses.create({ ...response, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: { output: [] } });
  });
});

test("an effort of `none` turns thinking off where it would otherwise be on", async () => {
  await using world = await startWorld("anthropic-messages");
  const openai = openAiOf(world);
  await using client = await world.house.connect();
  await client.call("sessions.patch", { key: "agent:main:openai-user:ada", thinkingLevel: "high" });
  await openai.chat.completions.create({ ...hello, user: "ada", reasoning_effort: "none" });
  await openai.chat.completions.create({ ...hello, user: "ada" });
  const kinds = world.model.requests.map(({ body }) => body.thinking);
  expect(kinds).toMatchObject([{ type: "disabled" }, { type: "enabled" }]);
});

test("what is asked of one answer is not asked of the next in its session", async () => {
  await using world = await startWorld("openai-completions");
  const openai = openAiOf(world);
  const more = { max_tokens: 20, temperature: 0, seed: 7, reasoning_effort: "high" as const };
  await openai.chat.completions.create({ ...hello, user: "ada", ...more });
  await openai.chat.completions.create({ ...hello, user: "ada" });
  const [first, second] = world.model.requests.map(({ body }) => wordsOf(body));
  expect(first).toEqual(more);
  expect(second).toEqual({});
});

test("what was asked of an answer that a restart interrupts is asked of it again", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "moltbot-sampling-"));
  try {
    await using world = await startWorld("openai-completions", { mode: "slow", stateDir });
    await using client = await world.house.connect();
    const accepted = client.call("agent", {
      message: "hello",
      sessionKey: "main",
      idempotencyKey: "r",
      thinking: "low",
      sampling: { maxTokens: 20, temperature: 0.3, seed: 7 },
      answerFormat: {},
    });
    accepted.catch(() => {});
    await world.model.waitForRequest(1);
    await world.house.stop();
    world.model.release();
    await using again = await world.open();
    expect(again.port).toBeGreaterThan(0);
    const { body } = await world.model.waitForRequest(2);
    const words = { max_tokens: 20, temperature: 0.3, seed: 7, reasoning_effort: "low" };
    expect(wordsOf(body)).toEqual(words);
    expect(body.response_format).toEqual({ type: "json_object" });
    expect(wordsOf(world.model.requests[0]?.body)).toEqual(words);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

describe("a value that no model could keep is refused by name, and no model is asked", () => {
  const refused: [string, string, unknown, string?][] = [
    ["chat/completions", "max_tokens", -5],
    ["chat/completions", "max_tokens", 0],
    ["chat/completions", "max_completion_tokens", "100"],
    ["chat/completions", "max_completion_tokens", 1.5],
    ["chat/completions", "temperature", 2.5],
    ["chat/completions", "temperature", "hot"],
    ["chat/completions", "top_p", -0.1],
    ["chat/completions", "seed", "seven"],
    ["chat/completions", "presence_penalty", 9],
    ["chat/completions", "frequency_penalty", []],
    ["chat/completions", "reasoning_effort", "immense"],
    ["chat/completions", "logit_bias", { 50256: -100 }],
    ["chat/completions", "stream_options", "usage"],
    ["responses", "max_output_tokens", 0],
    ["responses", "temperature", -1],
    ["responses", "top_p", 2],
    ["responses", "reasoning", "hard"],
    ["responses", "reasoning", { effort: "immense" }, "reasoning.effort"],
    ["responses", "truncation", "some"],
    ["responses", "metadata", "mine"],
  ];
  test.each(refused)("%s: %s, %j", async (path, key, value, param = key) => {
    await using world = await startWorld("openai-completions");
    const body = { model: "moltbot", input: "hello", messages: hello.messages, [key]: value };
    const answer = await post(world, path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error", param } });
    expect(world.model.requests).toHaveLength(0);
  });

  test("what JSON cannot write is refused as JSON", async () => {
    await using world = await startWorld("openai-completions");
    const body = `{"messages":[{"role":"user","content":"hello"}],"temperature":NaN}`;
    expect((await post(world, "chat/completions", body)).status).toBe(400);
  });
});
