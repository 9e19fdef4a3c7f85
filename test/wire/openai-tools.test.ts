import { describe, expect, test } from "bun:test";
import type OpenAI from "openai";
import { BadRequestError } from "openai";
import type { EndpointRequest } from "../fakes/model-endpoint.ts";
import { endpointsOn, openAiOf, post, startOpenAiHouse } from "./openai-house.ts";

const zones = { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] };
const clock = { name: "clock", description: "Tells the time.", parameters: zones };
const weather = { name: "weather", parameters: { type: "object", properties: {} } };
const chatTools = [clock, weather].map((each) => ({ type: "function" as const, function: each }));
const flatTools = [clock, weather].map((each) => ({ type: "function" as const, strict: false, ...each }));

const calls = [
  { id: "call_a", name: "clock", arguments: '{"zone":"Europe/Berlin"}' },
  { id: "call_b", name: "weather", arguments: "{}" },
];
const called = calls.map(({ id, ...each }) => ({ id, type: "function", function: each }));
const question = { role: "user" as const, content: "What time is it, and is it raining?" };

/** Asks for both tools until their results are there, then says what it got. */
const model = {
  calls: (request: EndpointRequest) => (hasResults(request) ? [] : calls),
  reply: (_: unknown, request: EndpointRequest) => (hasResults(request) ? "It is noon and dry." : ""),
};

function hasResults({ body }: EndpointRequest): boolean {
  return JSON.stringify(body).includes("noon");
}

function messagesIn(request: EndpointRequest | undefined): unknown[] {
  return ((request?.body.messages ?? []) as { role: string }[]).filter(({ role }) => role !== "system");
}

const asSent = calls.map(({ id, ...each }) => ({ id, type: "function", function: each }));

