/** What an agent cannot keep is refused by the name of the parameter; what changes nothing is passed over. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type OpenAI from "openai";
import { BadRequestError } from "openai";
import type { ModelHouse } from "./model-house.ts";
import { hello, openAiOf, startOpenAiHouse } from "./openai-house.ts";

type ChatBody = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type ResponseBody = OpenAI.Responses.ResponseCreateParamsNonStreaming;

let world: ModelHouse;
let openai: OpenAI;
beforeAll(async () => {
  world = await startOpenAiHouse({ reply: () => "as asked" });
  openai = openAiOf(world);
});
afterAll(() => world[Symbol.asyncDispose]());

const schema = { type: "object", properties: {} };

describe("chat completions by the OpenAI SDK", () => {
  const refused: [string, Partial<ChatBody>, string?][] = [
    ["n", { n: 2 }],
    ["logit_bias", { logit_bias: { 50256: -100 } }],
    ["audio", { audio: { voice: "alloy", format: "mp3" } }],
    ["modalities", { modalities: ["text", "audio"] }],
    ["logprobs", { logprobs: true }],
    ["top_logprobs", { top_logprobs: 3 }],
    ["web_search_options", { web_search_options: {} }],
    ["functions", { functions: [{ name: "x", parameters: schema }] }],
    ["tools[0].type", { tools: [{ type: "custom", custom: { name: "x" } }] }],
  ];
  test.each(refused)("are refused with %s, and no model is asked", async (param, more) => {
    const before = world.model.requests.length;
    const error = await openai.chat.completions
      .create({ ...hello, ...more })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param, type: "invalid_request_error" });
    expect(world.model.requests).toHaveLength(before);
  });

  test("take what an answer is not changed by, and keys that nobody knows yet", async () => {
    const body: ChatBody & { of_tomorrow: boolean } = {
      ...hello,
      n: 1,
      logit_bias: {},
      logprobs: false,
      top_logprobs: 0,
      audio: null,
      modalities: ["text"],
      response_format: { type: "text" },
      service_tier: "auto",
      parallel_tool_calls: true,
      prompt_cache_key: "k",
      safety_identifier: "me",
      store: false,
      metadata: { from: "a test" },
      seed: 1,
      reasoning_effort: "low",
      verbosity: "low",
      max_completion_tokens: 100,
      of_tomorrow: true,
    };
    const { choices } = await openai.chat.completions.create(body);
    expect(choices[0]?.message.content).toBe("as asked");
  });
});

describe("stop, by the OpenAI SDK", () => {
  test("ends an answer at once and in a stream, and nothing of it is told", async () => {
    const whole = await openai.chat.completions.create({ ...hello, stop: ["never", "ked"] });
    expect(whole.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "as as" } });
    for (const [stop, told] of [
      ["sked", "as a"],
      ["asked!", "as asked"],
    ] as const) {
      const chunks = await Array.fromAsync(
        await openai.chat.completions.create({ ...hello, stop, stream: true }),
      );
      const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
      expect(text).toBe(told);
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    }
  });

  test("is refused where it is no text", async () => {
    const stop = ["a", "b", "c", "d", "e"];
    const error = await openai.chat.completions.create({ ...hello, stop }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ status: 400, param: "stop" });
  });
});

describe("responses by the OpenAI SDK", () => {
  const refused: [string, Partial<ResponseBody>][] = [
    ["background", { background: true }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["top_logprobs", { top_logprobs: 2 }],
    ["include", { include: ["message.output_text.logprobs"] }],
    ["tools[0].type", { tools: [{ type: "web_search" }] }],
    ["tools[0].type", { tools: [{ type: "code_interpreter", container: { type: "auto" } }] }],
  ];
  test.each(refused)("are refused with %s, and no model is asked", async (param, more) => {
    const before = world.model.requests.length;
    const error = await openai.responses
      .create({ model: "moltbot", input: "hello", ...more })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param, type: "invalid_request_error" });
    expect(world.model.requests).toHaveLength(before);
  });

  test("take what an answer is not changed by, and keys that nobody knows yet", async () => {
    const body: ResponseBody & { of_tomorrow: boolean } = {
      model: "moltbot",
      input: "hello",
      text: { format: { type: "text" }, verbosity: "low" },
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "k",
      service_tier: "auto",
      parallel_tool_calls: false,
      background: false,
      conversation: null,
      prompt: null,
      store: false,
      reasoning: { effort: "low", summary: "auto" },
      safety_identifier: "me",
      truncation: "auto",
      max_output_tokens: 100,
      of_tomorrow: true,
    };
    const answer = await openai.responses.create(body);
    expect(answer).toMatchObject({ status: "completed", output_text: "as asked" });
  });
});
