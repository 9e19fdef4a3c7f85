import type { Usage } from "#protocol/domains/agents.ts";
import { promptTokens, type Reply } from "./reply.ts";
import type { ResponsesRequest } from "./responses-request.ts";
import { done, named } from "./sse.ts";

export interface ResponsesReplyFacts {
  id: string;
  messageId: string;
  /** In seconds. */
  createdAt: number;
  request: Pick<ResponsesRequest, "model" | "instructions" | "metadata" | "previous" | "user">;
}

type Status = "in_progress" | "completed" | "incomplete" | "failed";

/** The answers of POST /v1/responses. */
export function responsesReply({ id, messageId, createdAt, request }: ResponsesReplyFacts): Reply {
  let number = 0;
  let said = "";
  const place = { item_id: messageId, output_index: 0, content_index: 0 };

  function event(type: string, rest: object): string {
    const text = named(type, { type, sequence_number: number, ...rest });
    number += 1;
    return text;
  }

  function response(status: Status, more: object = {}) {
    return {
      id,
      object: "response",
      created_at: createdAt,
      status,
      background: false,
      error: null,
      incomplete_details: null,
      instructions: request.instructions,
      metadata: request.metadata,
      model: request.model,
      output: [],
      parallel_tool_calls: false,
      previous_response_id: request.previous,
      store: false,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [],
      truncation: "auto",
      usage: null,
      ...(request.user === null ? {} : { user: request.user }),
      ...more,
    };
  }

  const part = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] });
  const item = (status: Status, text?: string) => ({
    id: messageId,
    type: "message",
    role: "assistant",
    status,
    content: text === undefined ? [] : [part(text)],
  });

  function finished({ text, cutOff, usage }: { text: string; cutOff: boolean; usage: Usage | null }) {
    const status = cutOff ? "incomplete" : "completed";
    return response(status, {
      output: [item(status, text)],
      usage: usageOf(usage),
      ...(cutOff ? { incomplete_details: { reason: "max_output_tokens" } } : {}),
    });
  }

  return {
    whole: finished,
    begin: () => [
      event("response.created", { response: response("in_progress") }),
      event("response.in_progress", { response: response("in_progress") }),
      event("response.output_item.added", { output_index: 0, item: item("in_progress") }),
      event("response.content_part.added", { ...place, part: part("") }),
    ],
    delta(text) {
      said += text;
      return [event("response.output_text.delta", { ...place, delta: text, logprobs: [] })];
    },
    end(ending) {
      const { text } = ending;
      const final = finished(ending);
      return [
        event("response.output_text.done", { ...place, text, logprobs: [] }),
        event("response.content_part.done", { ...place, part: part(text) }),
        event("response.output_item.done", {
          output_index: 0,
          item: item(ending.cutOff ? "incomplete" : "completed", text),
        }),
        event(ending.cutOff ? "response.incomplete" : "response.completed", { response: final }),
        done,
      ];
    },
    breakOff({ code, message, type }) {
      const error = { code: code ?? type, message };
      const output = said === "" ? [] : [item("incomplete", said)];
      return [event("response.failed", { response: response("failed", { error, output }) }), done];
    },
  };
}

function usageOf(usage: Usage | null) {
  return {
    input_tokens: usage === null ? 0 : promptTokens(usage),
    input_tokens_details: { cached_tokens: usage?.cacheRead ?? 0 },
    output_tokens: usage?.output ?? 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage?.totalTokens ?? 0,
  };
}
