import type { AnswerFormat, Sampling } from "#protocol/domains/agents.ts";
import { createCallThoughts } from "./call-thoughts.ts";
import type { ResolvedModel } from "./catalog.ts";
import { noSecret } from "./failures.ts";
import { failed, listen } from "./listening.ts";
import { type ModelMessage, openAnswer } from "./model-library.ts";
import type { Outcome } from "./retries.ts";
import type { RunEvent, StandIn, ToolOffer } from "./runtime.ts";

/** One question to one model. */
export interface Question {
  model: ResolvedModel;
  system: string;
  messages: ModelMessage[];
  tools?: ToolOffer;
  thinking?: string | null;
  /** What is asked of the words; an answer that its `maxTokens` cut before the first is one, too. */
  sampling?: Sampling;
  format?: AnswerFormat;
  signal: AbortSignal;
  /** On the clock of `performance.now()`; null for none. */
  deadline: number | null;
  /** The model is a fallback: it is named before its first word. */
  standsIn?: StandIn;
  emit: (event: RunEvent) => void;
}

/** Asks a model once; resolves with how it went and never rejects for what a server does. */
export type Ask = (question: Question) => Promise<Outcome>;

export interface AskingOptions {
  /** Reads a kept secret by its name; null where there is none. */
  readSecret: (name: string) => Promise<string | null>;
  /** The longest silence of a server between two pieces of an answer. */
  silenceMs?: number;
}

/** The way to the models. What library is behind it is loaded by the first question that needs it. */
export function createAsking({ readSecret, silenceMs = 180_000 }: AskingOptions): Ask {
  const thoughts = createCallThoughts();
  return async function ask({ model, thinking = null, standsIn = null, ...question }) {
    const apiKey = model.secret === undefined ? (model.apiKey ?? null) : await readSecret(model.secret);
    if (model.secret !== undefined && apiKey === null) return failed(noSecret(model), false);
    const { system, messages, tools = null, sampling = {}, format = null, signal, deadline, emit } = question;
    const isLimited = sampling.maxTokens !== undefined;
    const start = (abort: AbortSignal) =>
      openAnswer({
        model,
        apiKey,
        system,
        messages,
        tools,
        thinking,
        sampling,
        format,
        thoughts,
        signal: abort,
      });
    return await listen({ model, tools, isLimited, start, signal, deadline, silenceMs, standsIn, emit });
  };
}
