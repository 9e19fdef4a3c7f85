import { BadRequest } from "./failure.ts";
import {
  contentOf,
  conversationOf,
  flag,
  isObject,
  objectOf,
  optionalText,
  type ProgramRequest,
  refuseForcedTools,
  refuseFormat,
  type Said,
  textOf,
} from "./program-request.ts";

export interface ResponsesRequest extends ProgramRequest {
  instructions: string | null;
  metadata: Record<string, unknown>;
  /** The response that this one continues. */
  previous: string | null;
}

/** Reads the body of POST /v1/responses by the same rules as chat completions. */
export function responsesRequestOf(body: Record<string, unknown>): ResponsesRequest {
  refuseForcedTools(body.tool_choice);
  refuseFormat(isObject(body.text) ? body.text.format : undefined, "text.format");
  if (flag(body.background, "background")) {
    throw new BadRequest("background must be false: the answer comes with the request", {
      param: "background",
    });
  }
  if (body.conversation !== undefined && body.conversation !== null) {
    const message = "conversation is not kept here; use previous_response_id, user, or a session key header";
    throw new BadRequest(message, { param: "conversation" });
  }
  const instructions = optionalText(body.instructions, "instructions");
  const spoken = conversationOf(inputOf(body.input), "input");
  return {
    model: optionalText(body.model, "model") ?? "moltbot",
    ...spoken,
    system: [instructions, spoken.system].filter((text) => text !== null && text !== "").join("\n\n"),
    stream: flag(body.stream, "stream"),
    user: optionalText(body.user, "user"),
    instructions,
    metadata: isObject(body.metadata) ? body.metadata : {},
    previous: optionalText(body.previous_response_id, "previous_response_id"),
  };
}

function inputOf(input: unknown): Said[] {
  if (typeof input === "string") return [{ role: "user", text: input, images: [], isAsking: true }];
  if (!Array.isArray(input))
    throw new BadRequest("input must be text or a list of items", { param: "input" });
  return input.flatMap((given: unknown, index): Said[] => {
    const at = `input[${index}]`;
    const item = objectOf(given, at);
    switch (item.type ?? "message") {
      case "message":
        return [messageIn(item, at)];
      case "function_call":
        return [
          {
            role: "assistant",
            text: `[called ${String(item.name)} with ${String(item.arguments)}]`,
            images: [],
            isAsking: false,
          },
        ];
      case "function_call_output": {
        const { output } = item;
        const said =
          typeof output === "string" ? { text: output, images: [] } : contentOf(output, `${at}.output`);
        return [{ role: "user", text: `[tool result] ${said.text}`, images: said.images, isAsking: true }];
      }
      case "reasoning":
        return [];
      case "item_reference": {
        const message = `${at}: items are not kept here, so none can be referred to; send the item itself`;
        throw new BadRequest(message, { param: at });
      }
      default:
        throw new BadRequest(`${at}: items of type ${JSON.stringify(item.type)} are not taken`, {
          param: at,
        });
    }
  });
}

function messageIn(item: Record<string, unknown>, at: string): Said {
  const { text, images } = contentOf(item.content, `${at}.content`);
  switch (textOf(item.role, `${at}.role`)) {
    case "system":
    case "developer":
      return { role: "system", text, images: [], isAsking: false };
    case "assistant":
      return { role: "assistant", text, images, isAsking: false };
    case "user":
      return { role: "user", text, images, isAsking: true };
    default:
      throw new BadRequest(`${at}.role must be system, developer, user or assistant`, {
        param: `${at}.role`,
      });
  }
}
