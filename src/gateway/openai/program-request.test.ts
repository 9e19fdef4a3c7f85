import { describe, expect, test } from "bun:test";
import { addressOf, asksForAgent } from "./address.ts";
import { chatRequestOf } from "./chat-request.ts";
import { BadRequest, type Failure, failureOf } from "./failure.ts";
import { responsesRequestOf } from "./responses-request.ts";

const image = "data:image/png;base64,iVBORw0KGgo=";

const call = { id: "1", name: "clock", arguments: "{}" };
const called = { id: "1", type: "function", function: { name: "clock", arguments: "{}" } };
const noWishes = { sampling: {}, thinking: null };
const noTools = { tools: [], toolChoice: "auto" as const, parallelToolCalls: true };

function refusal(read: () => unknown): Failure {
  try {
    read();
  } catch (error) {
    if (error instanceof BadRequest) return error.failure;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a chat completions request", () => {
  test("comes down to the last words of a person, with what was said before and what was ordered", () => {
    const request = chatRequestOf({
      model: "moltbot/work",
      stream: true,
      stream_options: { include_usage: true },
      user: "ada",
      temperature: 0.2,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "developer", content: [{ type: "text", text: "No jokes." }] },
        { role: "user", content: "Hello" },
        { role: "assistant", content: null, tool_calls: [called] },
        { role: "tool", tool_call_id: "1", content: "noon" },
        { role: "assistant", content: "It is noon." },
        {
          role: "user",
          content: [
            { type: "text", text: "And this?" },
            { type: "image_url", image_url: { url: image } },
          ],
        },
      ],
    });
    expect(request).toEqual({
      model: "moltbot/work",
      stream: true,
      includeUsage: true,
      stops: [],
      user: "ada",
      system: "Be brief.\n\nNo jokes.",
      history: [
        { role: "user", content: "Hello" },
        { role: "assistant", content: "", toolCalls: [call] },
        { role: "toolResult", content: "noon", toolCallId: "1", toolName: "clock" },
        { role: "assistant", content: "It is noon." },
      ],
      prompt: "And this?",
      images: [image],
      results: [],
      tools: noTools,
      wishes: { sampling: { temperature: 0.2 }, thinking: null },
      format: null,
    });
  });

  test("may end with results of calls, which are then what is new, with or without a word beside them", () => {
    const messages = [
      { role: "user", content: "What time is it?" },
      { role: "assistant", content: null, tool_calls: [called] },
      { role: "tool", tool_call_id: "1", content: "noon" },
    ];
    const history = [
      { role: "user" as const, content: "What time is it?" },
      { role: "assistant" as const, content: "", toolCalls: [call] },
    ];
    const results = [{ toolCallId: "1", toolName: "clock", content: "noon" }];
    expect(chatRequestOf({ messages })).toMatchObject({ prompt: "", results, history });
    const more = [...messages, { role: "user", content: "Be brief." }];
    expect(chatRequestOf({ messages: more })).toMatchObject({ prompt: "Be brief.", results, history });
  });

  test("takes the result of a call that it does not name in words", () => {
    const { prompt, history } = chatRequestOf({
      messages: [
        { role: "user", content: "What time is it?" },
        { role: "tool", content: "noon" },
      ],
    });
    expect(prompt).toBe("[tool result] noon");
    expect(history).toEqual([{ role: "user", content: "What time is it?" }]);
  });

  test("with an image alone has words that say so, and earlier images leave a trace", () => {
    const parts = [{ type: "image_url", image_url: image }];
    const { prompt, images, history } = chatRequestOf({
      messages: [
        { role: "user", content: parts },
        { role: "user", content: parts },
      ],
    });
    expect({ prompt, images, history }).toEqual({
      prompt: "[image]",
      images: [image],
      history: [{ role: "user", content: "[image]" }],
    });
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    ["no messages", {}, "messages must be a list"],
    ["nobody asks", { messages: [{ role: "system", content: "x" }] }, "Missing user message in `messages`."],
    [
      "an empty question",
      { messages: [{ role: "user", content: "" }] },
      "Missing user message in `messages`.",
    ],
    ["an unknown role", { messages: [{ role: "narrator", content: "x" }] }, "messages[0].role must be"],
    ["a message that is none", { messages: ["hi"] }, "messages[0] must be an object"],
    [
      "a part of another kind",
      { messages: [{ role: "user", content: [{ type: "input_audio" }] }] },
      "messages[0].content[0]: parts of type",
    ],
    [
      "an image elsewhere",
      {
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "http://127.0.0.1/x.png" } }] },
        ],
      },
      "must be a data URL",
    ],
    ["several answers", { n: 2, messages: [{ role: "user", content: "x" }] }, "n must be 1"],
    [
      "a call without an id",
      {
        messages: [
          { role: "user", content: "x" },
          { role: "assistant", tool_calls: [{ function: { name: "clock", arguments: "{}" } }] },
        ],
      },
      "messages[1].tool_calls[0]",
    ],
    [
      "a form that nobody knows",
      { response_format: { type: "xml" }, messages: [{ role: "user", content: "x" }] },
      "response_format.type must be text, json_object or json_schema",
    ],
    ["an empty stop", { stop: [""], messages: [{ role: "user", content: "x" }] }, "stop must be text"],
    [
      "a flag that is none",
      { stream: "yes", messages: [{ role: "user", content: "x" }] },
      "stream must be true or false",
    ],
  ];
  test.each(wrong)("is refused: %s", (_, body, message) => {
    const failure = refusal(() => chatRequestOf(body));
    expect(failure).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect(failure.message).toContain(message);
  });
});

