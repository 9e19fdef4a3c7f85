/** OpenAI's responses, the newer of its two formats: some of its models are offered in this one alone. */
import type { AnswerFormat } from "#protocol/domains/agents.ts";
import { unnamed } from "./answer-format.ts";
import type { EventReader } from "./event-stream.ts";
import { callsIn, resultsIn } from "./messages.ts";
import type { ModelMessage } from "./model-library.ts";
import { type ModelRequest, postForEvents } from "./model-request.ts";
import type { Piece, Pieces, PieceUsage } from "./pieces.ts";
import type { ToolOffer } from "./runtime.ts";
import { type CallCollector, createCallCollector } from "./tool-calls.ts";

/** Resolves when the server has begun to answer; rejects with what it refused, or with why it wasn't reached. */
export async function openResponses(request: ModelRequest): Promise<Pieces> {
  return toPieces(await postForEvents("responses", request, bodyOf(request)));
}

/** What OpenAI refuses to go below. */
const fewestTokens = 16;

/** Penalties and a seed are not among what this format has. */
function bodyOf({ model, system, messages, tools, effort, sampling, format }: ModelRequest) {
  const { maxTokens, temperature, topP } = sampling;
  return {
    model,
    ...(system === "" ? {} : { instructions: system }),
    input: messages.flatMap(toItems),
    ...(tools === null ? {} : toolsOnTheWire(tools)),
    ...(format === null ? {} : { text: { format: formatOnTheWire(format) } }),
    ...(maxTokens === undefined ? {} : { max_output_tokens: Math.max(fewestTokens, maxTokens) }),
    temperature,
    top_p: topP,
    ...(effort === null ? {} : { reasoning: { effort } }),
    // The conversation is kept here, and sent whole each time.
    store: false,
    stream: true,
  };
}

function toolsOnTheWire({ tools, choice, parallel }: ToolOffer): object {
  const named = typeof choice === "string" ? choice : { type: "function", name: choice.name };
  return {
    // Left unsaid, strict is on here, and schemas that were written without it are refused.
    tools: tools.map((tool) => ({ type: "function", strict: false, ...tool })),
    ...(choice === "auto" ? {} : { tool_choice: named }),
    ...(parallel ? {} : { parallel_tool_calls: false }),
  };
}

function formatOnTheWire({ name = unnamed, ...rest }: AnswerFormat): object {
  return rest.schema === undefined ? { type: "json_object" } : { type: "json_schema", name, ...rest };
}

/** As one text wherever it is nothing else: what was said by the model is called otherwise than what it was told. */
function toItems({ role, content }: ModelMessage): object[] {
  if (typeof content === "string") return [{ role, content }];
  if (role === "tool") {
    return resultsIn(content).map(({ id, text }) => ({
      type: "function_call_output",
      call_id: id,
      output: text,
    }));
  }
  const parts = content.flatMap((part): object[] => {
    if (part.type === "text") return [{ type: "input_text", text: part.text }];
    if (part.type !== "file" || part.data.type !== "data") return [];
    return [{ type: "input_image", image_url: `data:${part.mediaType};base64,${part.data.data}` }];
  });
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const calls = callsIn(content).map(({ id, ...call }) => ({ type: "function_call", call_id: id, ...call }));
  if (parts.length === 0) return calls;
  return [{ role, content: texts.length === parts.length ? texts.join("\n\n") : parts }, ...calls];
}

function toPieces(events: EventReader): Pieces {
  let isOver = false;
  const calls = createCallCollector();
  return {
    async read() {
      if (isOver) {
        events.leave();
        return null;
      }
      const batch = await events.read();
      if (batch === null) return null;
      const pieces: Piece[] = [];
      for (const data of batch) {
        // A word of the other format, which some servers say here, too.
        if (data === "[DONE]") break;
        try {
          isOver = addPieces(JSON.parse(data) as StreamEvent, calls, pieces);
        } catch (error) {
          pieces.push({ t: "error", error });
        }
        if (isOver) break;
      }
      return pieces;
    },
    cancel: events.cancel,
  };
}

/** Whatever a server may send; nothing of it is certain. */
interface StreamEvent {
  type?: unknown;
  delta?: unknown;
  error?: unknown;
  item?: { type?: unknown; id?: unknown; call_id?: unknown; name?: unknown; arguments?: unknown } | null;
  response?: {
    error?: unknown;
    incomplete_details?: { reason?: unknown } | null;
    usage?: Record<string, unknown> | null;
  } | null;
}

/** Whether it was the last event. */
function addPieces(event: StreamEvent, calls: CallCollector, pieces: Piece[]): boolean {
  const { type, delta, response, item } = event;
  switch (type) {
    case "response.output_text.delta":
    case "response.refusal.delta":
      addText("text", delta, pieces);
      return false;
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      addText("reasoning", delta, pieces);
      return false;
    case "response.output_item.done":
      if (item?.type === "function_call") {
        // A whole item has a number of its own, so that two without ids stay two.
        calls.add({
          index: Symbol(),
          id: item.call_id ?? item.id,
          name: item.name,
          arguments: item.arguments,
        });
      }
      return false;
    case "response.completed":
    case "response.incomplete":
      pieces.push(...calls.take());
      if (response?.usage != null) pieces.push({ t: "usage", usage: toUsage(response.usage) });
      pieces.push({ t: "finish", reason: type === "response.completed" ? "stop" : reasonOf(response) });
      return true;
    case "response.failed":
      if (response?.usage != null) pieces.push({ t: "usage", usage: toUsage(response.usage) });
      pieces.push({ t: "error", error: response?.error ?? event });
      return true;
    case "error":
      // What went wrong stands in the event itself, or in a member of it.
      pieces.push({ t: "error", error: event.error ?? event });
      return true;
    default:
      return false;
  }
}

function reasonOf(response: StreamEvent["response"]): string {
  return response?.incomplete_details?.reason === "content_filter" ? "content-filter" : "length";
}

function addText(t: "text" | "reasoning", delta: unknown, pieces: Piece[]): void {
  if (typeof delta !== "string" || delta === "") return;
  const last = pieces.at(-1);
  if (last?.t === t) last.delta += delta;
  else pieces.push({ t, delta });
}

function toUsage(usage: Record<string, unknown>): PieceUsage {
  const details = usage.input_tokens_details as Record<string, unknown> | null | undefined;
  const cached = details?.cached_tokens;
  return {
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    ...(typeof cached === "number" ? { cacheRead: count(cached) } : {}),
  };
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.round(value) : 0;
}
