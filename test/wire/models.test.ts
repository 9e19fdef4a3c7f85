import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GatewayClient } from "#src/client/client.ts";
import { readLocalKey } from "#src/config/local-key.ts";
import { type EndpointOptions, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { chatOf, modelConfig, startModelHouse, textOfEvent } from "./model-house.ts";
import { type House, startHouse } from "./start-house.ts";

const key = "sk-right-0123456789abcdef";

/** What our own command line is: a client of this machine's user. */
function owner(house: House): Promise<GatewayClient> {
  return house.connect({ auth: { token: readLocalKey(house.stateDir) ?? "" } });
}

async function say(client: GatewayClient, message: string): Promise<string | undefined> {
  const runId = crypto.randomUUID();
  const chat = chatOf(client, runId);
  await client.call("chat.send", { sessionKey: "main", message, idempotencyKey: runId });
  const end = (await chat).at(-1);
  return end?.state === "error" ? end.errorMessage : textOfEvent(end);
}

function configOf(house: House): string {
  const path = join(house.stateDir, "moltbot.json");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function world(options: EndpointOptions = {}, config?: Record<string, unknown>) {
  const model = await startModelEndpoint({ key, reply: () => "hello from acme", ...options });
  const house = await startHouse(config === undefined ? {} : { config });
  const client = await owner(house);
  return {
    model,
    house,
    client,
    add: { provider: "acme", apiKey: key, baseUrl: model.baseUrl, models: ["m1", "m2"] },
    async [Symbol.asyncDispose]() {
      await client.close();
      await house[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

describe("a model that is added", () => {
  test("answers the next message, without a restart; its key is kept beside the config, never in it", async () => {
    await using here = await world();
    const { client, house } = here;
    expect(await say(client, "hi")).toContain("No AI model is set up yet");
    expect(await client.call("models.add", here.add)).toEqual({
      model: "acme/m1",
      isDefault: true,
      keyIn: "file",
      latencyMs: expect.any(Number),
      applied: true,
    });
    expect((await client.call("health")).model).toBe("acme/m1");
    expect(await say(client, "hi")).toBe("hello from acme");
    expect(here.model.requests.at(-1)?.headers.authorization).toBe(`Bearer ${key}`);
    const file = join(house.stateDir, "secrets", "acme");
    expect(readFileSync(file, "utf8").trim()).toBe(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(configOf(house)).not.toContain(key);
    expect(JSON.parse(configOf(house))).toMatchObject({
      models: {
        providers: { acme: { apiKey: "$" + "{secret:acme}", models: [{ id: "m1" }, { id: "m2" }] } },
      },
      agents: { defaults: { model: "acme/m1" } },
    });
    expect(JSON.stringify(await client.call("config.get"))).not.toContain(key);
    expect(readFileSync(house.log.file ?? "", "utf8")).not.toContain(key);
  });

  test("is there after a restart, with its key", async () => {
    await using here = await world();
    await here.client.call("models.add", here.add);
    await here.house.stop();
    await using again = await startHouse({ stateDir: here.house.stateDir });
    await using client = await again.connect();
    expect(await say(client, "hi")).toBe("hello from acme");
  });

  test("with a wrong key is said so in the person's words, and nothing is written", async () => {
    await using here = await world();
    const wrong = { ...here.add, apiKey: "sk-wrong-0123456789abcdef" };
    await expect(here.client.call("models.add", wrong)).rejects.toThrow("acme refused the key (401)");
    expect(configOf(here.house)).toBe("");
    expect(existsSync(join(here.house.stateDir, "secrets"))).toBe(false);
    expect((await here.client.call("models.list", {})).models).toEqual([]);
  });

  test("anew with a wrong key leaves the right one where it is", async () => {
    await using here = await world();
    await here.client.call("models.add", here.add);
    const before = configOf(here.house);
    const wrong = { ...here.add, apiKey: "sk-wrong-0123456789abcdef" };
    await expect(here.client.call("models.add", wrong)).rejects.toThrow("refused the key");
    expect(configOf(here.house)).toBe(before);
    expect(await say(here.client, "hi")).toBe("hello from acme");
  });

  test("beside one that answers does not take its place unless asked to", async () => {
    await using other = await startModelEndpoint({ reply: () => "hello from the first" });
    const providers = { zed: { baseUrl: other.baseUrl, models: [{ id: "z" }] } };
    await using here = await world({}, { models: { providers } });
    const added = await here.client.call("models.add", here.add);
    expect(added.isDefault).toBe(false);
    expect(await say(here.client, "hi")).toBe("hello from the first");
    expect(await here.client.call("models.use", { model: "acme/m2" })).toEqual({
      model: "acme/m2",
      applied: true,
    });
    expect(await say(here.client, "hi")).toBe("hello from acme");
    expect(here.model.requests.at(-1)?.model).toBe("m2");
    await expect(here.client.call("models.use", { model: "no/such" })).rejects.toThrow("unknown model");
  });

  test("is not chosen by a name that the provider's list does not have; the nearest are named", async () => {
    await using here = await world();
    await here.client.call("models.add", here.add);
    const near = "unknown model: acme/m3; the nearest are acme/m1, acme/m2";
    const { client } = here;
    await expect(client.call("models.use", { model: "acme/m3" })).rejects.toThrow(near);
    await expect(client.call("sessions.patch", { key: "main", model: "acme/m3" })).rejects.toThrow(near);
    await expect(client.call("sessions.create", { model: "acme/m3" })).rejects.toThrow(near);
    await expect(
      client.call("agent", { message: "hi", model: "acme/m3", idempotencyKey: "a" }),
    ).rejects.toThrow(near);
    expect(await say(client, "/model acme/m3")).toContain("There is no model acme/m3 here");
    const { models } = await client.call("models.list", { includeDetails: true });
    expect(models).toMatchObject([{ id: "m1", isDefault: true }, { id: "m2" }]);
  });

  test("keeps the fallbacks of the default, and joins a list of allowed models", async () => {
    const defaults = { model: { primary: "fake/m", fallbacks: ["fake/m"] }, models: { "fake/m": {} } };
    await using other = await startModelEndpoint();
    const config = { ...modelConfig(other.baseUrl), agents: { defaults } };
    await using here = await world({}, config);
    const added = await here.client.call("models.add", { ...here.add, makeDefault: true });
    expect(added).toMatchObject({ model: "acme/m1", isDefault: true });
    expect(JSON.parse(configOf(here.house)).agents.defaults).toEqual({
      model: { primary: "acme/m1", fallbacks: ["fake/m"] },
      models: { "fake/m": {}, "acme/m1": {} },
    });
  });

  test("without names takes those that its server lists; a server that lists none is said so", async () => {
    await using here = await world({ models: ["big", "nomic-embed-text"] });
    const { models: _, ...add } = here.add;
    expect(await here.client.call("models.add", add)).toMatchObject({ model: "acme/big" });
    await here.model.close();
    const elsewhere = { ...add, provider: "zed" };
    await expect(here.client.call("models.add", elsewhere)).rejects.toThrow(
      /No model server answers at http:\/\/127\.0\.0\.1:\d+: start zed there, .*nothing was written$/,
    );
  });

  test("needs an administrator: reading and writing are not enough", async () => {
    await using here = await world();
    await using writer = await here.house.connect({ scopes: ["operator.read", "operator.write"] });
    await expect(writer.call("models.add", here.add)).rejects.toThrow("missing scope: operator.admin");
    await expect(writer.call("models.use", { model: "a/b" })).rejects.toThrow(
      "missing scope: operator.admin",
    );
    expect(here.model.requests).toEqual([]);
  });

  for (const [what, change, says] of [
    ["an id that is none", { provider: "a b" }, "no provider id"],
    ["a key with a line break", { apiKey: "one\ntwo" }, "blanks or line breaks"],
    ["an address that is none", { baseUrl: "ftp://x" }, "not an http or https address"],
    ["an address with a password", { baseUrl: "http://me:pw@127.0.0.1/v1" }, "give the secret as apiKey"],
  ] as const) {
    test(`that has ${what} is refused before anybody is asked`, async () => {
      await using here = await world();
      await expect(here.client.call("models.add", { ...here.add, ...change })).rejects.toThrow(says);
      expect(here.model.requests).toEqual([]);
      expect(configOf(here.house)).toBe("");
    });
  }

  test("of a known hosted provider needs a key, and says where to put one", async () => {
    await using here = await world();
    await expect(here.client.call("models.add", { provider: "anthropic" })).rejects.toThrow(
      /has no key.*moltbot model add anthropic/,
    );
  });
});

describe("models.list", () => {
  test("without details is what clients of every generation know", async () => {
    await using there = await startModelHouse({});
    await using client = await there.house.connect();
    expect(await client.call("models.list", {})).toEqual({
      models: [{ id: "m", name: "M", provider: "fake", reasoning: false, input: ["text"] }],
    });
  });

  test("with details names what each costs, where it is asked and where its key is, never the key", async () => {
    const cost = { input: 2, output: 10, cacheRead: 0.2 };
    const providers = {
      paid: {
        baseUrl: "https://models.example/v1",
        apiKey: "$" + "{PAID_KEY}",
        models: [{ id: "p", cost, contextWindow: 9_000, maxTokens: 500, reasoning: true }],
      },
      own: { baseUrl: "http://127.0.0.1:9/v1", models: [{ id: "o" }] },
      lost: {
        baseUrl: "https://lost.example/v1",
        apiKey: "$" + "{secret:lost}",
        models: [{ id: "l" }],
      },
      keyless: { baseUrl: "https://keyless.example/v1", models: [{ id: "k" }] },
    };
    const env = { PAID_KEY: "sk-paid-0123456789abcdef" };
    await using house = await startHouse({ config: { models: { providers } }, env });
    await using client = await house.connect();
    const listed = await client.call("models.list", { includeDetails: true });
    expect(listed.models).toEqual([
      {
        id: "p",
        name: "p",
        provider: "paid",
        contextWindow: 9_000,
        maxTokens: 500,
        reasoning: true,
        input: ["text"],
        cost,
        local: false,
        endpoint: "https://models.example",
        keyFrom: "models.providers.paid.apiKey",
        isDefault: true,
        usable: true,
      },
      {
        id: "o",
        name: "o",
        provider: "own",
        reasoning: false,
        input: ["text"],
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
        local: true,
        endpoint: "http://127.0.0.1:9",
        keyFrom: null,
        isDefault: false,
        usable: true,
      },
      {
        id: "l",
        name: "l",
        provider: "lost",
        reasoning: false,
        input: ["text"],
        local: false,
        endpoint: "https://lost.example",
        keyFrom: "secret:lost",
        isDefault: false,
        usable: false,
        unusableBecause: expect.stringContaining("moltbot model add lost"),
      },
    ]);
    expect(listed.found).toEqual([]);
    expect(listed.problems).toEqual([expect.stringContaining("models.providers.keyless has no key")]);
    expect(JSON.stringify(listed)).not.toContain("sk-paid");
  });
});

describe("servers on this computer", () => {
  test("are offered under a field of their own, and never used by themselves", async () => {
    await using found = await startModelEndpoint({
      models: ["llama", "nomic-embed-text"],
      reply: () => "hello from here",
    });
    const place = { id: "ollama", name: "Ollama", port: found.port };
    const nobody = { id: "vllm", name: "vLLM", port: 1 };
    await using house = await startHouse({
      env: { MOLTBOT_NO_DISCOVERY: "" },
      modelPlaces: [place, nobody],
    });
    await using client = await owner(house);
    const offered = [{ id: "ollama", name: "Ollama", baseUrl: found.baseUrl, models: ["llama"] }];
    const discovered = await client.call("models.discover", {});
    expect(discovered).toMatchObject({ enabled: true, found: offered });
    expect(discovered.providers.map(({ id }) => id)).toEqual([
      ...["anthropic", "openai", "openrouter"],
      ...["ollama", "lmstudio", "llamacpp", "vllm"],
    ]);
    expect(await client.call("models.list", { includeDetails: true })).toMatchObject({
      models: [],
      found: offered,
    });
    expect((await client.call("health", { probe: true })).model).toBe("none");
    expect(await say(client, "hi")).toContain("No AI model is set up yet");
    expect(found.requests).toEqual([]);

    const baseUrl = found.baseUrl;
    expect(await client.call("models.add", { provider: "ollama", baseUrl })).toMatchObject({
      model: "ollama/llama",
      isDefault: true,
      keyIn: null,
    });
    expect(await say(client, "hi")).toBe("hello from here");
    expect((await client.call("models.discover", { refresh: true })).found).toEqual([]);
  });

  test("are not looked for where that is switched off", async () => {
    await using found = await startModelEndpoint();
    const places = [{ id: "ollama", name: "Ollama", port: found.port }];
    await using house = await startHouse({ modelPlaces: places });
    await using client = await house.connect();
    expect(await client.call("models.discover", { refresh: true })).toMatchObject({
      enabled: false,
      found: [],
    });
  });
});

describe("models.test", () => {
  test("asks for a few tokens, and what that used is counted", async () => {
    await using there = await startModelHouse({ reply: () => "ok" });
    await using client = await there.house.connect();
    expect(await client.call("models.test", {})).toEqual({
      ok: true,
      model: "fake/m",
      latencyMs: expect.any(Number),
    });
    expect(there.model.requests.at(-1)?.body).toMatchObject({ max_tokens: 8 });
    expect((await client.call("usage.cost", {})).totals.output).toBe(1);
  });

  test("says what is wrong and what to do, in the person's words", async () => {
    await using there = await startModelHouse({ mode: "unauthorized" });
    await using client = await there.house.connect();
    expect(await client.call("models.test", { model: "fake/m" })).toMatchObject({
      ok: false,
      error: { kind: "auth", message: expect.stringContaining("fake refused the key (401)") },
    });
    expect(await client.call("models.test", { model: "no/such" })).toMatchObject({
      ok: false,
      error: { kind: "not_found", message: expect.stringContaining("no/such") },
    });
  });

  test("is content with a model that has thought and has no word left", async () => {
    await using there = await startModelHouse({ mode: "length", reply: () => "" });
    await using client = await there.house.connect();
    expect((await client.call("models.test", {})).ok).toBe(true);
  });
});
