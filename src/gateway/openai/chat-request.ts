import type { PendingToolCall } from "#protocol/domains/agents.ts";
import { formatOf } from "./answer-format.ts";
import { BadRequest } from "./failure.ts";
import {
  contentOf,
  conversationOf,
  flag,
  objectOf,
  optionalText,
  type ProgramRequest,
  type Said,
} from "./program-request.ts";
import { callIn, toolsOf } from "./program-tools.ts";
import { wishesInChat } from "./sampling.ts";
import { stopsOf } from "./stop.ts";
import { refuseUnkept, unkeptInChat } from "./unkept.ts";

export interface ChatRequest extends ProgramRequest {
  /** The stream ends with the token counts. */
  includeUsage: boolean;
  /** Where the answer ends before its end. */
  stops: string[];
}

/**
 * Reads the body of POST /v1/chat/completions. What the answer would have to keep and cannot is refused; what
 * changes nothing in it is passed over.
 */
export function chatRequestOf(body: Record<string, unknown>): ChatRequest {
  if (!Array.isArray(body.messages)) throw new BadRequest("messages must be a list", { param: "messages" });
  refuseUnkept(body, unkeptInChat);
  const said = body.messages.map((message: unknown, index) => {
    const at = `messages[${index}]`;
    return saidIn(objectOf(message, at), at);
  });
  const streamOptions = objectOf(body.stream_options ?? {}, "stream_options");
  return {
    model: optionalText(body.model, "model") ?? "moltbot",
    ...conversationOf(said, "messages"),
    tools: toolsOf(body, "nested"),
    wishes: wishesInChat(body),
    format: formatOf(body.response_format, "response_format", "nested"),
    stream: flag(body.stream, "stream"),
    user: optionalText(body.user, "user"),
    stops: stopsOf(body.stop),
    includeUsage: flag(streamOptions.include_usage, "stream_options.include_usage"),
  };
}

function saidIn(message: Record<string, unknown>, at: string): Said {
  const { text, images } = contentOf(message.content, `${at}.content`);
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", text, images: [], isAsking: false };
    case "user":
      return { role: "user", text, images, isAsking: true };
    case "tool":
    case "function": {
      const callId = optionalText(message.tool_call_id, `${at}.tool_call_id`);
      if (callId !== null) return { role: "tool", text, images, isAsking: true, callId };
      return { role: "user", text: `[tool result] ${text}`, images, isAsking: true };
    }
    case "assistant":
      return { role: "assistant", text, images, isAsking: false, calls: callsIn(message.tool_calls, at) };
    default:
      throw new BadRequest(`${at}.role must be system, developer, user, assistant or tool`, {
        param: `${at}.role`,
      });
  }
}

/** The calls that an assistant's message made. */
function callsIn(calls: unknown, at: string): PendingToolCall[] {
  if (!Array.isArray(calls)) return [];
  return calls.map((given: unknown, index) => {
    const place = `${at}.tool_calls[${index}]`;
    const call = objectOf(given, place);
    const { name, arguments: args } = objectOf(call.function, `${place}.function`);
    return callIn({ id: call.id, name, arguments: args }, place);
  });
}
