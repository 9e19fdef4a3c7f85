/** What a server wants to see again beside the results of calls is brought back to it, and to nobody else. */
import { describe, expect, test } from "bun:test";
import type OpenAI from "openai";
import type { EndpointOptions, EndpointRequest } from "../fakes/model-endpoint.ts";
import { openAiOf, startOpenAiHouse } from "./openai-house.ts";

const parameters = { type: "object", properties: {} };
const tools = [{ type: "function" as const, function: { name: "clock", parameters } }];
const question = { role: "user" as const, content: "What time is it?" };
const hasResults = ({ body }: EndpointRequest) => JSON.stringify(body).includes("noon");

/** A server that calls once, by an id that it uses in every conversation. */
function serverThat(more: EndpointOptions, call: object = {}): EndpointOptions {
  return {
    wantsThoughts: true,
    calls: (request) =>
      hasResults(request) ? [] : [{ id: "clock:0", name: "clock", arguments: "{}", ...call }],
    reply: (_, request) => (hasResults(request) ? "It is noon." : ""),
    ...more,
  };
}

/** What a program sends that keeps of a call only what OpenAI's reference names. */
function answering({ id, function: called }: { id: string; function: { name: string; arguments: string } }) {
  return [
    question,
    {
      role: "assistant" as const,
      content: null,
      tool_calls: [{ id, type: "function" as const, function: called }],
    },
    { role: "tool" as const, tool_call_id: id, content: "noon" },
  ];
}

async function firstCall(openai: OpenAI) {
  const { choices } = await openai.chat.completions.create({ model: "moltbot", messages: [question], tools });
  const [call] = choices[0]?.message.tool_calls ?? [];
  if (call?.type !== "function") throw new Error("no call");
  return call;
}

const signature = { google: { thought_signature: "c2lnbmVk" } };

describe.each([
  ["its thoughts", serverThat({ reasoning: "I need a clock" }), { reasoning_content: "I need a clock" }, {}],
  ["its signature", serverThat({}, { extra_content: signature }), {}, { extra_content: signature }],
] as const)("a server that wants %s back", (_, server, ofMessage, ofCall) => {
  test("gets them with the call under its own id, by either endpoint", async () => {
    await using world = await startOpenAiHouse(server);
    const openai = openAiOf(world);
    const messages = answering(await firstCall(openai));
    const { choices } = await openai.chat.completions.create({ model: "moltbot", messages, tools });
    expect(choices[0]?.message.content).toBe("It is noon.");
    const flat = [{ type: "function" as const, name: "clock", parameters, strict: false }];
    const asked = { model: "moltbot", tools: flat };
    const { id, output } = await openai.responses.create({ ...asked, input: "What time is it?" });
    const call = output.find((item) => item.type === "function_call");
    const answer = await openai.responses.create({
      ...asked,
      previous_response_id: id,
      input: [{ type: "function_call_output", call_id: call?.call_id ?? "", output: "noon" }],
    });
    expect(answer.output_text).toBe("It is noon.");
    for (const at of [1, 3]) {
      const sent = world.model.requests[at]?.body.messages;
      expect(Array.isArray(sent) ? sent.slice(-2) : sent).toEqual([
        {
          role: "assistant",
          content: null,
          ...ofMessage,
          tool_calls: [
            { id: "clock:0", type: "function", function: { name: "clock", arguments: "{}" }, ...ofCall },
          ],
        },
        { role: "tool", tool_call_id: "clock:0", content: "noon" },
      ]);
    }
  });
});

test("thoughts are not told to whom they are not from, though two conversations call by one id", async () => {
  let thought = 0;
  await using world = await startOpenAiHouse(
    serverThat(
      { wantsThoughts: false },
      {
        get extra_content() {
          thought += 1;
          return { thought };
        },
      },
    ),
  );
  const openai = openAiOf(world);
  const one = await firstCall(openai);
  const other = await firstCall(openai);
  expect(one.id).not.toBe(other.id);
  await openai.chat.completions.create({ model: "moltbot", messages: answering(one), tools });
  expect(JSON.stringify(world.model.requests.at(-1)?.body)).toContain('"extra_content":{"thought":1}');
  const guessed = answering({ ...one, id: "clock:0" });
  await openai.chat.completions.create({ model: "moltbot", messages: guessed, tools });
  expect(JSON.stringify(world.model.requests.at(-1)?.body)).not.toContain("extra_content");
});