describe("chat completions", () => {
  test("end with the program's calls, and go on with their results", async () => {
    await using world = await startOpenAiHouse(model);
    const openai = openAiOf(world);
    const first = await openai.chat.completions.create({
      model: "moltbot",
      messages: [question],
      tools: chatTools,
    });
    const [choice] = first.choices;
    expect(choice).toMatchObject({
      finish_reason: "tool_calls",
      message: { role: "assistant", content: null, tool_calls: called },
    });
    expect(world.model.requests[0]?.body.tools).toEqual(chatTools);
    if (choice === undefined) throw new Error("no choice");

    const second = await openai.chat.completions.create({
      model: "moltbot",
      tools: chatTools,
      messages: [
        question,
        choice.message,
        { role: "tool", tool_call_id: "call_b", content: "dry" },
        { role: "tool", tool_call_id: "call_a", content: "noon" },
      ],
    });
    expect(second.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "It is noon and dry." },
    });
    expect(messagesIn(world.model.requests[1])).toEqual([
      question,
      { role: "assistant", content: null, tool_calls: asSent },
      { role: "tool", tool_call_id: "call_a", content: "noon" },
      { role: "tool", tool_call_id: "call_b", content: "dry" },
    ]);
  });

  test("stream the calls after the words, and are put together by the SDK", async () => {
    await using world = await startOpenAiHouse({ ...model, reply: () => "Let me look." });
    const stream = openAiOf(world).chat.completions.stream({
      model: "moltbot",
      messages: [question],
      tools: chatTools,
    });
    const choice = (await stream.finalChatCompletion()).choices[0];
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(choice?.message.content).toBe("Let me look.");
    expect(choice?.message.tool_calls).toMatchObject(called);
  });

  test("keep calls and results in the session of a user, for whoever goes on there", async () => {
    await using world = await startOpenAiHouse(model);
    const openai = openAiOf(world);
    const common = { model: "moltbot", user: "ada", tools: chatTools };
    await openai.chat.completions.create({ ...common, messages: [question] });
    await openai.chat.completions.create({
      ...common,
      messages: [
        { role: "tool", tool_call_id: "call_a", content: "noon" },
        { role: "tool", tool_call_id: "call_b", content: "dry" },
      ],
    });
    expect(messagesIn(world.model.requests[1])).toEqual([
      question,
      { role: "assistant", content: null, tool_calls: asSent },
      { role: "tool", tool_call_id: "call_a", content: "noon" },
      { role: "tool", tool_call_id: "call_b", content: "dry" },
    ]);
    await using client = await world.house.connect();
    const sessionKey = "agent:main:openai-user:ada";
    const { messages } = await client.call("chat.history", { sessionKey });
    expect(messages).toMatchObject([
      { role: "user", content: [{ type: "text", text: question.content }] },
      {
        role: "assistant",
        stopReason: "tool_calls",
        content: [
          { type: "toolCall", id: "call_a", name: "clock", arguments: { zone: "Europe/Berlin" } },
          { type: "toolCall", id: "call_b", name: "weather", arguments: {} },
        ],
      },
      { role: "toolResult", toolCallId: "call_a", content: [{ type: "text", text: "noon" }] },
      { role: "toolResult", toolCallId: "call_b", content: [{ type: "text", text: "dry" }] },
      { role: "assistant", content: [{ type: "text", text: "It is noon and dry." }] },
    ]);
    // Without tools the same conversation is told in words.
    const content = "Thanks. Again?";
    await openai.chat.completions.create({
      model: "moltbot",
      user: "ada",
      messages: [{ role: "user", content }],
    });
    const told = JSON.stringify(messagesIn(world.model.requests[2]));
    expect(told).toContain("[called clock with");
    expect(told).toContain("[tool result] noon");
    expect(told).not.toContain("tool_call_id");
  });

  test("take calls that come whole, unnumbered and without ids", async () => {
    await using world = await startOpenAiHouse({ ...model, wholeCalls: true });
    const { choices } = await openAiOf(world).chat.completions.create({
      model: "moltbot",
      messages: [question],
      tools: chatTools,
    });
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    const made = choices[0]?.message.tool_calls ?? [];
    expect(made.map((each) => (each.type === "function" ? each.function : null))).toEqual(
      calls.map(({ id: _, ...each }) => each),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(2);
    expect(made.every(({ id }) => /^call_[0-9a-f]{32}$/.test(id))).toBe(true);
  });

  test("hand on arguments that are broken, and send the model nothing broken afterwards", async () => {
    const broken = [{ id: "call_a", name: "clock", arguments: '{"zone": "Eur' }];
    await using world = await startOpenAiHouse({ ...model, calls: (r) => (hasResults(r) ? [] : broken) });
    const openai = openAiOf(world);
    const common = { model: "moltbot", user: "ada", tools: chatTools };
    const { choices } = await openai.chat.completions.create({ ...common, messages: [question] });
    expect(choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: "clock", arguments: '{"zone": "Eur' } },
    ]);
    const result = { role: "tool" as const, tool_call_id: "call_a", content: "that is no JSON; it is noon" };
    await openai.chat.completions.create({ ...common, messages: [result] });
    const [, second] = messagesIn(world.model.requests[1]) as OpenAI.ChatCompletionAssistantMessageParam[];
    expect(second?.tool_calls).toMatchObject([
      { function: { arguments: JSON.stringify({ unparsed: '{"zone": "Eur' }) } },
    ]);
  });

  test("let the SDK run the program's functions by itself, plain and streamed", async () => {
    await using world = await startOpenAiHouse(model);
    const runnable = (tool: typeof clock | typeof weather, run: (args: string) => string) => ({
      type: "function" as const,
      function: { description: "", ...tool, function: run },
    });
    const tools = [runnable(clock, (args) => `noon by ${args}`), runnable(weather, () => "dry")];
    for (const stream of [false, true]) {
      const asked = { model: "moltbot", messages: [question], tools };
      const completions = openAiOf(world).chat.completions;
      const runner = stream ? completions.runTools({ ...asked, stream: true }) : completions.runTools(asked);
      expect(await runner.finalContent()).toBe("It is noon and dry.");
      expect(messagesIn(world.model.requests.at(-1))).toContainEqual({
        role: "tool",
        tool_call_id: "call_a",
        content: `noon by ${calls[0]?.arguments}`,
      });
    }
    expect(world.model.requests).toHaveLength(4);
  });

  test("that the model's limit cut short are left out, and the reason is the limit", async () => {
    const cut = [calls[1], { id: "call_a", name: "clock", arguments: '{"zone": "Eur' }].flatMap(
      (each) => each ?? [],
    );
    await using world = await startOpenAiHouse({
      calls: () => cut,
      reply: () => "Well,",
      mode: "length",
    });
    const { choices } = await openAiOf(world).chat.completions.create({
      model: "moltbot",
      messages: [question],
      tools: chatTools,
    });
    expect(choices[0]).toMatchObject({ finish_reason: "length", message: { content: "Well," } });
    expect(choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(["call_b"]);
  });

  test("are nobody's where no tools were offered", async () => {
    await using world = await startOpenAiHouse({ calls: () => calls, reply: () => "Just words." });
    const { choices } = await openAiOf(world).chat.completions.create({
      model: "moltbot",
      messages: [question],
    });
    expect(choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Just words." } });
    expect(choices[0]?.message).not.toHaveProperty("tool_calls");
  });

  test("are an answer as ever where the model ignores the tools, and where none may be called", async () => {
    await using world = await startOpenAiHouse({ reply: () => "No idea." });
    const openai = openAiOf(world);
    const asked = { model: "moltbot", messages: [question], tools: chatTools };
    const answer = await openai.chat.completions.create(asked);
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "No idea." } });
    await openai.chat.completions.create({ ...asked, tool_choice: "none" });
    expect(world.model.requests.map(({ body }) => "tools" in body)).toEqual([true, false]);
  });

  test("pass the choice on", async () => {
    await using world = await startOpenAiHouse(model);
    const openai = openAiOf(world);
    const asked = { model: "moltbot", messages: [question], tools: chatTools };
    const named = { type: "function" as const, function: { name: "clock" } };
    await openai.chat.completions.create({ ...asked, tool_choice: named, parallel_tool_calls: false });
    await openai.chat.completions.create({ ...asked, tool_choice: "required" });
    const [first, second] = world.model.requests.map(({ body }) => body);
    expect(first).toMatchObject({ tool_choice: named, parallel_tool_calls: false });
    expect(second).toMatchObject({ tool_choice: "required" });
    expect(second).not.toHaveProperty("parallel_tool_calls");
  });

  test("one call at a time is one, whatever the model sends", async () => {
    await using world = await startOpenAiHouse(model);
    const { choices } = await openAiOf(world).chat.completions.create({
      model: "moltbot",
      messages: [question],
      tools: chatTools,
      parallel_tool_calls: false,
    });
    expect(choices[0]?.message.tool_calls).toMatchObject([called[0]]);
  });

  test("a repeat of the request has the same calls, and asks the model once", async () => {
    await using world = await startOpenAiHouse(model);
    const asked = { model: "moltbot", messages: [question], tools: chatTools };
    const headers = { "idempotency-key": "k" };
    const [one, other] = [
      await (await post(world, "chat/completions", asked, headers)).json(),
      await (await post(world, "chat/completions", asked, headers)).json(),
    ];
    expect(other.choices).toEqual(one.choices);
    expect(other.choices[0].message.tool_calls).toEqual(called);
    expect(world.model.requests).toHaveLength(1);
  });
});

