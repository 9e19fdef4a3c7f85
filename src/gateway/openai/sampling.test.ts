import { expect, test } from "bun:test";
import { BadRequest } from "./failure.ts";
import { wishesInChat, wishesInResponses } from "./sampling.ts";

test("what is said of an answer's words is read by OpenAI's names; null is as if it were not said", () => {
  const chat = wishesInChat({
    max_tokens: 10,
    temperature: 0,
    top_p: 1,
    frequency_penalty: -2,
    presence_penalty: 0.5,
    seed: -7,
    reasoning_effort: "none",
  });
  expect(chat).toEqual({
    sampling: {
      maxTokens: 10,
      temperature: 0,
      topP: 1,
      frequencyPenalty: -2,
      presencePenalty: 0.5,
      seed: -7,
    },
    thinking: "off",
  });
  const nothing = { temperature: null, max_tokens: null, seed: null, reasoning_effort: null };
  expect(wishesInChat(nothing)).toEqual({ sampling: {}, thinking: null });
  expect(wishesInResponses({ max_output_tokens: 10, temperature: 2, top_p: 0 }, "max")).toEqual({
    sampling: { maxTokens: 10, temperature: 2, topP: 0 },
    thinking: "xhigh",
  });
});

test("of the limit's two names the newer one counts, and the older one is read all the same", () => {
  expect(wishesInChat({ max_tokens: 10, max_completion_tokens: 20 }).sampling).toEqual({ maxTokens: 20 });
  expect(() => wishesInChat({ max_tokens: "10", max_completion_tokens: 20 })).toThrow(BadRequest);
});

const wrong: [string, unknown, string][] = [
  ["max_tokens", 0, "integer_below_min_value"],
  ["max_tokens", -1, "integer_below_min_value"],
  ["max_tokens", 1.5, "invalid_type"],
  ["max_completion_tokens", "100", "invalid_type"],
  ["max_completion_tokens", 1e300, "invalid_type"],
  ["temperature", -0.1, "decimal_below_min_value"],
  ["temperature", 2.1, "decimal_above_max_value"],
  ["temperature", Number.NaN, "invalid_type"],
  ["temperature", "0.5", "invalid_type"],
  ["temperature", true, "invalid_type"],
  ["top_p", 1.01, "decimal_above_max_value"],
  ["top_p", {}, "invalid_type"],
  ["frequency_penalty", 3, "decimal_above_max_value"],
  ["presence_penalty", -3, "decimal_below_min_value"],
  ["seed", 0.5, "invalid_type"],
  ["reasoning_effort", "hard", "invalid_value"],
  ["reasoning_effort", "toString", "invalid_value"],
];

test.each(wrong)("%s is refused where it is %p", (param, value, code) => {
  let failure: unknown;
  try {
    wishesInChat({ [param]: value });
  } catch (error) {
    failure = error instanceof BadRequest ? error.failure : error;
  }
  const type = "invalid_request_error";
  expect(failure).toMatchObject({ status: 400, type, param, code, message: expect.stringContaining(param) });
});

test("an effort that is no text is refused by the name that its endpoint has for it", () => {
  expect(() => wishesInResponses({}, 3)).toThrow("reasoning.effort must be text");
});
