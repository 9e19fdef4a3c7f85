import { expect, test } from "bun:test";
import { createCatalog } from "./catalog.ts";
import type { ModelsConfig } from "./model-choice.ts";

const local = { baseUrl: "http://127.0.0.1:11434/v1", models: [{ id: "llama", contextWindow: 8192 }] };
const hosted = { baseUrl: "https://models.example/v1", apiKey: "k-123456", models: [{ id: "big" }] };

test("nothing configured and no keys: no models, no problems", () => {
  const catalog = createCatalog({}, {});
  expect(catalog.list()).toEqual([]);
  expect(catalog.primary()).toBeNull();
  expect(catalog.problems).toEqual([]);
  expect(catalog.resolve("anthropic/claude-sonnet-5-5")).toBeNull();
});

test("a choice is one of the models that the config lists; of a provider without a list, any", () => {
  const config: ModelsConfig = {
    models: { providers: { local } },
    agents: { defaults: { model: { primary: "local/unlisted", fallbacks: ["openai/other"] } } },
  };
  const catalog = createCatalog(config, { OPENAI_API_KEY: "k" });
  expect(catalog.choose("local/lama")).toBeNull();
  expect(catalog.choose("nobody/lama")).toBeNull();
  expect(catalog.nearest("local/lama")[0]).toBe("local/llama");
  expect(catalog.choose("local/llama")?.ref).toBe("local/llama");
  expect(catalog.choose("openai/brand-new")?.ref).toBe("openai/brand-new");
  // What is in use is listed, too, and goes on answering.
  expect(catalog.choose("local/unlisted")?.ref).toBe("local/unlisted");
  expect(catalog.list().map(({ id }) => id)).toEqual(expect.arrayContaining(["unlisted", "other"]));
});

test("a key in the gateway's environment is enough, and is named but never shown", () => {
  const catalog = createCatalog({}, { ANTHROPIC_API_KEY: "sk-ant-secret" });
  expect(catalog.primary()).toBe("anthropic/claude-sonnet-5-5");
  expect(catalog.provenance).toEqual([
    {
      provider: "anthropic",
      source: "environment",
      keyFrom: "ANTHROPIC_API_KEY",
      endpoint: "https://api.anthropic.com",
    },
  ]);
  expect(JSON.stringify([catalog.list(), catalog.provenance])).not.toContain("sk-ant-secret");
  expect(catalog.resolve("anthropic/claude-sonnet-5-5")?.apiKey).toBe("sk-ant-secret");
});

test("an empty key counts as none", () => {
  expect(createCatalog({}, { OPENAI_API_KEY: "  " }).primary()).toBeNull();
});

test("the environment moves an endpoint", () => {
  const env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://127.0.0.1:9/v1/" };
  expect(createCatalog({}, env).resolve("openai/anything")?.baseUrl).toBe("http://127.0.0.1:9/v1");
});

test("configured providers come before those of the environment", () => {
  const catalog = createCatalog({ models: { providers: { local } } }, { OPENAI_API_KEY: "k" });
  expect(catalog.primary()).toBe("local/llama");
  expect(catalog.list()[0]).toEqual({
    id: "llama",
    name: "llama",
    provider: "local",
    contextWindow: 8192,
    reasoning: false,
    input: ["text"],
  });
});

test("mode replace leaves the environment's providers out", () => {
  const config = { models: { mode: "replace", providers: { local } } };
  const providers = createCatalog(config, { OPENAI_API_KEY: "k" }).provenance.map(({ provider }) => provider);
  expect(providers).toEqual(["local"]);
});

test("a hosted provider without a key is a problem that says where to put one, and is not listed", () => {
  const { apiKey: _, ...keyless } = hosted;
  const catalog = createCatalog({ models: { providers: { acme: keyless } } }, {});
  expect(catalog.list()).toEqual([]);
  expect(catalog.problems).toEqual([
    {
      en: "models.providers.acme has no key; add it with: moltbot model add acme (or set ACME_API_KEY in the gateway's environment)",
      zh: "models.providers.acme 没有密钥；请用 moltbot model add acme 添加（或在网关的环境中设置 ACME_API_KEY）",
    },
  ]);
  expect(createCatalog({ models: { providers: { acme: keyless } } }, { ACME_API_KEY: "k" }).primary()).toBe(
    "acme/big",
  );
});

test("a key is written out, in braces, or as the name of a variable that is set", () => {
  const keyOf = (apiKey: string) =>
    createCatalog({ models: { providers: { acme: { ...hosted, apiKey } } } }, { MY_KEY: "from-env" }).resolve(
      "acme/big",
    );
  expect(keyOf("literal")).toMatchObject({ apiKey: "literal", keyPlace: "models.providers.acme.apiKey" });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how configs name a variable
  expect(keyOf("${MY_KEY}")).toMatchObject({ apiKey: "from-env", keyPlace: "MY_KEY" });
  expect(keyOf("MY_KEY")).toMatchObject({ apiKey: "from-env", keyPlace: "MY_KEY" });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how configs name a variable
  expect(keyOf("${UNSET}")).toBeNull();
});

