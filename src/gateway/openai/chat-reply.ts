import type { PendingToolCall, Usage } from "#protocol/domains/agents.ts";
import { errorBody } from "./failure.ts";
import { type Done, type ModelName, promptTokens, type Reply } from "./reply.ts";
import { data, done } from "./sse.ts";

export interface ChatReplyFacts {
  id: string;
  /** In seconds. */
  createdAt: number;
  /** How the answer names its model. */
  model: ModelName;
  includeUsage: boolean;
}

/** The answers of POST /v1/chat/completions. */
export function chatReply({ id, createdAt, model, includeUsage }: ChatReplyFacts): Reply {
  const headOf = (ending: Done | null) => ({ id, created: createdAt, model: model(ending) });
  const chunk = (delta: object, finish: string | null, ending: Done | null = null) =>
    data({
      ...headOf(ending),
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    });

  return {
    whole: (ending) => ({
      ...headOf(ending),
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: ending.text === "" && ending.calls.length > 0 ? null : ending.text,
            refusal: null,
            ...(ending.calls.length === 0 ? {} : { tool_calls: ending.calls.map(callOnTheWire) }),
          },
          logprobs: null,
          finish_reason: finishOf(ending),
        },
      ],
      usage: usageOf(ending.usage),
    }),
    begin: () => [chunk({ role: "assistant", content: "" }, null)],
    delta: (text) => [chunk({ content: text }, null)],
    end(ending) {
      const counts = data({
        ...headOf(ending),
        object: "chat.completion.chunk",
        choices: [],
        usage: usageOf(ending.usage),
      });
      const calls = ending.calls.map((call, index) =>
        chunk({ tool_calls: [{ index, ...callOnTheWire(call) }] }, null, ending),
      );
      return [...calls, chunk({}, finishOf(ending), ending), ...(includeUsage ? [counts] : []), done];
    },
    breakOff: (failure) => [data(errorBody(failure)), done],
  };
}

function callOnTheWire({ id, ...called }: PendingToolCall) {
  return { id, type: "function", function: called };
}

function finishOf({ cutOff, calls }: Done): "length" | "stop" | "tool_calls" {
  if (cutOff) return "length";
  return calls.length === 0 ? "stop" : "tool_calls";
}

function usageOf(usage: Usage | null) {
  return {
    prompt_tokens: usage === null ? 0 : promptTokens(usage),
    completion_tokens: usage?.output ?? 0,
    total_tokens: usage?.totalTokens ?? 0,
    ...(usage?.cacheRead === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cacheRead } }),
  };
}
