import { describe, expect, test } from "bun:test";
import { BadRequestError } from "openai";
import { openAiOf, post, startOpenAiHouse } from "./openai-house.ts";

const said = "one two three four five six";

describe("responses by the OpenAI SDK", () => {
  test("answer with the agent's words and what they took", async () => {
    await using world = await startOpenAiHouse({ reply: () => said });
    const answer = await openAiOf(world).responses.create({
      model: "moltbot",
      instructions: "Answer in verse.",
      input: "hello",
      metadata: { from: "a test" },
    });
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: "response",
      status: "completed",
      model: "moltbot",
      output_text: said,
      metadata: { from: "a test" },
      error: null,
      incomplete_details: null,
    });
    expect(answer.output).toMatchObject([
      {
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: said }],
      },
    ]);
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    const [request] = world.model.requests;
    expect(request?.system).toContain("Answer in verse.");
    await using client = await world.house.connect();
    const { sessions } = await client.call("sessions.list", {});
    expect(sessions[0]?.key).toMatch(/^agent:main:openresponses:[0-9a-f]{32}$/);
  });

  test("stream every event in its order and number, and the words as they come", async () => {
    await using world = await startOpenAiHouse({ reply: () => said, paceMs: 30 });
    const stream = await openAiOf(world).responses.create({ model: "moltbot", input: "hello", stream: true });
    const events = await Array.fromAsync(stream);
    const types = events.map(({ type }) => type);
    const deltas = types.filter((type) => type === "response.output_text.delta");
    expect(deltas.length).toBeGreaterThan(1);
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      ...deltas,
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const words = events.flatMap((event) =>
      event.type === "response.output_text.delta" ? [event.delta] : [],
    );
    expect(words.join("")).toBe(said);
    const last = events.at(-1);
    if (last?.type !== "response.completed") throw new Error("it did not complete");
    expect(last.response).toMatchObject({ status: "completed", output: [{ content: [{ text: said }] }] });
    expect(last.response.usage?.output_tokens).toBeGreaterThan(0);
    const raw = await post(world, "responses", { input: "hello", stream: true });
    expect(raw.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await raw.text()).toEndWith("\n\ndata: [DONE]\n\n");
  });

  test("continue one that came before", async () => {
    await using world = await startOpenAiHouse();
    const openai = openAiOf(world);
    const first = await openai.responses.create({ model: "moltbot", input: "first" });
    const second = await openai.responses.create({
      model: "moltbot",
      input: "second",
      previous_response_id: first.id,
    });
    expect(second).toMatchObject({ previous_response_id: first.id, status: "completed" });
    expect(second.id).not.toBe(first.id);
    const heard = () => world.model.requests.at(-1)?.messages.map(({ content }) => content);
    expect(heard()).toEqual(["first", expect.any(String), "second"]);
    await openai.responses.create({ model: "moltbot", input: "third", previous_response_id: second.id });
    expect(heard()).toHaveLength(5);
    for (const previous_response_id of ["resp_unknown", `resp_${"0".repeat(32)}_00000000`]) {
      const error = await openai.responses
        .create({ model: "moltbot", input: "x", previous_response_id })
        .catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ code: "previous_response_not_found", param: "previous_response_id" });
    }
  });

  test("are incomplete where the model's limit cut them", async () => {
    await using world = await startOpenAiHouse({ reply: () => said, mode: "length" });
    const openai = openAiOf(world);
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    expect(await openai.responses.create({ model: "moltbot", input: "x" })).toMatchObject(cut);
    const events = await Array.fromAsync(
      await openai.responses.create({ model: "moltbot", input: "x", stream: true }),
    );
    expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: cut });
  });

  test("that break off inside a stream end as failed, with what was said", async () => {
    await using world = await startOpenAiHouse({ reply: () => said, mode: "cut" });
    const events = await Array.fromAsync(
      await openAiOf(world).responses.create({ model: "moltbot", input: "x", stream: true }),
    );
    const last = events.at(-1);
    if (last?.type !== "response.failed") throw new Error("it did not fail");
    expect(last.response.error?.message).toContain("fake");
    expect(JSON.stringify(last.response.output)).toContain("one two");
  });

  test("take a larger body than other routes, and no larger one", async () => {
    const http = { endpoints: { responses: { enabled: true, maxBodyBytes: 3_000_000 } } };
    await using world = await startOpenAiHouse({}, { gateway: { http } });
    const sized = (bytes: number) => post(world, "responses", { input: "x", user: "y".repeat(bytes) });
    expect((await sized(2_500_000)).status).toBe(200);
    expect((await sized(3_000_000)).status).toBe(413);
  });

  test("are an error where the model answers nothing", async () => {
    await using world = await startOpenAiHouse({ mode: "empty" });
    const { status } = await post(world, "responses", { input: "x" });
    expect(status).toBe(500);
  });
});

test("owner commands work over HTTP as in every channel", async () => {
  await using world = await startOpenAiHouse();
  const answer = await openAiOf(world).responses.create({ model: "moltbot", input: "/echo it works" });
  expect(answer.output_text).toBe("it works");
  expect(world.model.requests).toEqual([]);
});
