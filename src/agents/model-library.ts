import type { createAnthropic } from "@ai-sdk/anthropic";
import type { AnswerFormat, Sampling } from "#protocol/domains/agents.ts";
import { anyObject, formatNote } from "./answer-format.ts";
import type { CallThoughts } from "./call-thoughts.ts";
import type { ResolvedModel } from "./catalog.ts";
import { openCompletions } from "./completions.ts";
import type { Piece, Pieces } from "./pieces.ts";
import { isOpenAi } from "./provider-defaults.ts";
import { openResponses } from "./responses.ts";
import type { ToolOffer } from "./runtime.ts";
import { samplingFor } from "./sampling.ts";

type LanguageModel = ReturnType<ReturnType<typeof createAnthropic>>;
type CallOptions = Parameters<LanguageModel["doStream"]>[0];

/** The conversation as the library wants it. */
export type ModelPrompt = CallOptions["prompt"];
export type ModelMessage = ModelPrompt[number];

export interface OpenRequest {
  model: ResolvedModel;
  /** Absent where the server needs none. */
  apiKey: string | null;
  system: string;
  messages: ModelMessage[];
  tools: ToolOffer | null;
  /** `off`, `minimal`, `low`, `medium`, `high`, `xhigh`; null leaves it to the provider. */
  thinking: string | null;
  sampling?: Sampling;
  /** Null for text of any form. */
  format: AnswerFormat | null;
  thoughts: CallThoughts;
  signal: AbortSignal;
}

/**
 * Opens an answer in the wire format of the model. Resolves when the server has begun to answer; rejects with what
 * it refused.
 */
export function openAnswer(request: OpenRequest): Promise<Pieces> {
  const { model } = request;
  const sampling = samplingFor(model, request.sampling);
  if (model.api === "anthropic-messages") return openMessages({ ...request, sampling });
  const open = model.api === "openai-responses" ? openResponses : openCompletions;
  return open({
    ...request,
    baseUrl: model.baseUrl,
    headers: model.headers,
    model: model.model,
    effort: toReasoning(model, request.thinking),
    sampling,
  });
}

/**
 * Anthropic's messages, through the AI SDK, which knows how each of the models is told to think, and leaves out or
 * bounds the sampling that one refuses. Its import is paid by the first run that needs it.
 */
async function openMessages({
  model,
  apiKey,
  system,
  messages,
  tools,
  thinking,
  sampling: { maxTokens, temperature, topP },
  format,
  signal,
}: OpenRequest & { sampling: Sampling }): Promise<Pieces> {
  const { createAnthropic } = await import("@ai-sdk/anthropic");
  const key = apiKey ?? "none";
  const reasoning = toReasoning(model, mayThink(messages, tools) ? thinking : "off");
  const provider = createAnthropic({
    headers: model.headers,
    fetch: patientFetch,
    // Configs name the root, as Anthropic's own SDK wants it; this one wants the version, too.
    baseURL: /\/v\d+$/.test(model.baseUrl) ? model.baseUrl : `${model.baseUrl}/v1`,
    ...(model.bearer ? { authToken: key } : { apiKey: key }),
  });
  const told = [system, ...(format === null ? [] : [formatNote(format)])].join("\n\n").trim();
  const { stream } = await provider(model.model).doStream({
    prompt: told === "" ? messages : [{ role: "system", content: told }, ...messages],
    abortSignal: signal,
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(format === null ? {} : { responseFormat: { type: "json", schema: format.schema ?? anyObject } }),
    ...(reasoning === null ? {} : { reasoning }),
    ...(tools === null ? {} : toolsInTheLibrary(tools)),
  });
  const reader = stream.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      return done ? null : toPieces(value);
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

/**
 * These models refuse to think where a call is forced, and where they go on from calls whose thoughts, which only
 * the server can sign, are not sent back.
 */
function mayThink(messages: readonly ModelMessage[], tools: ToolOffer | null): boolean {
  const last = messages.findLast(({ role }) => role === "assistant");
  const goesOn = last?.role === "assistant" && last.content.some(({ type }) => type === "tool-call");
  return !goesOn && (tools === null || tools.choice === "auto");
}

function toolsInTheLibrary({ tools, choice, parallel }: ToolOffer): Partial<CallOptions> {
  return {
    tools: tools.map(({ parameters, ...tool }) => ({ type: "function", inputSchema: parameters, ...tool })),
    toolChoice: typeof choice === "string" ? { type: choice } : { type: "tool", toolName: choice.name },
    ...(parallel ? {} : { providerOptions: { anthropic: { disableParallelToolUse: true } } }),
  };
}

type StreamPart =
  Awaited<ReturnType<LanguageModel["doStream"]>>["stream"] extends ReadableStream<infer P> ? P : never;

function toPieces(part: StreamPart): Piece[] {
  switch (part.type) {
    case "text-delta":
      return part.delta === "" ? [] : [{ t: "text", delta: part.delta }];
    case "reasoning-delta":
      return part.delta === "" ? [] : [{ t: "reasoning", delta: part.delta }];
    case "tool-call":
      return [
        {
          t: "call",
          call: { id: part.toolCallId, name: part.toolName, arguments: part.input.trim() || "{}" },
        },
      ];
    case "error":
      return [{ t: "error", error: part.error }];
    case "finish": {
      const { raw, unified } = part.finishReason;
      const { inputTokens, outputTokens } = part.usage;
      const { total: input, cacheRead, cacheWrite } = inputTokens;
      const usage = {
        input: input ?? 0,
        output: outputTokens.total ?? 0,
        ...(cacheRead === undefined ? {} : { cacheRead }),
        ...(cacheWrite === undefined ? {} : { cacheWrite }),
      };
      const isCounted = input !== undefined || outputTokens.total !== undefined;
      // Without the server's own word the stream broke off.
      return [
        ...(raw === undefined ? [] : [{ t: "finish" as const, reason: unified }]),
        ...(isCounted ? [{ t: "usage" as const, usage }] : []),
      ];
    }
    default:
      return [];
  }
}

type Reasoning = "none" | "low" | "medium" | "high" | "xhigh";

/** The level in the provider's words; null where the model isn't known to think, since many servers refuse the key. */
function toReasoning(model: ResolvedModel, thinking: string | null): Reasoning | null {
  if (!model.reasoning) return null;
  switch (thinking) {
    case "off":
      // The SDK knows what each model makes of it, and OpenAI says so; elsewhere "none" is an error as often as not.
      return model.api === "anthropic-messages" || isOpenAi(model.baseUrl) ? "none" : null;
    case "minimal":
    case "low":
      return "low";
    case "medium":
    case "high":
      return thinking;
    case "xhigh":
      return model.api === "anthropic-messages" || isOpenAi(model.baseUrl) ? "xhigh" : "high";
    default:
      return null;
  }
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
