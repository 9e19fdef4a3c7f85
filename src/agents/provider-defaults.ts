/** The wire formats that this build speaks. */
export type SpokenApi = "openai-completions" | "anthropic-messages";

export const spokenApis: readonly SpokenApi[] = ["openai-completions", "anthropic-messages"];

export interface DefaultModel {
  id: string;
  name: string;
  contextWindow?: number;
  maxTokens?: number;
  reasoning?: boolean;
  input?: readonly ("text" | "image")[];
}

export interface DefaultProvider {
  id: string;
  api: SpokenApi;
  baseUrl: string;
  keyVariable: string;
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
    api: "anthropic-messages",
    baseUrl: "https://api.anthropic.com",
    keyVariable: "ANTHROPIC_API_KEY",
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    models: [
      model("claude-sonnet-5-5", "Claude Sonnet 5.5", 1_000_000),
      model("claude-opus-5-5", "Claude Opus 5.5", 1_000_000),
      model("claude-haiku-5-5", "Claude Haiku 5.5", 200_000),
    ],
  },
  {
    id: "openai",
    api: "openai-completions",
    baseUrl: "https://api.openai.com/v1",
    keyVariable: "OPENAI_API_KEY",
    baseUrlVariable: "OPENAI_BASE_URL",
    models: [
      model("gpt-6-sol", "GPT-6 Sol", 1_050_000),
      model("gpt-6-luna", "GPT-6 Luna", 1_050_000),
      model("gpt-6-astra", "GPT-6 Astra", 1_050_000),
    ],
  },
  {
    id: "openrouter",
    api: "openai-completions",
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
    models: [
      { id: "openrouter/auto", name: "OpenRouter Auto", input: both },
      model("anthropic/claude-sonnet-5.5", "Claude Sonnet 5.5", 1_000_000),
      model("openai/gpt-6-sol", "GPT-6 Sol", 1_050_000),
    ],
  },
];

function model(id: string, name: string, contextWindow: number): DefaultModel {
  return { id, name, contextWindow, reasoning: true, input: both };
}

/** The variable in which a provider's key is looked for when the config has none. */
export function keyVariableOf(providerId: string): string {
  return `${providerId.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`;
}
