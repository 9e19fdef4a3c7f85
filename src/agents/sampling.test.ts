import { describe, expect, test } from "bun:test";
import { createCatalog } from "./catalog.ts";
import { samplingFor, withoutRefused } from "./sampling.ts";

const asked = {
  maxTokens: 500,
  temperature: 0.5,
  topP: 0.9,
  presencePenalty: 1,
  frequencyPenalty: 1,
  seed: 7,
};

function modelAt(baseUrl: string, model: Record<string, unknown>) {
  const provider = { baseUrl, apiKey: "k", models: [{ id: "m", ...model }] };
  const found = createCatalog({ models: { providers: { p: provider } } }, {}).resolve("p/m");
  if (found === null) throw new Error("the model is not there");
  return found;
}

describe("what is sent of a caller's wishes", () => {
  test("is all of them, within the model's own limit", () => {
    const local = "http://127.0.0.1:1/v1";
    expect(samplingFor(modelAt(local, { reasoning: true }), asked)).toEqual(asked);
    expect(samplingFor(modelAt(local, { maxTokens: 99 }), asked)).toEqual({ ...asked, maxTokens: 99 });
    expect(samplingFor(modelAt(local, { maxTokens: 900 }), asked)).toEqual(asked);
    expect(samplingFor(modelAt(local, { maxTokens: 900 }))).toEqual({ maxTokens: 900 });
    expect(samplingFor(modelAt(local, {}))).toEqual({});
  });

  test("is the limit and the seed for OpenAI's reasoning models, which refuse the rest", () => {
    const openai = "https://api.openai.com/v1";
    expect(samplingFor(modelAt(openai, { reasoning: true }), asked)).toEqual({ maxTokens: 500, seed: 7 });
    expect(samplingFor(modelAt(openai, {}), asked)).toEqual(asked);
  });
});

describe("a refusal", () => {
  const body = { model: "m", max_tokens: 5, temperature: 0.5, top_p: 0.9, seed: undefined, messages: [] };
  const refusing = (message: string, status = 400) => ({
    status,
    said: JSON.stringify({ error: { message } }),
  });

  test("of a wish is answered without it", () => {
    const said = refusing("Unsupported value: 'temperature' does not support 0.5 with this model.");
    expect(withoutRefused(body, said)).toEqual({
      model: "m",
      max_tokens: 5,
      top_p: 0.9,
      seed: undefined,
      messages: [],
    });
    expect(withoutRefused(body, refusing("temperature and top_p are not supported", 422))).toEqual({
      model: "m",
      max_tokens: 5,
      seed: undefined,
      messages: [],
    });
    const effort = refusing("Unsupported parameter: 'reasoning.effort' is not supported with this model.");
    expect(withoutRefused({ model: "m", reasoning: { effort: "low" } }, effort)).toEqual({ model: "m" });
  });

  test("of the limit's older name is answered with the newer one", () => {
    const said = refusing("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
    const { max_tokens, ...others } = body;
    expect(withoutRefused(body, said)).toEqual({ ...others, max_completion_tokens: max_tokens });
  });

  test("of anything else stands, and so does one of a wish that was not sent", () => {
    for (const said of [
      refusing("Unsupported parameter: 'seed' is not supported with this model."),
      refusing("temperature must be below 0.3"),
      refusing("Unsupported parameter: 'tools' is not supported with this model."),
      refusing("Unsupported value: 'low_temperature.x' in model"),
      refusing("Unsupported parameter: 'temperature'", 401),
    ]) {
      expect(withoutRefused(body, said)).toBeNull();
    }
  });
});
