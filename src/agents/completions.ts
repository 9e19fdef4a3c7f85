/**
 * OpenAI's chat completions, spoken directly: it is the format of nearly every server, and a library between the
 * socket and the reader costs several times what reading does.
 */
import type { AnswerFormat } from "#protocol/domains/agents.ts";
import { unnamed } from "./answer-format.ts";
import type { CallThought } from "./call-thoughts.ts";
import type { EventReader } from "./event-stream.ts";
import { callsIn, resultsIn } from "./messages.ts";
import type { ModelMessage } from "./model-library.ts";
import { type ModelRequest, postForEvents } from "./model-request.ts";
import type { Piece, Pieces, PieceUsage } from "./pieces.ts";
import { isOpenAi } from "./provider-defaults.ts";
import { createRepeatedChunk } from "./repeated-chunk.ts";
import type { ToolOffer } from "./runtime.ts";
import { type CallCollector, createCallCollector } from "./tool-calls.ts";

/** Resolves when the server has begun to answer; rejects with what it refused, or with why it wasn't reached. */
export async function openCompletions(request: ModelRequest): Promise<Pieces> {
  return toPieces(await postForEvents("chat/completions", request, bodyOf(request)), request);
}

function bodyOf(request: ModelRequest) {
  const { baseUrl, model, system, messages, tools, effort, sampling, format, thoughts } = request;
  // OpenAI's reasoning models refuse the older name that everyone else knows.
  const limit = isOpenAi(baseUrl) ? "max_completion_tokens" : "max_tokens";
  return {
    model,
    [limit]: sampling.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    ...(effort === null ? {} : { reasoning_effort: effort }),
    messages: [
      ...(system === "" ? [] : [{ role: "system", content: system }]),
      ...messages.flatMap((each) => toWire(each, (id) => thoughts.of(placeOf(request), id))),
    ],
    ...(tools === null ? {} : toolsOnTheWire(tools)),
    ...(format === null ? {} : { response_format: formatOnTheWire(format) }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** Whose thoughts they are: another server could make nothing of them. */
function placeOf({ baseUrl, model }: ModelRequest): string {
  return `${baseUrl} ${model}`;
}

/** What is usual is left unsaid: some servers know only a part of it. */
function toolsOnTheWire({ tools, choice, parallel }: ToolOffer): object {
  const named = typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
  return {
    tools: tools.map((tool) => ({ type: "function", function: tool })),
    ...(choice === "auto" ? {} : { tool_choice: named }),
    ...(parallel ? {} : { parallel_tool_calls: false }),
  };
}

function formatOnTheWire({ name = unnamed, ...rest }: AnswerFormat): object {
  if (rest.schema === undefined) return { type: "json_object" };
  return { type: "json_schema", json_schema: { name, ...rest } };
}

/** As one text wherever it is nothing else: many servers know no parts. */
function toWire({ role, content }: ModelMessage, thoughtOf: (id: string) => CallThought | null): object[] {
  if (typeof content === "string") return [{ role, content }];
  if (role === "tool")
    return resultsIn(content).map(({ id, text }) => ({
      role,
      tool_call_id: thoughtOf(id)?.id ?? id,
      content: text,
    }));
  const parts = content.flatMap((part): object[] => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    if (part.type !== "file" || part.data.type !== "data") return [];
    return [{ type: "image_url", image_url: { url: `data:${part.mediaType};base64,${part.data.data}` } }];
  });
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const said = texts.length === parts.length ? texts.join("\n\n") : parts;
  let reasoning: CallThought["reasoning"];
  const calls = callsIn(content).map(({ id, ...call }) => {
    const thought = thoughtOf(id);
    reasoning ??= thought?.reasoning;
    return { id: thought?.id ?? id, type: "function", function: call, extra_content: thought?.extra };
  });
  if (calls.length === 0) return [{ role, content: said }];
  // Without a text the content is null: of an empty one, some servers see nothing but the text.
  const thinking = reasoning === undefined ? {} : { [reasoning.name]: reasoning.text };
  return [{ role, content: said === "" ? null : said, ...thinking, tool_calls: calls }];
}

function toPieces(events: EventReader, request: ModelRequest): Pieces {
  let isOver = false;
  let reasoning: CallThought["reasoning"];
  const calls = createCallCollector();
  const repeated = createRepeatedChunk();

  function add(data: string, pieces: Piece[]): void {
    const text = repeated.textOf(data);
    if (text !== null) {
      addText("text", text, pieces);
      return;
    }
    const own: Piece[] = [];
    const chunk = JSON.parse(data) as Chunk;
    reasoning = grown(reasoning, chunk.choices?.[0]?.delta);
    addPieces(chunk, calls, own);
    const [only, other] = own;
    // What is learned is read for its text alone, so it must have nothing else to say.
    if (only?.t === "text" && other === undefined && !Array.isArray(chunk.choices?.[0]?.delta?.tool_calls)) {
      repeated.learn(data, only.delta);
      addText("text", only.delta, pieces);
    } else pieces.push(...own.map(remembered));
  }

  /** A call with a thought is known here by an id of its own. */
  function remembered(piece: Piece): Piece {
    if (piece.t !== "call" || (reasoning === undefined && piece.extra === undefined)) return piece;
    const { call, extra } = piece;
    const thought = { id: call.id, reasoning, extra };
    return { t: "call", call: { ...call, id: request.thoughts.keep(placeOf(request), thought) } };
  }

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
        if (data === "[DONE]") {
          isOver = true;
          // Some servers end with this word alone; a finish that was given before it counts.
          pieces.push(...calls.take().map(remembered), { t: "finish", reason: "" });
          break;
        }
        try {
          add(data, pieces);
        } catch (error) {
          pieces.push({ t: "error", error });
        }
      }
      return pieces;
    },
    cancel: events.cancel,
  };
}