describe("responses", () => {
  test("end incomplete with the program's calls, and go on from there by their id", async () => {
    await using world = await startOpenAiHouse(model);
    const openai = openAiOf(world);
    const first = await openai.responses.create({
      model: "moltbot",
      input: question.content,
      tools: flatTools,
    });
    expect(first).toMatchObject({
      status: "incomplete",
      incomplete_details: null,
      tool_choice: "auto",
      tools: flatTools,
      output: calls.map(({ id, ...each }) => ({
        type: "function_call",
        call_id: id,
        status: "completed",
        ...each,
      })),
    });
    const second = await openai.responses.create({
      model: "moltbot",
      previous_response_id: first.id,
      tools: flatTools,
      input: [
        { type: "function_call_output", call_id: "call_a", output: "noon" },
        { type: "function_call_output", call_id: "call_b", output: "dry" },
        { role: "user", content: "In one sentence." },
      ],
    });
    expect(second).toMatchObject({ status: "completed", output_text: "It is noon and dry." });
    expect(messagesIn(world.model.requests[1])).toEqual([
      question,
      { role: "assistant", content: null, tool_calls: asSent },
      { role: "tool", tool_call_id: "call_a", content: "noon" },
      { role: "tool", tool_call_id: "call_b", content: "dry" },
      { role: "user", content: "In one sentence." },
    ]);
  });

  test("go on as well where the program sends everything again", async () => {
    await using world = await startOpenAiHouse(model);
    const openai = openAiOf(world);
    const first = await openai.responses.create({ model: "moltbot", input: [question], tools: flatTools });
    const input = [
      question,
      ...first.output,
      { type: "function_call_output" as const, call_id: "call_a", output: "noon" },
      { type: "function_call_output" as const, call_id: "call_b", output: "dry" },
    ] as OpenAI.Responses.ResponseInput;
    const second = await openai.responses.create({ model: "moltbot", input, tools: flatTools });
    expect(second.output_text).toBe("It is noon and dry.");
    expect(messagesIn(world.model.requests[1])).toHaveLength(4);
  });

  test("stream the calls as items of their own, behind the words where there are some", async () => {
    for (const reply of ["", "Let me look."]) {
      await using world = await startOpenAiHouse({ ...model, reply: () => reply });
      const asked = { model: "moltbot", input: question.content, tools: flatTools, stream: true as const };
      const events = await Array.fromAsync(await openAiOf(world).responses.create(asked));
      expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
      const first = reply === "" ? 0 : 1;
      const done = events.flatMap((event) =>
        event.type === "response.function_call_arguments.done" ? [[event.output_index, event.arguments]] : [],
      );
      expect(done).toEqual(calls.map((call, index) => [first + index, call.arguments]));
      const types = events.map(({ type }) => type);
      expect(types.includes("response.output_text.done")).toBe(reply !== "");
      const last = events.at(-1);
      if (last?.type !== "response.completed") throw new Error(`it ended with ${last?.type}`);
      expect(last.response.status).toBe("incomplete");
      const items = events.flatMap((event) =>
        event.type === "response.output_item.done" ? [event.item] : [],
      );
      expect(last.response.output).toEqual(items);
      expect(items.map(({ type }) => type)).toEqual([
        ...(reply === "" ? [] : ["message" as const]),
        "function_call",
        "function_call",
      ]);
    }
  });
});

