import { describe, expect, test } from "bun:test";
import { NotFoundError } from "openai";
import { endpointsOn, hello, openAiOf, post, startOpenAiHouse } from "./openai-house.ts";
import { startHouse } from "./start-house.ts";

/** A gateway with two models on one fake server. */
async function startTwoModels() {
  const world = await startOpenAiHouse();
  const models = ["m", "second"].map((id) => ({ id, name: id }));
  const provider = { baseUrl: world.model.baseUrl, apiKey: "k", api: "openai-completions", models };
  const other = { ...provider, models: [{ id: "vendor/third", name: "Third" }] };
  const house = await startHouse({
    config: {
      gateway: endpointsOn,
      models: { providers: { fake: provider, other } },
      agents: { defaults: { model: { primary: "fake/m", fallbacks: ["fake/second"] } } },
    },
  });
  return {
    house,
    model: world.model,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

describe("the model that a program names", () => {
  test("is the one that answers: an agent's own, or one of the gateway's models", async () => {
    await using world = await startTwoModels();
    const openai = openAiOf(world);
    const names: [string, string, string][] = [
      ["moltbot", "moltbot", "m"],
      ["moltbot/main", "moltbot/main", "m"],
      ["agent:main", "agent:main", "m"],
      ["fake/second", "fake/second", "second"],
      ["second", "fake/second", "second"],
      ["other/vendor/third", "other/vendor/third", "vendor/third"],
    ];
    for (const [asked, named, used] of names) {
      const answer = await openai.chat.completions.create({ ...hello, model: asked });
      expect([asked, answer.model, world.model.requests.at(-1)?.model]).toEqual([asked, named, used]);
      const response = await openai.responses.create({ model: asked, input: "hello" });
      expect([asked, response.model, world.model.requests.at(-1)?.model]).toEqual([asked, named, used]);
    }
  });

  test("is refused where there is none of that name, before anything runs", async () => {
    await using world = await startTwoModels();
    const openai = openAiOf(world);
    const asking = [
      () => openai.chat.completions.create({ ...hello, model: "gpt-4o" }),
      () => openai.responses.create({ model: "gpt-4o", input: "hello" }),
      () => openai.models.retrieve("gpt-4o"),
    ];
    for (const ask of asking) {
      const error = await ask().catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ code: "model_not_found", param: "model", type: "invalid_request_error" });
    }
    expect(world.model.requests).toEqual([]);
  });

  test("is named as the one that answered where it failed and another took over", async () => {
    await using world = await startTwoModels();
    await using broken = await startOpenAiHouse({ mode: "broken" });
    const provider = { apiKey: "k", api: "openai-completions", models: [{ id: "m", name: "M" }] };
    await using house = await startHouse({
      config: {
        gateway: endpointsOn,
        models: {
          providers: {
            bad: { ...provider, baseUrl: broken.model.baseUrl },
            good: { ...provider, baseUrl: world.model.baseUrl },
          },
        },
        agents: { defaults: { model: { primary: "good/m", fallbacks: ["good/m"] } } },
      },
    });
    const openai = openAiOf({ ...world, house });
    const asked = { ...hello, model: "bad/m" };
    expect((await openai.chat.completions.create(asked)).model).toBe("good/m");
    const chunks = await Array.fromAsync(await openai.chat.completions.create({ ...asked, stream: true }));
    expect(chunks.at(-1)?.model).toBe("good/m");
  });
});

test("the models are listed, and each is described under its name, whatever is in it", async () => {
  await using world = await startTwoModels();
  const openai = openAiOf(world);
  const { data } = await openai.models.list();
  expect(data.map(({ id, owned_by }) => [id, owned_by])).toEqual([
    ["moltbot", "moltbot"],
    ["moltbot/main", "moltbot"],
    ["fake/m", "fake"],
    ["fake/second", "fake"],
    ["other/vendor/third", "other"],
  ]);
  for (const each of data) expect(await openai.models.retrieve(each.id)).toMatchObject({ ...each });
  expect(await openai.models.retrieve("second")).toMatchObject({ id: "second", owned_by: "fake" });
  const plain = await fetch(`${world.house.url}v1/models/other/vendor/third`);
  expect((await plain.json()).id).toBe("other/vendor/third");
});

test("what is not there, or not asked so, is said in JSON", async () => {
  await using world = await startOpenAiHouse();
  const url = `${world.house.url}v1/`;
  const embeddings = await post(world, "embeddings", { input: "x" });
  const cases: [Response, number, string][] = [
    [embeddings, 404, "not_found"],
    [await fetch(`${url}responses/resp_1`), 404, "not_found"],
    [await fetch(`${url}responses`), 405, "method_not_allowed"],
    [await post(world, "models", {}), 405, "method_not_allowed"],
  ];
  for (const [answer, status, code] of cases) {
    expect(answer.status).toBe(status);
    expect((await answer.json()).error).toMatchObject({ type: "invalid_request_error", code });
  }
  await using off = await startOpenAiHouse({}, { gateway: { http: {} } });
  const answer = await post(off, "chat/completions", hello);
  expect(answer.status).toBe(404);
  expect((await answer.json()).error.message).toContain("gateway.http.endpoints");
});
