import type { PendingToolCall } from "#protocol/domains/agents.ts";
import type { ContentPart } from "#protocol/domains/chat.ts";
import type { ModelMessage } from "./model-library.ts";
import type { TurnMessage } from "./runtime.ts";

type UserContent = Extract<ModelMessage, { role: "user" }>["content"];
type AssistantContent = Extract<ModelMessage, { role: "assistant" }>["content"];
type ToolContent = Extract<ModelMessage, { role: "tool" }>["content"];
type CallPart = ContentPart & { type: "toolCall" };

/** What the model that is asked can read beside text. */
export interface Abilities {
  seesImages: boolean;
  /** It is offered tools, so calls and results go as such; many servers refuse them where none are offered. */
  knowsTools: boolean;
}

const unseen = "[an image, which this model cannot see]";
const noResult = "[no result came]";

/**
 * The conversation as the library wants it: user and assistant by turns, a user first, since many local servers
 * refuse anything else. Thinking of earlier turns stays behind. Every call gets a result and every result has its
 * call right before it, whatever history was cut to: what has lost its counterpart is told in words.
 */
export function toModelMessages(
  history: readonly TurnMessage[],
  input: readonly ContentPart[],
  { seesImages, knowsTools }: Abilities,
): ModelMessage[] {
  const messages: ModelMessage[] = [];
  let open: CallPart[] = [];
  let results: TurnMessage[] = [];

  function settle(): void {
    if (open.length > 0)
      messages.push({ role: "tool", content: open.map((call) => answerTo(call, results)) });
    const known = new Set(open.map(({ id }) => id));
    for (const each of results) {
      if (!known.has(each.toolCallId ?? "")) addUser(messages, inWords(each), seesImages);
    }
    open = [];
    results = [];
  }

  for (const message of history) {
    if (message.role === "toolResult") {
      results.push(message);
      continue;
    }
    settle();
    if (message.role === "user") addUser(messages, message.content, seesImages);
    else open = addAssistant(messages, message.content, knowsTools);
  }
  settle();
  addUser(messages, input, seesImages);
  if (messages[0]?.role === "assistant")
    messages.unshift({ role: "user", content: [{ type: "text", text: "…" }] });
  return messages;
}

/** The calls that now wait for their results. */
function addAssistant(
  messages: ModelMessage[],
  content: readonly ContentPart[],
  knowsTools: boolean,
): CallPart[] {
  const calls = content.filter((part) => part.type === "toolCall");
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const told = knowsTools ? [] : calls.map(callInWords);
  const text = [...texts, ...told].join("\n\n").trim();
  const open = knowsTools ? calls : [];
  if (text === "" && open.length === 0) return [];
  const last = messages.at(-1);
  const parts: AssistantContent = last?.role === "assistant" ? last.content : [];
  if (last?.role !== "assistant") messages.push({ role: "assistant", content: parts });
  const said = parts.at(-1);
  if (text !== "" && said?.type === "text") said.text += `\n\n${text}`;
  else if (text !== "") parts.push({ type: "text", text });
  for (const { id, name, arguments: input } of open) {
    parts.push({ type: "tool-call", toolCallId: id, toolName: name, input });
  }
  return open;
}

function answerTo(call: CallPart, results: readonly TurnMessage[]): ToolContent[number] {
  const result = results.find(({ toolCallId }) => toolCallId === call.id);
  const value = result === undefined ? noResult : textOf(result.content);
  return {
    type: "tool-result",
    toolCallId: call.id,
    toolName: call.name,
    output: { type: "text", value },
  };
}

/** The calls in a message as OpenAI's two formats have them, arguments as JSON. */
export function callsIn(content: Exclude<ModelMessage["content"], string>): PendingToolCall[] {
  return content.flatMap((part) =>
    part.type === "tool-call"
      ? [{ id: part.toolCallId, name: part.toolName, arguments: JSON.stringify(part.input) }]
      : [],
  );
}

/** The results in a message, as texts. */
export function resultsIn(content: Exclude<ModelMessage["content"], string>): { id: string; text: string }[] {
  return content.flatMap((part) =>
    part.type === "tool-result" && part.output.type === "text"
      ? [{ id: part.toolCallId, text: part.output.value }]
      : [],
  );
}

/** A call for a reader that knows no tools. */
export function callInWords({ name, arguments: args }: CallPart): string {
  return `[called ${name} with ${JSON.stringify(args)}]`;
}

function inWords({ content }: TurnMessage): ContentPart[] {
  return [{ type: "text", text: `[tool result] ${textOf(content)}` }];
}

function textOf(content: readonly ContentPart[]): string {
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function addUser(messages: ModelMessage[], content: readonly ContentPart[], seesImages: boolean): void {
  const parts: UserContent = [];
  for (const part of content) {
    if (part.type === "text" && part.text.trim() !== "") parts.push({ type: "text", text: part.text });
    else if (part.type === "image" && !seesImages) parts.push({ type: "text", text: unseen });
    else if (part.type === "image") {
      parts.push({ type: "file", mediaType: part.mimeType, data: { type: "data", data: part.data } });
    }
  }
  if (parts.length === 0) return;
  const last = messages.at(-1);
  if (last?.role === "user") last.content.push(...parts);
  else messages.push({ role: "user", content: parts });
}
