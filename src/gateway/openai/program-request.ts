import type { EarlierTurn } from "#protocol/domains/agents.ts";
import { BadRequest } from "./failure.ts";

/** What a program asks of an agent, whichever endpoint it uses. */
export interface ProgramRequest {
  /** As it was asked for; the answer repeats it. */
  model: string;
  prompt: string;
  /** Images of the prompt, as data URLs. */
  images: string[];
  system: string;
  /** What was said before, in order. */
  history: EarlierTurn[];
  stream: boolean;
  user: string | null;
}

/** One message of a request, in words. */
export interface Said {
  role: "system" | "user" | "assistant";
  text: string;
  images: string[];
  /** It can be what is answered: a person's words, or the result of a tool. */
  isAsking: boolean;
}

/** The last message that asks is the prompt, the others are what was said before. */
export function conversationOf(
  messages: readonly Said[],
  param: string,
): Pick<ProgramRequest, "prompt" | "images" | "system" | "history"> {
  const at = messages.findLastIndex(
    ({ isAsking, text, images }) => isAsking && (text !== "" || images.length > 0),
  );
  const asking = messages[at];
  if (asking === undefined) throw new BadRequest(`Missing user message in \`${param}\`.`, { param });
  const system = messages.flatMap(({ role, text }) => (role === "system" && text !== "" ? [text] : []));
  const history = messages.flatMap(({ role, text, images }, index): EarlierTurn[] => {
    if (role === "system" || index === at) return [];
    const content = [text, ...images.map(() => "[image]")].filter((each) => each !== "").join("\n");
    return content === "" ? [] : [{ role, content }];
  });
  return {
    prompt: asking.text === "" ? "[image]" : asking.text,
    images: asking.images,
    system: system.join("\n\n"),
    history,
  };
}

/** The text and the images of a message's content; `types` are the words for the two kinds of parts. */
export function contentOf(content: unknown, param: string): { text: string; images: string[] } {
  if (content === undefined || content === null) return { text: "", images: [] };
  if (typeof content === "string") return { text: content, images: [] };
  if (!Array.isArray(content)) throw new BadRequest(`${param} must be text or a list of parts`, { param });
  const texts: string[] = [];
  const images: string[] = [];
  content.forEach((part: unknown, index) => {
    const at = `${param}[${index}]`;
    if (typeof part === "string") texts.push(part);
    else readPart(objectOf(part, at), at, texts, images);
  });
  return { text: texts.join("\n"), images };
}

function readPart(part: Record<string, unknown>, at: string, texts: string[], images: string[]): void {
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      texts.push(textOf(part.text, `${at}.text`));
      return;
    case "refusal":
      texts.push(textOf(part.refusal, `${at}.refusal`));
      return;
    case "image_url":
    case "input_image": {
      const given = part.image_url;
      const url = isObject(given) ? given.url : given;
      images.push(dataUrl(url, `${at}.image_url`));
      return;
    }
    default:
      throw new BadRequest(
        `${at}: parts of type ${JSON.stringify(part.type)} are not taken; send text or an image`,
        {
          param: at,
        },
      );
  }
}

/** Fetching what a caller names would let it reach into this network, so an image travels in the request. */
function dataUrl(url: unknown, param: string): string {
  if (typeof url === "string" && /^data:image\/[a-z+.-]+;base64,/i.test(url)) return url;
  throw new BadRequest(
    `${param} must be a data URL such as data:image/png;base64,…; this gateway fetches nothing`,
    {
      param,
    },
  );
}

export function textOf(value: unknown, param: string): string {
  if (typeof value === "string") return value;
  throw new BadRequest(`${param} must be text`, { param });
}

/** Text that may be left out or null. */
export function optionalText(value: unknown, param: string): string | null {
  return value === undefined || value === null || value === "" ? null : textOf(value, param);
}

export function flag(value: unknown, param: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  throw new BadRequest(`${param} must be true or false`, { param });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown, param: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw new BadRequest(`${param} must be an object`, { param });
}

/**
 * Tools of the caller. The agent has its own and calls none of these, which `auto` allows; a call that must come
 * would never come.
 */
export function refuseForcedTools(choice: unknown): void {
  if (choice === undefined || choice === null || choice === "auto" || choice === "none") return;
  if (isObject(choice) && choice.type === "allowed_tools" && choice.mode === "auto") return;
  throw new BadRequest("tool_choice must be auto or none: the agent uses its own tools, not the caller's", {
    param: "tool_choice",
  });
}

/** Answers in a form that is not promised would break their reader. */
export function refuseFormat(format: unknown, param: string): void {
  if (format === undefined || format === null) return;
  if (isObject(format) && (format.type === undefined || format.type === "text")) return;
  throw new BadRequest(`${param} must be of type text; ask for JSON in the prompt`, { param });
}
