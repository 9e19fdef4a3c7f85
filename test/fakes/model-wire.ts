/** What two model APIs look like on the wire, as far as the fake endpoint speaks them. */
export interface WireRequest {
  model: string;
  /** Words sent and received, which is what the fake calls tokens. */
  inputTokens: number;
  outputTokens: number;
  finish: "stop" | "length" | "content_filter" | "tool_calls";
}

/** A call as a model makes it; without an id where its server gives none. */
export interface FakeCall {
  id?: string;
  name: string;
  /** As it is sent, which need not be JSON. */
  arguments: string;
  /** Travels with the call, as Google's signatures do. */
  extra_content?: unknown;
}

export interface Wire {
  /** Events before the first word. */
  open(request: WireRequest): string[];
  reasoning(text: string): string;
  /** After the last of the reasoning, if any, and before the first word. */
  turn(): string[];
  text(delta: string): string;
  /** Calls side by side, their arguments in pieces; each at once, unnumbered and without ids, where `whole`. */
  calls(calls: readonly FakeCall[], whole: boolean): string[];
  /** Events after the last word, with the usage. */
  close(request: WireRequest): string[];
  /** An error in the middle of a stream that has begun. */
  trouble(message: string): string;
  failure(kind: FailureKind, message: string): unknown;
}

export type FailureKind =
  | "authentication"
  | "rate-limit"
  | "quota"
  | "not-found"
  | "too-long"
  | "server"
  | "bad-request";