test("an api that we do not speak is named, and its provider not used", () => {
  const catalog = createCatalog(
    { models: { providers: { acme: { ...hosted, api: "google-generative-ai" } } } },
    {},
  );
  expect(catalog.resolve("acme/big")).toBeNull();
  expect(catalog.problems.map(({ en }) => en)).toEqual([
    'models.providers.acme: api "google-generative-ai" is not supported by this version; set it to "openai-completions" or "openai-responses" or "anthropic-messages" if the server offers that',
  ]);
});

test("a model may have an api of its own", () => {
  const models = [{ id: "a", api: "anthropic-messages" }, { id: "b" }, { id: "c", api: "smoke-signals" }];
  const catalog = createCatalog({ models: { providers: { acme: { ...hosted, models } } } }, {});
  expect(catalog.resolve("acme/a")?.api).toBe("anthropic-messages");
  expect(catalog.resolve("acme/b")?.api).toBe("openai-completions");
  expect(catalog.list().map(({ id }) => id)).toEqual(["a", "b"]);
  expect(catalog.problems).toHaveLength(1);
});

test("references: provider and model, a model id with slashes, an alias, a bare id that is unambiguous", () => {
  const config: ModelsConfig = {
    models: { providers: { acme: hosted, local } },
    agents: { defaults: { models: { "acme/big": { alias: "Boss" }, "local/llama": {} } } },
  };
  const catalog = createCatalog(config, {});
  expect(catalog.resolve("acme/big")?.ref).toBe("acme/big");
  expect(catalog.resolve("ACME/big")?.ref).toBe("acme/big");
  expect(catalog.resolve("boss")?.ref).toBe("acme/big");
  expect(catalog.resolve("llama")?.ref).toBe("local/llama");
  expect(catalog.resolve("nonsense")).toBeNull();
  expect(catalog.resolve("acme/")).toBeNull();
  const router = createCatalog({}, { OPENROUTER_API_KEY: "k" });
  expect(router.resolve("openrouter/some/model:free")?.model).toBe("some/model:free");
  expect(router.resolve("openrouter/auto")?.model).toBe("openrouter/auto");
});

test("where agents.defaults.models lists models, others cannot be used, but what is chosen elsewhere can", () => {
  const config: ModelsConfig = {
    models: { providers: { acme: hosted, local } },
    agents: { defaults: { model: "acme/big", models: { "local/llama": {} } } },
  };
  const catalog = createCatalog(config, {});
  expect(catalog.list().map(({ id }) => id)).toEqual(["big", "llama"]);
  expect(catalog.resolve("acme/other")).toBeNull();
  expect(catalog.primary()).toBe("acme/big");
});

test("a configured choice that cannot be kept is a problem, not another provider's bill", () => {
  const catalog = createCatalog(
    { agents: { defaults: { model: "acme/big" } } },
    { OPENAI_API_KEY: "somebody-pays" },
  );
  expect(catalog.primary()).toBeNull();
  expect(catalog.problems[0]?.en).toContain(
    'agents.defaults.model: "acme/big" cannot be used; provider acme is not set up',
  );
});

test("fallbacks that are configured take over where the primary cannot be used", () => {
  const config: ModelsConfig = {
    models: { providers: { local } },
    agents: { defaults: { model: { primary: "acme/big", fallbacks: ["local/llama", "local/other"] } } },
  };
  const catalog = createCatalog(config, {});
  expect(catalog.primary()).toBe("local/llama");
  expect(catalog.fallbacks()).toEqual(["local/other"]);
});

test("an agent's own model counts before the default", () => {
  const config: ModelsConfig = {
    models: { providers: { acme: hosted, local } },
    agents: { defaults: { model: "acme/big" }, list: [{ id: "Home", model: "local/llama" }, { id: "work" }] },
  };
  const catalog = createCatalog(config, {});
  expect(catalog.primary("home")).toBe("local/llama");
  expect(catalog.primary("work")).toBe("acme/big");
  expect(catalog.primary("nobody")).toBe("acme/big");
});

test("an address that is none is a problem without the address, which may hold a password", () => {
  const catalog = createCatalog({ models: { providers: { acme: { baseUrl: "ftp://u:secret@x" } } } }, {});
  expect(catalog.problems.map(({ en }) => en)).toEqual([
    "models.providers.acme.baseUrl is not an http or https address",
  ]);
});
