/** OpenAI's responses, the newer of its two formats: some of its models are offered in this one alone. */
import type { EventReader } from "./event-stream.ts";
import type { ModelMessage } from "./model-library.ts";
import { type ModelRequest, postForEvents } from "./model-request.ts";
import type { Piece, Pieces, PieceUsage } from "./pieces.ts";

/** Resolves when the server has begun to answer; rejects with what it refused, or with why it wasn't reached. */
export async function openResponses(request: ModelRequest): Promise<Pieces> {
  return toPieces(await postForEvents("responses", request, bodyOf(request)));
}

function bodyOf({ model, system, messages, effort, maxTokens }: ModelRequest): object {
  return {
    model,
    ...(system === "" ? {} : { instructions: system }),
    input: messages.map(toItem),
    ...(maxTokens === null ? {} : { max_output_tokens: maxTokens }),
    ...(effort === null ? {} : { reasoning: { effort } }),
    // The conversation is kept here, and sent whole each time.
    store: false,
    stream: true,
  };
}

/** As one text wherever it is nothing else: what was said by the model is called otherwise than what it was told. */
function toItem({ role, content }: ModelMessage): object {
  if (typeof content === "string") return { role, content };
  const parts = content.flatMap((part): object[] => {
    if (part.type === "text") return [{ type: "input_text", text: part.text }];
    if (part.type !== "file" || part.data.type !== "data") return [];
    return [{ type: "input_image", image_url: `data:${part.mediaType};base64,${part.data.data}` }];
  });
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return { role, content: texts.length === parts.length ? texts.join("\n\n") : parts };
}

function toPieces(events: EventReader): Pieces {
  let isOver = false;
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
          isOver = addPieces(JSON.parse(data) as StreamEvent, pieces);
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
  response?: {
    error?: unknown;
    incomplete_details?: { reason?: unknown } | null;
    usage?: Record<string, unknown> | null;
  } | null;
}

/** Whether it was the last event. */
function addPieces(event: StreamEvent, pieces: Piece[]): boolean {
  const { type, delta, response } = event;
  switch (type) {
    case "response.output_text.delta":
    case "response.refusal.delta":
      addText("text", delta, pieces);
      return false;
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      addText("reasoning", delta, pieces);
      return false;
    case "response.completed":
    case "response.incomplete":
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
