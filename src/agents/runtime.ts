import type { AnswerFormat, ClientTool, PendingToolCall, Sampling } from "#protocol/domains/agents.ts";
import type { ContentPart } from "#protocol/domains/chat.ts";
import type { Price } from "#src/usage/price.ts";

/** What a person can read when a run fails: what happened and the way out, in both languages. */
export interface PlainError {
  kind:
    | "auth"
    | "rate_limit"
    | "context_length"
    | "timeout"
    | "unreachable"
    | "bad_answer"
    | "refusal"
    | "budget"
    | "not_found"
    | "unknown";
  /** One sentence that says what happened and what to do. */
  sentence: { en: string; zh: string };
  /** What happened alone, to be said where another model answered. */
  why: { en: string; zh: string };
  retryAfterMs?: number;
  /** For the log only; never shown. */
  detail?: string;
}

/** The model that was chosen and did not answer. */
export interface StandIn {
  /** `provider/model`. */
  instead: string;
  error: PlainError;
}

export interface TurnMessage {
  role: "user" | "assistant" | "toolResult";
  content: ContentPart[];
  /** The call whose result this is. */
  toolCallId?: string;
  toolName?: string;
}

/** The caller's functions that a model may ask for. */
export interface ToolOffer {
  tools: readonly ClientTool[];
  choice: "auto" | "required" | { name: string };
  /** Whether one answer may ask for several calls. */
  parallel: boolean;
}

/** What is known of a conversation, within a number of tokens. */
export interface Recollection {
  /** The newest turns, oldest first. */
  messages: readonly TurnMessage[];
  /** What was said before them, in short; null where nothing was, or where nobody summed it up. */
  summary: string | null;
  /** Something before them is in no summary. */
  omitted: boolean;
}

/** Turns that no longer fit, as a summary is made of them. */
export interface Fading {
  /** What was said still earlier, in short. */
  summary: string | null;
  messages: readonly TurnMessage[];
}

/** A conversation that may be longer than any model can read. */
export interface Memory {
  /**
   * Takes from the disk what fits. Where older turns fall out, `summarise` is asked once and its answer kept, so
   * that the next turn needs none; it gives null where it fails.
   */
  recall(budgetTokens: number, summarise: (fading: Fading) => Promise<string | null>): Promise<Recollection>;
}

/** What one request to a provider used. */
export interface ProviderUsage {
  provider: string;
  model: string;
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** What the model costs; null where nobody knows. */
  price: Price | null;
  /** What it cost in US dollars, where the provider says it. */
  saidUsd?: number;
}

/** Everything that one run may know. */
export interface RunRequest {
  runId: string;
  sessionKey: string;
  sessionId: string;
  agentId: string;
  /** Earlier turns, oldest first, without the input; or where to find as many of them as fit. */
  history: readonly TurnMessage[] | Memory;
  input: ContentPart[];
  /** What came of the calls that the answer before asked for; told before the input. */
  results?: readonly TurnMessage[];
  tools?: ToolOffer;
  system: string;
  /** `provider/model`; a runtime without models ignores it. */
  model?: string;
  thinking?: string;
  /** What the caller asks of the words; a fallback is asked the same. */
  sampling?: Sampling;
  answerFormat?: AnswerFormat;
  language: "en" | "zh";
  /** Whether the sender may give owner commands. */
  owner: boolean;
  limits: { maxSteps: number; timeoutMs: number };
}

export type RunEvent =
  | { t: "text"; delta: string }
  | { t: "reasoning"; delta: string }
  | {
      t: "tool";
      id: string;
      name: string;
      state: "call" | "running" | "done" | "error";
      args?: Record<string, unknown>;
      result?: unknown;
    }
  /** A call that the caller is to make: the run ends with it. */
  | { t: "call"; call: PendingToolCall }
  /** Another model than `describe` named answers from here on: a fallback took over before any text. */
  | { t: "model"; provider: string; model: string; standsIn: StandIn }
  /** `aside` is for what was asked beside the answer, as for a summary: it is paid, but not part of the context. */
  | ({ t: "usage"; aside?: true } & ProviderUsage)
  | { t: "end"; reason: "stop" | "length" | "tool_calls" | "aborted" }
  | { t: "end"; reason: "error"; error: PlainError };

/** Something that answers. The gateway owns queueing, transcript, idempotency and delivery; a runtime owns one run. */
export interface AgentRuntime {
  readonly id: "concierge" | "model";
  /** What it would say it is, for `models.list` and transcripts: `{provider, model}`. */
  describe(request: Pick<RunRequest, "model"> & Partial<Pick<RunRequest, "agentId">>): {
    provider: string;
    model: string;
  };
  /**
   * Yields events and, last, exactly one `end`. Never throws. Ends with `aborted` within a second of the
   * signal, having cancelled whatever it asked of a server.
   */
  run(request: RunRequest, signal: AbortSignal): AsyncIterable<RunEvent>;
}
