import type { ContentPart } from "#protocol/domains/chat.ts";

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
    | "not_found"
    | "unknown";
  /** One sentence that says what happened and what to do. */
  sentence: { en: string; zh: string };
  retryAfterMs?: number;
  /** For the log only; never shown. */
  detail?: string;
}

export interface TurnMessage {
  role: "user" | "assistant" | "toolResult";
  content: ContentPart[];
}

/** Everything that one run may know. */
export interface RunRequest {
  runId: string;
  sessionKey: string;
  sessionId: string;
  agentId: string;
  /** Earlier turns, oldest first, without the input. */
  history: TurnMessage[];
  input: ContentPart[];
  system: string;
  /** `provider/model`; a runtime without models ignores it. */
  model?: string;
  thinking?: string;
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
  /** Another model than `describe` named answers from here on: a fallback took over before any text. */
  | { t: "model"; provider: string; model: string }
  | { t: "usage"; input: number; output: number; cacheRead?: number; cacheWrite?: number }
  | { t: "end"; reason: "stop" | "length" | "aborted" }
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
