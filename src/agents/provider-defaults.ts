import type { Price } from "#src/usage/price.ts";

/** The wire formats that this build speaks. */
export type SpokenApi = "openai-completions" | "openai-responses" | "anthropic-messages";

export const spokenApis: readonly SpokenApi[] = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
];

export interface DefaultModel {
  id: string;
  name: string;
  contextWindow?: number;
  maxTokens?: number;
  reasoning?: boolean;
  input?: readonly ("text" | "image")[];
  price?: Price;
}

/** A provider that is known by its id alone. */
export interface DefaultProvider {
  id: string;
  name: string;
  api: SpokenApi;
  baseUrl: string;
  /** The variable that its key is looked for in; absent where it needs none. */
  keyVariable?: string;
  /** Where people get a key. */
  keyPage?: string;
  /** Where the variable that moves the endpoint has a name that other programs know, too. */
  baseUrlVariable?: string;
  /** The first is the one used when nothing is configured. */
  models: readonly DefaultModel[];
}

const both = ["text", "image"] as const;

/** Providers that need no config: a key in the gateway's environment is enough. The first with a key is primary. */
export const defaultProviders: readonly DefaultProvider[] = [
  {
    id: "anthropic",
    name: "Anthropic",
    api: "anthropic-messages",
    baseUrl: "https://api.anthropic.com",
    keyVariable: "ANTHROPIC_API_KEY",
    keyPage: "https://platform.claude.com/settings/keys",
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    // Prices: https://platform.claude.com/docs/en/about-claude/pricing, as of 2026-10-24.
    models: [
      model("claude-sonnet-5-5", "Claude Sonnet 5.5", 1_000_000, {
        input: 2,
        output: 10,
        cacheRead: 0.1,
        cacheWrite: 2.5,
      }),
      model("claude-opus-5-5", "Claude Opus 5.5", 1_000_000, {
        input: 4,
        output: 20,
        cacheRead: 0.2,
        cacheWrite: 5,
      }),
      model("claude-haiku-5-5", "Claude Haiku 5.5", 1_000_000, {
        input: 0.1,
        output: 0.5,
        cacheRead: 0.01,
        cacheWrite: 0.125,
        long: { over: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 },
      }),
    ],
  },
  {
    id: "openai",
    name: "OpenAI",
    api: "openai-completions",
    baseUrl: "https://api.openai.com/v1",
    keyVariable: "OPENAI_API_KEY",
    keyPage: "https://platform.openai.com/api-keys",
    baseUrlVariable: "OPENAI_BASE_URL",
    // Prices: https://developers.openai.com/api/docs/pricing, as of 2026-11-05. Above 272,000 tokens of prompt
    // everything but the answer costs twice as much, and the answer half as much again.
    models: [
      model("gpt-6-sol", "GPT-6 Sol", 1_050_000, withLong(2, 10, 0.2, 2.5)),
      model("gpt-6-luna", "GPT-6 Luna", 1_050_000, withLong(0.1, 0.5, 0.01, 0.125)),
      model("gpt-6-astra", "GPT-6 Astra", 1_050_000, withLong(10, 50, 1, 12.5)),
    ],
  },
  {
    id: "openrouter",
    name: "OpenRouter",
    api: "openai-completions",
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
    keyPage: "https://openrouter.ai/settings/keys",
    // Without prices: it says itself what an answer cost.
    models: [
      { id: "openrouter/auto", name: "OpenRouter Auto", input: both },
      model("anthropic/claude-sonnet-5.5", "Claude Sonnet 5.5", 1_000_000),
      model("openai/gpt-6-sol", "GPT-6 Sol", 1_050_000),
    ],
  },
];

/** Programs that serve models on this computer, at the ports where they listen unless told otherwise. */
export const localServers: readonly (DefaultProvider & { port: number })[] = [
  local("ollama", "Ollama", 11_434),
  local("lmstudio", "LM Studio", 1_234),
  local("llamacpp", "llama.cpp", 8_080),
  local("vllm", "vLLM", 8_000),
];

/** What is known about a provider by its id; null for one of somebody's own. */
export function knownProvider(id: string): DefaultProvider | null {
  return [...defaultProviders, ...localServers].find((each) => each.id === id) ?? null;
}

function local(id: string, name: string, port: number): DefaultProvider & { port: number } {
  return { id, name, port, api: "openai-completions", baseUrl: `http://127.0.0.1:${port}/v1`, models: [] };
}

function model(id: string, name: string, contextWindow: number, price?: Price): DefaultModel {
  return {
    id,
    name,
    contextWindow,
    reasoning: true,
    input: both,
    ...(price === undefined ? {} : { price }),
  };
}

function withLong(input: number, output: number, cacheRead: number, cacheWrite: number): Price {
  const long = {
    over: 272_000,
    input: 2 * input,
    output: 1.5 * output,
    cacheRead: 2 * cacheRead,
    cacheWrite: 2 * cacheWrite,
  };
  return { input, output, cacheRead, cacheWrite, long };
}

/** The variable in which a provider's key is looked for when the config has none. */
export function keyVariableOf(providerId: string): string {
  return `${providerId.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`;
}

/** Whether the endpoint is on this computer or in its own network, where models cost nothing a token. */
export function isOwnServer(baseUrl: string): boolean {
  const host = URL.parse(baseUrl)?.hostname ?? "";
  if (host === "localhost" || host === "[::1]" || host.endsWith(".localhost") || host.endsWith(".local"))
    return true;
  const [a = -1, b = -1, ...rest] = host.split(".").map(Number);
  if (rest.length !== 2 || [a, b, ...rest].some((part) => Number.isNaN(part))) return false;
  return a === 127 || a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b <= 31);
}

/** Whether it is OpenAI itself that is asked, not one of the many that speak its format. */
export function isOpenAi(baseUrl: string): boolean {
  return URL.parse(baseUrl)?.hostname === "api.openai.com";
}