describe("whatever format the model speaks", () => {
  const apis = ["openai-responses", "anthropic-messages"] as const;
  test.each(apis)("%s: calls come out and results go in", async (api) => {
    await using world = await startOpenAiHouse(model);
    const baseUrl = api === "anthropic-messages" ? world.model.url : world.model.baseUrl;
    const provider = { baseUrl, apiKey: "k", api, models: [{ id: "m", name: "M" }] };
    await using other = await startOpenAiHouse(model, {
      config: {
        gateway: endpointsOn,
        models: { providers: { fake: provider } },
        agents: { defaults: { model: "fake/m" } },
      },
    });
    const openai = openAiOf(other);
    const common = { model: "moltbot", user: "ada", tools: chatTools };
    const { choices } = await openai.chat.completions.create({ ...common, messages: [question] });
    expect(choices[0]?.message.tool_calls).toMatchObject(called);
    const answer = await openai.chat.completions.create({
      ...common,
      messages: [
        { role: "tool", tool_call_id: "call_a", content: "noon" },
        { role: "tool", tool_call_id: "call_b", content: "dry" },
      ],
    });
    expect(answer.choices[0]?.message.content).toBe("It is noon and dry.");
    const sent = world.model.requests[1]?.body;
    if (api === "openai-responses") {
      expect(sent?.input).toEqual([
        question,
        ...calls.map(({ id, ...each }) => ({ type: "function_call", call_id: id, ...each })),
        { type: "function_call_output", call_id: "call_a", output: "noon" },
        { type: "function_call_output", call_id: "call_b", output: "dry" },
      ]);
    } else {
      expect(sent?.messages).toMatchObject([
        { role: "user" },
        {
          role: "assistant",
          content: calls.map(({ id, name, arguments: args }) => ({
            type: "tool_use",
            id,
            name,
            input: JSON.parse(args),
          })),
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_a", content: "noon" },
            { type: "tool_result", tool_use_id: "call_b", content: "dry" },
          ],
        },
      ]);
    }
    expect(JSON.stringify(sent?.tools)).toContain("Tells the time.");
  });
});

