import type { Usage } from "#protocol/domains/agents.ts";
import type { Ending } from "./asking.ts";
import { errorBody } from "./failure.ts";
import { promptTokens, type Reply } from "./reply.ts";
import { data, done } from "./sse.ts";

export interface ChatReplyFacts {
  id: string;
  /** In seconds. */
  createdAt: number;
  model: string;
  includeUsage: boolean;
}

/** The answers of POST /v1/chat/completions. */
export function chatReply({ id, createdAt, model, includeUsage }: ChatReplyFacts): Reply {
  const head = { id, created: createdAt, model };
  const chunk = (delta: object, finish: string | null) =>
    data({
      ...head,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    });

  return {
    whole: (ending) => ({
      ...head,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: ending.text, refusal: null },
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
        ...head,
        object: "chat.completion.chunk",
        choices: [],
        usage: usageOf(ending.usage),
      });
      return [chunk({}, finishOf(ending)), ...(includeUsage ? [counts] : []), done];
    },
    breakOff: (failure) => [data(errorBody(failure)), done],
  };
}

function finishOf({ cutOff }: Ending & { is: "done" }): "length" | "stop" {
  return cutOff ? "length" : "stop";
}

function usageOf(usage: Usage | null) {
  return {
    prompt_tokens: usage === null ? 0 : promptTokens(usage),
    completion_tokens: usage?.output ?? 0,
    total_tokens: usage?.totalTokens ?? 0,
    ...(usage?.cacheRead === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cacheRead } }),
  };
}
