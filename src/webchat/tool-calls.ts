import type { ToolData } from "#protocol/domains/agents.ts";
import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";

/** One use of a tool, as far as this page knows about it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** `unknown`: its run is over, and nobody said what came of it. */
  readonly state: "running" | "done" | "failed" | "unknown";
  readonly args?: Record<string, unknown> | undefined;
  /** What came out of it, or what has so far. */
  readonly output?: unknown;
  /** How long the text of its run was when it was called; absent for one out of the history. */
  readonly at?: number;
}

/** Calls by the run that made them. */
export type ToolCalls = ReadonlyMap<string, readonly ToolCall[]>;

export type ToolCallPart = ContentPart & { type: "toolCall" };

/** The calls of a run after something was heard of one of them. */
export function withToolEvent(calls: readonly ToolCall[], data: ToolData, at: number): readonly ToolCall[] {
  const known = calls.find(({ id }) => id === data.toolCallId);
  const call: ToolCall = {
    ...(known ?? { id: data.toolCallId, name: data.name, at }),
    state: stateAfter(data),
    args: data.args ?? known?.args,
    output: (data.phase === "result" ? data.result : data.partialResult) ?? known?.output,
  };
  return known === undefined ? [...calls, call] : calls.map((each) => (each === known ? call : each));
}

function stateAfter({ phase, isError }: ToolData): ToolCall["state"] {
  if (phase !== "result") return "running";
  return isError === true ? "failed" : "done";
}

/** The calls of a run that is over: none of them runs on. */
export function withoutRunning(calls: readonly ToolCall[]): readonly ToolCall[] {
  if (!calls.some(({ state }) => state === "running")) return calls;
  return calls.map((call) => (call.state === "running" ? { ...call, state: "unknown" } : call));
}

/** The call that a history tells of: asked for in one message, answered in another, seen live or not. */
export function callOf(part: ToolCallPart, result?: ChatMessage, live?: ToolCall): ToolCall {
  if (result !== undefined) return { ...callOfResult(result), name: part.name, args: part.arguments };
  return { ...live, id: part.id, name: part.name, args: part.arguments, state: live?.state ?? "unknown" };
}

/** A result whose call is on a page of the history that is not here. */
export function callOfResult(result: ChatMessage): ToolCall {
  return {
    id: result.toolCallId ?? "",
    name: result.toolName ?? "",
    state: result.isError === true ? "failed" : "done",
    output: result.content,
  };
}

/** A run's text between its calls: each call with the text before it, and what follows the last one. */
export function between(text: string, calls: readonly ToolCall[]): { pieces: string[]; rest: string } {
  let from = 0;
  const pieces = calls.map(({ at = 0 }) => {
    const piece = text.slice(from, Math.max(from, at));
    from = Math.max(from, at);
    return piece;
  });
  return { pieces, rest: text.slice(from) };
}
