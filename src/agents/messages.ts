import type { ContentPart } from "#protocol/domains/chat.ts";
import type { ModelMessage } from "./model-library.ts";
import type { TurnMessage } from "./runtime.ts";

type UserContent = Extract<ModelMessage, { role: "user" }>["content"];

const unseen = "[an image, which this model cannot see]";

/**
 * The conversation as the library wants it: user and assistant by turns, a user first, since many local servers
 * refuse anything else. Thinking and tool traffic of earlier turns stay behind; the texts say what came of them.
 */
export function toModelMessages(
  history: readonly TurnMessage[],
  input: readonly ContentPart[],
  seesImages: boolean,
): ModelMessage[] {
  const messages: ModelMessage[] = [];
  for (const { role, content } of history) {
    if (role === "assistant") addAssistant(messages, content);
    else if (role === "user") addUser(messages, content, seesImages);
  }
  addUser(messages, input, seesImages);
  if (messages[0]?.role === "assistant")
    messages.unshift({ role: "user", content: [{ type: "text", text: "…" }] });
  return messages;
}

function addAssistant(messages: ModelMessage[], content: readonly ContentPart[]): void {
  const text = content
    .flatMap((part) => (part.type === "text" ? [part.text] : []))
    .join("\n\n")
    .trim();
  if (text === "") return;
  const last = messages.at(-1);
  const said = last?.role === "assistant" ? last.content[0] : undefined;
  if (said?.type === "text") said.text += `\n\n${text}`;
  else messages.push({ role: "assistant", content: [{ type: "text", text }] });
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
