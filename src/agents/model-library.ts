import type { LanguageModel, ModelMessage, TextStreamPart, ToolSet } from "ai";
import type { ResolvedModel } from "./catalog.ts";

export type StreamPart = TextStreamPart<ToolSet>;
export type StreamParts = AsyncIterable<StreamPart>;

export interface OpenRequest {
  model: ResolvedModel;
  system: string;
  messages: ModelMessage[];
  /** `off`, `minimal`, `low`, `medium`, `high`, `xhigh`; null leaves it to the provider. */
  thinking: string | null;
  signal: AbortSignal;
}

/** The AI SDK as far as we use it; this file alone knows it. */
export interface ModelLibrary {
  open(request: OpenRequest): StreamParts;
}

/** Imports the SDK: some 35 ms and 20 MB, paid by the first run and by no gateway without a model. */
export async function loadModelLibrary(): Promise<ModelLibrary> {
  const [{ streamText }, { createOpenAICompatible }, { createAnthropic }] = await Promise.all([
    import("ai"),
    import("@ai-sdk/openai-compatible"),
    import("@ai-sdk/anthropic"),
  ]);
  globalThis.AI_SDK_LOG_WARNINGS = false;

  /** Always an object: a plain string would be looked up at a cloud service. */
  function toLanguageModel(model: ResolvedModel): Exclude<LanguageModel, string> {
    const common = { baseURL: model.baseUrl, headers: model.headers, fetch: patientFetch };
    if (model.api === "anthropic-messages") {
      const key = model.apiKey ?? "none";
      return createAnthropic({
        ...common,
        // Configs name the root, as Anthropic's own SDK wants it; this one wants the version, too.
        baseURL: /\/v\d+$/.test(model.baseUrl) ? model.baseUrl : `${model.baseUrl}/v1`,
        ...(model.bearer ? { authToken: key } : { apiKey: key }),
      })(model.model);
    }
    return createOpenAICompatible({
      ...common,
      name: model.provider,
      includeUsage: true,
      ...(model.apiKey === undefined ? {} : { apiKey: model.apiKey }),
      ...(isOpenAi(model) ? { transformRequestBody: toOpenAiBody } : {}),
    })(model.model);
  }

  return {
    open({ model, system, messages, thinking, signal }) {
      const reasoning = toReasoning(model, thinking);
      return streamText({
        model: toLanguageModel(model),
        messages,
        abortSignal: signal,
        maxRetries: 0,
        onError: () => {},
        ...(system === "" ? {} : { instructions: system }),
        ...(model.maxTokens === undefined ? {} : { maxOutputTokens: model.maxTokens }),
        ...(reasoning === null ? {} : { reasoning }),
      }).stream;
    },
  };
}

type Reasoning = "none" | "low" | "medium" | "high" | "xhigh";

/** The level in the provider's words; null where the model isn't known to think, since many servers refuse the key. */
function toReasoning(model: ResolvedModel, thinking: string | null): Reasoning | null {
  if (!model.reasoning) return null;
  switch (thinking) {
    case "off":
      // Only here does the SDK know what each model makes of it; elsewhere "none" is an error as often as not.
      return model.api === "anthropic-messages" ? "none" : null;
    case "minimal":
    case "low":
      return "low";
    case "medium":
    case "high":
      return thinking;
    case "xhigh":
      return model.api === "anthropic-messages" || isOpenAi(model) ? "xhigh" : "high";
    default:
      return null;
  }
}

function isOpenAi(model: ResolvedModel): boolean {
  return URL.parse(model.baseUrl)?.hostname === "api.openai.com";
}

/** OpenAI's reasoning models refuse the older name that everyone else knows. */
function toOpenAiBody({ max_tokens: limit, ...body }: Record<string, unknown>): Record<string, unknown> {
  return limit === undefined ? body : { ...body, max_completion_tokens: limit };
}

/**
 * Bun's own limit of five minutes without a byte is lifted: a local model may read a long prompt for longer, and
 * the run has its deadline. A redirect is not followed, since a key would travel with it.
 */
const patientFetch: typeof fetch = Object.assign(
  (input: string | URL | Request, init?: RequestInit | BunFetchRequestInit) => {
    const patient: BunFetchRequestInit & { timeout: false } = { ...init, redirect: "manual", timeout: false };
    return fetch(input, patient);
  },
  { preconnect: fetch.preconnect },
);
