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
  textOf,
} from "./program-request.ts";
import { callIn, toolsOf } from "./program-tools.ts";
import { wishesInResponses } from "./sampling.ts";
import { refuseUnkept, unkeptInResponses } from "./unkept.ts";

export interface ResponsesRequest extends ProgramRequest {
  instructions: string | null;
  metadata: Record<string, unknown>;
  /** As it came, which the answer repeats. */
  asGiven: Record<string, unknown>;
  /** The response that this one continues. */
  previous: string | null;
}

/** Reads the body of POST /v1/responses by the same rules as chat completions. */
export function responsesRequestOf(body: Record<string, unknown>): ResponsesRequest {
  refuseUnkept(body, unkeptInResponses);
  const text = objectOf(body.text ?? {}, "text");
  const instructions = optionalText(body.instructions, "instructions");
  const reasoning = objectOf(body.reasoning ?? {}, "reasoning");
  const previous = optionalText(body.previous_response_id, "previous_response_id");
  const spoken = conversationOf(inputOf(body.input), "input");
  return {
    model: optionalText(body.model, "model") ?? "moltbot",
    ...(previous === null ? spoken : continuing(spoken)),
    tools: toolsOf(body, "flat"),
    wishes: wishesInResponses(body, reasoning.effort),
    format: formatOf(text.format, "text.format", "flat"),
    system: [instructions, spoken.system].filter((text) => text !== null && text !== "").join("\n\n"),
    stream: flag(body.stream, "stream"),
    user: optionalText(body.user, "user"),
    instructions,
    metadata: objectOf(body.metadata ?? {}, "metadata"),
    asGiven: {
      tools: Array.isArray(body.tools) ? body.tools : [],
      tool_choice: body.tool_choice ?? "auto",
      max_output_tokens: body.max_output_tokens ?? null,
      temperature: body.temperature ?? null,
      top_p: body.top_p ?? null,
      text: { format: text.format ?? { type: "text" } },
      reasoning: { effort: reasoning.effort ?? null, summary: null },
    },
    previous,
  };
}

/**
 * What comes on top of a kept conversation: all of it is new. Calls are kept there already; several messages of a
 * person are one; only answers of another's telling stand in the place of what was kept.
 */
function continuing(spoken: ReturnType<typeof conversationOf>): ReturnType<typeof conversationOf> {
  const { history, prompt, results } = spoken;
  const untold = history.filter(({ content, toolCalls }) => content !== "" || toolCalls === undefined);
  if (untold.some(({ role }) => role === "assistant")) return spoken;
  const said = untold.flatMap(({ role, content }) => (role === "user" ? [content] : []));
  const earlier = untold.flatMap(({ toolCallId, toolName, content }) =>
    toolCallId === undefined
      ? []
      : [{ toolCallId, content, ...(toolName === undefined ? {} : { toolName }) }],
  );
  return {
    ...spoken,
    history: [],
    results: [...earlier, ...results],
    prompt: [...said, prompt].filter((text) => text !== "").join("\n\n"),
  };
}

function inputOf(input: unknown): Said[] {
  if (typeof input === "string") return [{ role: "user", text: input, images: [], isAsking: true }];
  if (!Array.isArray(input))
    throw new BadRequest("input must be text or a list of items", { param: "input" });
  return together(input.flatMap(itemsIn));
}

/** The calls of one answer are items of their own, right behind its text. */
function together(said: readonly Said[]): Said[] {
  const joined: Said[] = [];
  for (const each of said) {
    const last = joined.at(-1);
    if (each.calls === undefined || last?.role !== "assistant") joined.push(each);
    else joined[joined.length - 1] = { ...last, calls: [...(last.calls ?? []), ...each.calls] };
  }
  return joined;
}

function itemsIn(given: unknown, index: number): Said[] {
  const at = `input[${index}]`;
  const item = objectOf(given, at);
  switch (item.type ?? "message") {
    case "message":
      return [messageIn(item, at)];
    case "function_call": {
      const { name, arguments: args } = item;
      const call = callIn({ id: item.call_id ?? item.id, name, arguments: args }, at);
      return [{ role: "assistant", text: "", images: [], isAsking: false, calls: [call] }];
    }
    case "function_call_output": {
      const { output } = item;
      const callId = textOf(item.call_id, `${at}.call_id`);
      if (callId === "") throw new BadRequest(`${at}.call_id must name a call`, { param: `${at}.call_id` });
      return [{ role: "tool", ...contentOf(output, `${at}.output`), isAsking: true, callId }];
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
