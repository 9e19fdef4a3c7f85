import type { AgentParams, EarlierTurn } from "#protocol/domains/agents.ts";
import type { ToolOffer, TurnMessage } from "./runtime.ts";
import { argumentsOf } from "./tool-calls.ts";

/** What a caller says of its functions. */
export type AskedTools = Pick<AgentParams, "tools" | "toolChoice" | "requiredTool" | "parallelToolCalls">;

/** What a model is offered of the caller's functions; null where it is to call none. */
export function offerOf(asked: AskedTools = {}): ToolOffer | null {
  const { tools = [], toolChoice = "auto", requiredTool, parallelToolCalls: parallel = true } = asked;
  if (toolChoice === "none" || tools.length === 0) return null;
  return { tools, choice: requiredTool === undefined ? toolChoice : { name: requiredTool }, parallel };
}

/** An earlier turn as its caller kept it. */
export function toTurn({
  role,
  content: text,
  toolCalls = [],
  toolCallId,
  toolName,
}: EarlierTurn): TurnMessage {
  const calls = toolCalls.map((call) => ({
    type: "toolCall" as const,
    id: call.id,
    name: call.name,
    arguments: argumentsOf(call),
  }));
  return {
    role,
    content: [...(text === "" && calls.length > 0 ? [] : [{ type: "text" as const, text }]), ...calls],
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(toolName === undefined ? {} : { toolName }),
  };
}