/** Whatever a server may send; nothing of it is certain. */
interface Chunk {
  choices?: { delta?: Delta | null; finish_reason?: unknown }[] | null;
  usage?: Record<string, unknown> | null;
  error?: unknown;
}

interface Delta {
  content?: unknown;
  refusal?: unknown;
  reasoning_content?: unknown;
  reasoning?: unknown;
  tool_calls?: unknown;
}

/** The thoughts of an answer so far, under the name that its server has for them. */
function grown(before: CallThought["reasoning"], delta: Delta | null | undefined): CallThought["reasoning"] {
  const name = typeof delta?.reasoning_content === "string" ? "reasoning_content" : "reasoning";
  const more = delta?.[name];
  if (typeof more !== "string" || more === "") return before;
  return { name, text: (before?.text ?? "") + more };
}

function addPieces(chunk: Chunk, calls: CallCollector, pieces: Piece[]): void {
  if (chunk.error != null) {
    pieces.push({ t: "error", error: chunk.error });
    return;
  }
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  if (delta != null) {
    addText("reasoning", delta.reasoning_content ?? delta.reasoning, pieces);
    addText("text", delta.content, pieces);
    addText("text", delta.refusal, pieces);
    if (Array.isArray(delta.tool_calls)) addCalls(delta.tool_calls, calls);
  }
  if (typeof choice?.finish_reason === "string") {
    const reason = choice.finish_reason;
    pieces.push(...calls.take(), {
      t: "finish",
      reason: reason === "content_filter" ? "content-filter" : reason,
    });
  }
  if (chunk.usage != null) pieces.push({ t: "usage", usage: toUsage(chunk.usage) });
}

function addCalls(parts: readonly unknown[], calls: CallCollector): void {
  for (const part of parts) {
    if (typeof part !== "object" || part === null) continue;
    const { index, id, function: called, extra_content: extra } = part as CallChunk;
    calls.add({ index, id, name: called?.name, arguments: called?.arguments, extra });
  }
}

interface CallChunk {
  index?: unknown;
  id?: unknown;
  function?: { name?: unknown; arguments?: unknown } | null;
  extra_content?: unknown;
}

/** A text, or parts of one as some servers send them. */
function addText(t: "text" | "reasoning", said: unknown, pieces: Piece[]): void {
  if (typeof said === "string") {
    if (said === "") return;
    // What comes in one read goes on as one piece: each costs its way through every loop up to the listeners.
    const last = pieces.at(-1);
    if (last?.t === t) last.delta += said;
    else pieces.push({ t, delta: said });
    return;
  }
  if (!Array.isArray(said)) return;
  for (const part of said as { type?: unknown; text?: unknown; thinking?: unknown }[]) {
    if (part?.type === "text") addText(t, part.text, pieces);
    else if (part?.type === "thinking") addText("reasoning", part.thinking, pieces);
  }
}

function toUsage(usage: Record<string, unknown>): PieceUsage {
  const details = usage.prompt_tokens_details as Record<string, unknown> | null | undefined;
  const cached = details?.cached_tokens;
  return {
    input: count(usage.prompt_tokens),
    output: count(usage.completion_tokens),
    ...(typeof cached === "number" ? { cacheRead: count(cached) } : {}),
    ...(typeof usage.cost === "number" && usage.cost >= 0 ? { cost: usage.cost } : {}),
  };
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.round(value) : 0;
}
