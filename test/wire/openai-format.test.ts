/** An answer that a program asks for in JSON is JSON, whichever wire format its model speaks, or it is an error. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { APIError, BadRequestError } from "openai";
import type { SpokenApi } from "#src/agents/provider-defaults.ts";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import { type ModelHouse, startHouseOf } from "./model-house.ts";
import { endpointsOn, hello, openAiOf, startOpenAiHouse } from "./openai-house.ts";

const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const json = '{"city":"Rome"}';
const chatFormat = {
  type: "json_schema" as const,
  json_schema: { name: "place", schema, strict: true },
};
const responsesFormat = { type: "json_schema" as const, name: "place", schema, strict: true };

async function startWorld(api: SpokenApi, reply: string) {
  const model = await startModelEndpoint({ reply: () => reply });
  const baseUrl = api === "anthropic-messages" ? model.url : model.baseUrl;
  // A model whose library knows that it can be held to a schema.
  const id = "claude-sonnet-4-6";
  const config = {
    gateway: endpointsOn,
    models: { providers: { fake: { baseUrl, apiKey: "k", api, models: [{ id }] } } },
    agents: { defaults: { model: `fake/${id}` } },
  };
  return await startHouseOf(model, { config });
}

describe.each([
  ["openai-completions", { response_format: { type: "json_object" } }, { response_format: chatFormat }],
  ["openai-responses", { text: { format: { type: "json_object" } } }, { text: { format: responsesFormat } }],
  [
    "anthropic-messages",
    { tool_choice: { type: "any" }, tools: [{ name: "json" }] },
    { output_config: { format: { type: "json_schema", schema } } },
  ],
] as const)("a model that is spoken to in %s", (api, anyObject, byPlan) => {
  test("is told of an object and of a schema by both endpoints, at once and in a stream", async () => {
    await using world = await startWorld(api, json);
    const openai = openAiOf(world);
    const object = await openai.chat.completions.create({
      ...hello,
      response_format: { type: "json_object" },
    });
    expect(object.choices[0]?.message.content).toBe(json);
    expect(world.model.requests[0]?.body).toMatchObject(anyObject);
    const chunks = await Array.fromAsync(
      await openai.chat.completions.create({ ...hello, response_format: chatFormat, stream: true }),
    );
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(json);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    const response = await openai.responses.parse({
      model: "moltbot",
      input: "hello",
      text: { format: responsesFormat },
    });
    expect(response).toMatchObject({ output_text: json, text: { format: responsesFormat } });
    for (const { body } of world.model.requests.slice(1)) expect(body).toMatchObject(byPlan);
    expect(world.model.requests).toHaveLength(3);
  });

  test("gives an error where it answers in words all the same", async () => {
    await using world = await startWorld(api, "I would say Rome.");
    const openai = openAiOf(world);
    const asked = { ...hello, response_format: chatFormat };
    const failure = await openai.chat.completions.create(asked).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ status: 500, code: "invalid_json" });
    const broken = await openai.chat.completions
      .create({ ...asked, stream: true })
      .then((stream) => Array.fromAsync(stream))
      .catch((cause: unknown) => cause);
    expect(broken).toBeInstanceOf(APIError);
    expect(broken).toMatchObject({ code: "invalid_json" });
  });
});

describe("a form", () => {
  let world: ModelHouse;
  beforeAll(async () => {
    world = await startOpenAiHouse({ reply: () => json });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("that nobody knows, or that says too little, is refused by name", async () => {
    const before = world.model.requests.length;
    const wrong: [unknown, string][] = [
      ["json", "response_format"],
      [{ type: "grammar" }, "response_format.type"],
      [{ type: "json_schema" }, "response_format.json_schema"],
      [{ type: "json_schema", json_schema: { schema } }, "response_format.json_schema.name"],
      [{ type: "json_schema", json_schema: { name: "x" } }, "response_format.json_schema.schema"],
      [
        { type: "json_schema", json_schema: { name: "x", schema, strict: 1 } },
        "response_format.json_schema.strict",
      ],
    ];
    for (const [response_format, param] of wrong) {
      const body = { ...hello, response_format } as typeof hello;
      const failure = await openAiOf(world)
        .chat.completions.create(body)
        .catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(BadRequestError);
      expect(failure).toMatchObject({ param });
    }
    expect(world.model.requests).toHaveLength(before);
  });

  test("of one answer is not that of the next in its session", async () => {
    const openai = openAiOf(world);
    await openai.chat.completions.create({ ...hello, user: "ada", response_format: { type: "json_object" } });
    await openai.chat.completions.create({ ...hello, user: "ada" });
    expect(world.model.requests.at(-2)?.body).toHaveProperty("response_format");
    expect(world.model.requests.at(-1)?.body).not.toHaveProperty("response_format");
  });

  test("that a stop ends is measured before it", async () => {
    const answer = await openAiOf(world).chat.completions.create({
      ...hello,
      stop: "Rome",
      response_format: { type: "json_object" },
    });
    expect(answer.choices[0]?.message.content).toBe('{"city":"');
  });
});
