import type { PendingToolCall, Usage } from "#protocol/domains/agents.ts";
import { digest } from "./address.ts";
import { type Done, type ModelName, promptTokens, type Reply } from "./reply.ts";
import type { ResponsesRequest } from "./responses-request.ts";
import { done, named } from "./sse.ts";

export interface ResponsesReplyFacts {
  id: string;
  messageId: string;
  /** In seconds. */
  createdAt: number;
  /** How the answer names its model. */
  model: ModelName;
  request: Pick<ResponsesRequest, "asGiven" | "instructions" | "metadata" | "previous" | "tools" | "user">;
}

type Status = "in_progress" | "completed" | "incomplete" | "failed";

/** The answers of POST /v1/responses. */
export function responsesReply({ id, messageId, createdAt, model, request }: ResponsesReplyFacts): Reply {
  let number = 0;
  let said = "";
  const place = { item_id: messageId, output_index: 0, content_index: 0 };

  function event(type: string, rest: object): string {
    const text = named(type, { type, sequence_number: number, ...rest });
    number += 1;
    return text;
  }

  function response(status: Status, ending: Done | null, more: object = {}) {
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
      model: model(ending),
      output: [],
      parallel_tool_calls: request.tools.parallelToolCalls,
      previous_response_id: request.previous,
      store: false,
      ...request.asGiven,
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

  /** The id follows from the call's, so that every event names the item alike. */
  const callItem = (call: PendingToolCall) => ({
    id: `fc_${digest(`${messageId} ${call.id}`)}`,
    type: "function_call",
    status: "completed",
    call_id: call.id,
    name: call.name,
    arguments: call.arguments,
  });

  function called(call: PendingToolCall, index: number): string[] {
    const whole = callItem(call);
    const where = { item_id: whole.id, output_index: index };
    const begun = { ...whole, status: "in_progress", arguments: "" };
    const { name, arguments: args } = call;
    return [
      event("response.output_item.added", { output_index: index, item: begun }),
      event("response.function_call_arguments.delta", { ...where, delta: args }),
      event("response.function_call_arguments.done", { ...where, name, arguments: args }),
      event("response.output_item.done", { output_index: index, item: whole }),
    ];
  }

  const begin = () => [
    event("response.output_item.added", { output_index: 0, item: item("in_progress") }),
    event("response.content_part.added", { ...place, part: part("") }),
  ];

  function finished(ending: Done) {
    const { text, cutOff, calls, usage } = ending;
    // An answer that waits for the program's own functions is not complete, though its stream is.
    const status = cutOff || calls.length > 0 ? "incomplete" : "completed";
    return response(status, ending, {
      output: [...(text === "" ? [] : [item(statusOf(cutOff), text)]), ...calls.map(callItem)],
      usage: usageOf(usage),
      ...(cutOff ? { incomplete_details: { reason: "max_output_tokens" } } : {}),
    });
  }

  return {
    whole: finished,
    begin: () => [
      event("response.created", { response: response("in_progress", null) }),
      event("response.in_progress", { response: response("in_progress", null) }),
    ],
    delta(text) {
      const opening = said === "" ? begin() : [];
      said += text;
      return [...opening, event("response.output_text.delta", { ...place, delta: text, logprobs: [] })];
    },
    end(ending) {
      const { text, cutOff, calls } = ending;
      const final = finished(ending);
      const spoken = [
        () => event("response.output_text.done", { ...place, text, logprobs: [] }),
        () => event("response.content_part.done", { ...place, part: part(text) }),
        () => event("response.output_item.done", { output_index: 0, item: item(statusOf(cutOff), text) }),
      ];
      const first = text === "" ? 0 : 1;
      return [
        ...(text === "" ? [] : spoken.map((each) => each())),
        ...calls.flatMap((call, index) => called(call, first + index)),
        event(cutOff ? "response.incomplete" : "response.completed", { response: final }),
        done,
      ];
    },
    breakOff({ code, message, type }) {
      const error = { code: code ?? type, message };
      const output = said === "" ? [] : [item("incomplete", said)];
      return [event("response.failed", { response: response("failed", null, { error, output }) }), done];
    },
  };
}

function statusOf(cutOff: boolean): Status {
  return cutOff ? "incomplete" : "completed";
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
