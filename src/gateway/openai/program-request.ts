import type {
  AnswerFormat,
  ClientToolResult,
  EarlierTurn,
  PendingToolCall,
} from "#protocol/domains/agents.ts";
import { BadRequest } from "./failure.ts";
import type { ProgramTools } from "./program-tools.ts";
import type { Wishes } from "./sampling.ts";

/** What a program asks of an agent, whichever endpoint it uses. */
export interface ProgramRequest {
  /** As it was asked for. */
  model: string;
  /** Empty where the results of calls are all that is new. */
  prompt: string;
  /** Images of the prompt, as data URLs. */
  images: string[];
  /** What came of the calls that the answer before asked for. */
  results: ClientToolResult[];
  system: string;
  /** What was said before, in order. */
  history: EarlierTurn[];
  tools: ProgramTools;
  wishes: Wishes;
  /** Null for text of any form. */
  format: AnswerFormat | null;
  stream: boolean;
  user: string | null;
}

/** One message of a request, in words. */
export interface Said {
  role: "system" | "user" | "assistant" | "tool";
  text: string;
  images: string[];
  /** It can be what is answered: a person's words, or the result of a tool. */
  isAsking: boolean;
  /** The calls that an assistant's message made. */
  calls?: PendingToolCall[];
  /** The call whose result a tool's message is. */
  callId?: string;
}

/** The last message that asks is the prompt, results right before it are new with it, the others were said before. */
export function conversationOf(
  messages: readonly Said[],
  param: string,
): Pick<ProgramRequest, "prompt" | "images" | "results" | "system" | "history"> {
  const at = messages.findLastIndex(
    ({ role, isAsking, text, images }) => isAsking && (role === "tool" || text !== "" || images.length > 0),
  );
  const asking = messages[at];
  if (asking === undefined) throw new BadRequest(`Missing user message in \`${param}\`.`, { param });
  const isResult = asking.role === "tool";
  const end = isResult ? at + 1 : at;
  const start = messages.slice(0, end).findLastIndex(({ role }) => role !== "tool") + 1;
  const names = namesOf(messages);
  const fresh = messages.slice(start, end);
  const system = messages.flatMap(({ role, text }) => (role === "system" && text !== "" ? [text] : []));
  const images = [...fresh, ...(isResult ? [] : [asking])].flatMap((each) => each.images);
  return {
    prompt: isResult ? "" : asking.text === "" ? "[image]" : asking.text,
    images,
    results: fresh.map((each) => resultIn(each, names)),
    system: system.join("\n\n"),
    history: messages.flatMap((message, index) =>
      index === at || (index >= start && index < end) ? [] : earlierTurns(message, names),
    ),
  };
}

function earlierTurns(said: Said, names: ReadonlyMap<string, string>): EarlierTurn[] {
  const { role, text, images, calls = [] } = said;
  if (role === "system") return [];
  const content = [text, ...images.map(() => "[image]")].filter((each) => each !== "").join("\n");
  if (role === "tool") return [{ role: "toolResult", ...resultIn(said, names), content }];
  if (content === "" && calls.length === 0) return [];
  return [{ role, content, ...(calls.length === 0 ? {} : { toolCalls: calls }) }];
}

function resultIn({ text, callId = "" }: Said, names: ReadonlyMap<string, string>): ClientToolResult {
  const toolName = names.get(callId);
  return { toolCallId: callId, content: text, ...(toolName === undefined ? {} : { toolName }) };
}

/** The functions that were called, by the id of the call. */
function namesOf(messages: readonly Said[]): Map<string, string> {
  return new Map(messages.flatMap(({ calls = [] }) => calls.map(({ id, name }) => [id, name] as const)));
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