describe("a responses request", () => {
  test("may be one line", () => {
    expect(responsesRequestOf({ input: "Hello" })).toEqual({
      model: "moltbot",
      prompt: "Hello",
      images: [],
      system: "",
      history: [],
      stream: false,
      user: null,
      instructions: null,
      metadata: {},
      previous: null,
      results: [],
      tools: noTools,
      wishes: noWishes,
      format: null,
      asGiven: {
        tools: [],
        tool_choice: "auto",
        max_output_tokens: null,
        temperature: null,
        top_p: null,
        text: { format: { type: "text" } },
        reasoning: { effort: null, summary: null },
      },
    });
  });

  test("puts instructions before the orders in the input, and reads calls and their results", () => {
    const { system, history, prompt, results } = responsesRequestOf({
      instructions: "Be brief.",
      input: [
        { role: "system", content: "No jokes." },
        { type: "message", role: "user", content: [{ type: "input_text", text: "Time?" }] },
        { type: "function_call", name: "clock", arguments: "{}", call_id: "1" },
        { type: "reasoning", summary: [] },
        { type: "function_call_output", call_id: "1", output: "noon" },
      ],
    });
    expect(system).toBe("Be brief.\n\nNo jokes.");
    expect(history).toEqual([
      { role: "user", content: "Time?" },
      { role: "assistant", content: "", toolCalls: [call] },
    ]);
    expect({ prompt, results }).toEqual({
      prompt: "",
      results: [{ toolCallId: "1", toolName: "clock", content: "noon" }],
    });
  });

  test("on top of one before it has nothing but news", () => {
    const { history, prompt, results } = responsesRequestOf({
      previous_response_id: "resp_x",
      input: [
        { type: "function_call", name: "clock", arguments: "{}", call_id: "1" },
        { type: "function_call_output", call_id: "1", output: "noon" },
        { role: "user", content: "Thanks." },
        { role: "user", content: "And there?" },
      ],
    });
    expect({ history, prompt, results }).toEqual({
      history: [],
      prompt: "Thanks.\n\nAnd there?",
      results: [{ toolCallId: "1", toolName: "clock", content: "noon" }],
    });
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    ["no input", {}, "input must be text or a list"],
    ["a reference", { input: [{ type: "item_reference", id: "x" }] }, "send the item itself"],
    [
      "an unknown item",
      { input: [{ type: "computer_call" }] },
      'items of type "computer_call" are not taken',
    ],
    ["a file", { input: [{ role: "user", content: [{ type: "input_file" }] }] }, "parts of type"],
    ["work behind the scenes", { input: "x", background: true }, "background must be false"],
    ["a kept conversation", { input: "x", conversation: "c" }, "use previous_response_id"],
    [
      "a schema without a name",
      { input: "x", text: { format: { type: "json_schema", schema: {} } } },
      "text.format.name must be",
    ],
  ];
  test.each(wrong)("is refused: %s", (_, body, message) => {
    expect(refusal(() => responsesRequestOf(body)).message).toContain(message);
  });
});

describe("the session of a program", () => {
  const wanted = { model: "moltbot", user: null, family: "openai" as const, fresh: "f" };
  const headers = (more: Record<string, string> = {}) => new Headers(more);

  test.each([
    ["moltbot", undefined],
    ["clawdbot", undefined],
    ["gpt-4o", undefined],
    ["openrouter/some/model", undefined],
    ["openclaw/default", undefined],
    ["moltbot/work", "work"],
    ["moltbot:work", "work"],
    ["OpenClaw:work", "work"],
    ["clawdbot/work", "work"],
    ["agent:work", "work"],
  ])("asked for as %p is of the agent %p", (model, agentId) => {
    const found = addressOf(headers(), { ...wanted, model });
    expect(found.agentId).toBe(agentId);
    expect(found.sessionKey).toBe(agentId === undefined ? "openai:f" : "agent:work:openai:f");
  });

  test("follows the headers first, in any of the three names, then the user", () => {
    expect(addressOf(headers({ "x-openclaw-agent-id": "work" }), wanted)).toEqual({
      agentId: "work",
      sessionKey: "agent:work:openai:f",
    });
    expect(addressOf(headers({ "x-clawdbot-agent": "work" }), { ...wanted, user: "Ada" })).toEqual({
      agentId: "work",
      sessionKey: "agent:work:openai-user:Ada",
    });
    expect(addressOf(headers({ "x-moltbot-session-key": "agent:work:main" }), wanted)).toEqual({
      sessionKey: "agent:work:main",
    });
    expect(
      addressOf(headers({ "x-moltbot-session-key": "trip", "x-moltbot-agent-id": "work" }), wanted),
    ).toEqual({ agentId: "work", sessionKey: "agent:work:trip" });
  });

  test("has a key of bounded length, the same for the same user", () => {
    const long = { ...wanted, user: "u".repeat(5_000) };
    const { sessionKey } = addressOf(headers(), long);
    expect(sessionKey.length).toBeLessThan(64);
    expect(addressOf(headers(), long).sessionKey).toBe(sessionKey);
  });
});

test("a name asks for an agent only in the gateway's own forms", () => {
  const agents = ["moltbot", "OpenClaw", "clawdbot:work", "moltbot/default", "agent:work"];
  expect(agents.filter(asksForAgent)).toEqual(agents);
  const others = ["gpt-4o", "openrouter/some/model", "llama3.2:1b", "agent/work", "moltbot/", "moltbots"];
  expect(others.filter(asksForAgent)).toEqual([]);
});

test("what the dispatcher and a run refuse is said with the status that programs act on", () => {
  const table: [string, string | null, number, string][] = [
    ["INVALID_REQUEST", null, 400, "invalid_request_error"],
    ["FORBIDDEN", null, 403, "permission_error"],
    ["NOT_PAIRED", null, 401, "unauthorized"],
    ["UNAVAILABLE", null, 500, "api_error"],
    ["UNAVAILABLE", "timeout", 500, "api_error"],
    ["UNAVAILABLE", "rate_limit", 429, "rate_limit_error"],
    ["UNAVAILABLE", "context_length", 400, "invalid_request_error"],
  ];
  for (const [code, kind, status, type] of table) {
    expect(failureOf({ code, message: "m" }, kind)).toMatchObject({ status, type, message: "m" });
  }
  expect(failureOf({ code: "UNAVAILABLE", message: "m", retryAfterMs: 5_000 }, null)).toMatchObject({
    status: 429,
    retryAfterMs: 5_000,
  });
});