/** The arguments in pieces of a few characters. */
function piecesOf(args: string): string[] {
  return args.match(/[\s\S]{1,5}/g) ?? [];
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** OpenAI chat completions. */
export function openAiWire(): Wire {
  let id = "";
  let model = "";
  const chunk = (delta: unknown, finish: string | null = null) =>
    data({
      id,
      object: "chat.completion.chunk",
      created: 1_760_000_000,
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  return {
    open(request) {
      id = "chatcmpl-fake";
      model = request.model;
      return [chunk({ role: "assistant", content: "" })];
    },
    reasoning: (text) => chunk({ reasoning_content: text }),
    turn: () => [],
    text: (delta) => chunk({ content: delta }),
    calls(calls, whole) {
      if (whole) {
        return calls.map(({ name, arguments: args }) =>
          chunk({
            content: "",
            tool_calls: [{ index: 0, type: "function", function: { name, arguments: args } }],
          }),
        );
      }
      const heads = calls.map(({ id, name, extra_content }, index) =>
        chunk({
          tool_calls: [{ index, id, type: "function", function: { name, arguments: "" }, extra_content }],
        }),
      );
      const pieces = calls.flatMap(({ arguments: args }, index) =>
        piecesOf(args).map((piece, nth) => ({ nth, index, piece })),
      );
      const mixed = pieces.sort((one, other) => one.nth - other.nth);
      const rest = mixed.map(({ index, piece }) =>
        chunk({ tool_calls: [{ index, function: { arguments: piece } }] }),
      );
      return [...heads, ...rest];
    },
    close: ({ inputTokens, outputTokens, finish }) => [
      chunk({}, finish),
      data({
        id,
        object: "chat.completion.chunk",
        created: 1_760_000_000,
        model,
        choices: [],
        usage: {
          prompt_tokens: inputTokens,
          completion_tokens: outputTokens,
          total_tokens: inputTokens + outputTokens,
          prompt_tokens_details: { cached_tokens: 2 },
        },
      }),
      "data: [DONE]\n\n",
    ],
    trouble: (message) => data({ error: { message, type: "server_error", code: null } }),
    failure: (kind, message) => ({ error: { message, type: openAiTypes[kind], code: openAiCodes[kind] } }),
  };
}

const openAiTypes: Record<FailureKind, string> = {
  authentication: "invalid_request_error",
  "rate-limit": "requests",
  quota: "insufficient_quota",
  "not-found": "invalid_request_error",
  "too-long": "invalid_request_error",
  server: "server_error",
  "bad-request": "invalid_request_error",
};

const openAiCodes: Record<FailureKind, string | null> = {
  authentication: "invalid_api_key",
  "rate-limit": "rate_limit_exceeded",
  quota: "insufficient_quota",
  "not-found": "model_not_found",
  "too-long": "context_length_exceeded",
  server: null,
  "bad-request": null,
};

/** OpenAI responses. */
export function responsesWire(): Wire {
  let number = 0;
  let model = "";
  const event = (type: string, more: object) => {
    number += 1;
    return `event: ${type}\n${data({ type, sequence_number: number, ...more })}`;
  };
  const response = (status: string, more: object = {}) => ({
    response: { id: "resp_fake", object: "response", status, model, output: [], usage: null, ...more },
  });
  const place = { item_id: "msg_fake", output_index: 0, content_index: 0 };
  const part = { type: "output_text", text: "", annotations: [] };
  return {
    open(request) {
      model = request.model;
      return [
        event("response.created", response("in_progress")),
        event("response.in_progress", response("in_progress")),
      ];
    },
    reasoning: (text) =>
      event("response.reasoning_summary_text.delta", {
        item_id: "rs_fake",
        output_index: 0,
        summary_index: 0,
        delta: text,
      }),
    turn: () => [event("response.content_part.added", { ...place, part })],
    text: (delta) => event("response.output_text.delta", { ...place, delta, logprobs: [] }),
    calls: (calls) =>
      calls.flatMap(({ id, name, arguments: args }, index) => {
        const item = { type: "function_call", id: `fc_${index}`, call_id: id, name, arguments: args };
        const where = { item_id: item.id, output_index: index };
        return [
          event("response.output_item.added", { output_index: index, item: { ...item, arguments: "" } }),
          ...piecesOf(args).map((delta) =>
            event("response.function_call_arguments.delta", { ...where, delta }),
          ),
          event("response.function_call_arguments.done", { ...where, arguments: args }),
          event("response.output_item.done", { output_index: index, item }),
        ];
      }),
    close({ inputTokens, outputTokens, finish }) {
      const usage = {
        input_tokens: inputTokens,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: outputTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: inputTokens + outputTokens,
      };
      if (finish === "stop" || finish === "tool_calls")
        return [event("response.completed", response("completed", { usage }))];
      const reason = finish === "length" ? "max_output_tokens" : finish;
      const cut = { usage, incomplete_details: { reason } };
      return [event("response.incomplete", response("incomplete", cut))];
    },
    trouble: (message) =>
      event("response.failed", response("failed", { error: { code: "server_error", message } })),
    failure: (kind, message) => ({ error: { message, type: openAiTypes[kind], code: openAiCodes[kind] } }),
  };
}

/** Anthropic Messages. */
export function anthropicWire(): Wire {
  const event = (value: { type: string } & Record<string, unknown>) => `event: ${value.type}\n${data(value)}`;
  let index = 0;
  let thinks = false;
  const start = (block: unknown) => event({ type: "content_block_start", index, content_block: block });
  return {
    open: ({ model, inputTokens }) => [
      event({
        type: "message_start",
        message: {
          id: "msg_fake",
          type: "message",
          role: "assistant",
          content: [],
          model,
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: inputTokens, output_tokens: 1, cache_read_input_tokens: 2 },
        },
      }),
      event({ type: "ping" }),
    ],
    reasoning(text) {
      const first = thinks ? "" : start({ type: "thinking", thinking: "", signature: "" });
      thinks = true;
      const delta = { type: "thinking_delta", thinking: text };
      return first + event({ type: "content_block_delta", index, delta });
    },
    turn() {
      const stop = thinks ? [event({ type: "content_block_stop", index })] : [];
      if (thinks) index += 1;
      return [...stop, start({ type: "text", text: "" })];
    },
    text: (delta) =>
      event({ type: "content_block_delta", index, delta: { type: "text_delta", text: delta } }),
    calls(calls) {
      return calls.flatMap(({ id, name, arguments: args }) => {
        const before = event({ type: "content_block_stop", index });
        index += 1;
        return [
          before,
          start({ type: "tool_use", id, name, input: {} }),
          ...piecesOf(args).map((piece) =>
            event({
              type: "content_block_delta",
              index,
              delta: { type: "input_json_delta", partial_json: piece },
            }),
          ),
        ];
      });
    },
    close: ({ outputTokens, finish }) => [
      event({ type: "content_block_stop", index }),
      event({
        type: "message_delta",
        delta: { stop_reason: anthropicReasons[finish], stop_sequence: null },
        usage: { output_tokens: outputTokens },
      }),
      event({ type: "message_stop" }),
    ],
    trouble: (message) => event({ type: "error", error: { type: "overloaded_error", message } }),
    failure: (kind, message) => ({ type: "error", error: { type: anthropicTypes[kind], message } }),
  };
}

const anthropicReasons = {
  stop: "end_turn",
  length: "max_tokens",
  content_filter: "refusal",
  tool_calls: "tool_use",
} as const;

const anthropicTypes: Record<FailureKind, string> = {
  authentication: "authentication_error",
  "rate-limit": "rate_limit_error",
  quota: "billing_error",
  "not-found": "not_found_error",
  "too-long": "invalid_request_error",
  server: "api_error",
  "bad-request": "invalid_request_error",
};