test("a client of the WebSocket brings its functions as well, and names each once", async () => {
  await using world = await startOpenAiHouse(model);
  await using client = await world.house.connect();
  const common = { sessionKey: "main", tools: [clock, weather] };
  const first = await client.call("agent", { ...common, message: question.content, idempotencyKey: "1" });
  expect(first.result?.meta).toMatchObject({ stopReason: "tool_calls", pendingToolCalls: calls });
  expect(first.result?.payloads).toEqual([]);
  const toolResults = [
    { toolCallId: "call_a", content: "noon" },
    { toolCallId: "call_lost", content: "of no call" },
  ];
  const second = await client.call("agent", { ...common, message: "", toolResults, idempotencyKey: "2" });
  expect(second.result?.payloads[0]?.text).toBe("It is noon and dry.");
  expect(messagesIn(world.model.requests[1]).slice(2)).toEqual([
    { role: "tool", tool_call_id: "call_a", content: "noon" },
    { role: "tool", tool_call_id: "call_b", content: "[no result came]" },
    { role: "user", content: "[tool result] of no call" },
  ]);
  const refused: [Record<string, unknown>, string][] = [
    [{ message: "" }, "at /message"],
    [{ message: "x", tools: [clock, clock] }, "tools has clock twice"],
    [{ message: "x", tools: [clock], requiredTool: "weather" }, "not among the tools"],
  ];
  for (const [params, message] of refused) {
    const asked = { sessionKey: "main", message: "", idempotencyKey: crypto.randomUUID(), ...params };
    const error = await client.call("agent", asked).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining(message) });
  }
});

describe("tools that cannot be kept are refused before anything runs", () => {
  const nested = (...functions: unknown[]) => functions.map((each) => ({ type: "function", function: each }));
  const many = Array.from({ length: 129 }, (_, index) => ({ ...clock, name: `clock_${index}` }));
  const wrong: [string, Record<string, unknown>, string][] = [
    ["no name", { tools: nested({ parameters: zones }) }, "tools[0].function.name must be"],
    ["a name with blanks", { tools: nested({ ...clock, name: "my clock" }) }, "letters, digits"],
    ["no schema", { tools: nested({ name: "clock" }) }, "tools[0].function.parameters must be"],
    ["a doubled name", { tools: nested(clock, clock) }, "tools[1]: there is a function clock before it"],
    ["too many", { tools: nested(...many) }, "tools has 129 entries; at most 128"],
    ["no list", { tools: {} }, "tools must be a list"],
    ["another kind", { tools: [{ type: "web_search" }] }, 'tools[0].type must be function, not "web_search"'],
    ["a choice without tools", { tool_choice: "required" }, "there are no tools"],
    [
      "a choice of another",
      { tools: nested(clock), tool_choice: { type: "function", function: { name: "x" } } },
      'tool_choice names "x"',
    ],
    ["another choice", { tools: nested(clock), tool_choice: "sometimes" }, "tool_choice must be"],
    ["the older form", { functions: [clock] }, "send tools"],
  ];
  test("with the part that is to blame", async () => {
    await using world = await startOpenAiHouse();
    for (const [why, body, message] of wrong) {
      const answer = await post(world, "chat/completions", { messages: [question], ...body });
      expect([why, answer.status]).toEqual([why, 400]);
      expect((await answer.json()).error).toMatchObject({
        type: "invalid_request_error",
        message: expect.stringContaining(message),
        param: expect.any(String),
      });
    }
    const flat = { model: "moltbot", input: "x", tools: [flatTools[0], flatTools[0]] } as never;
    const error = await openAiOf(world)
      .responses.create(flat)
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(world.model.requests).toEqual([]);
  });
});
