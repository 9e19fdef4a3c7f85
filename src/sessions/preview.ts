import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { SessionPreview } from "#protocol/domains/sessions.ts";
import { textOf } from "./title.ts";

type Item = SessionPreview["items"][number];

const roles = { user: "user", assistant: "assistant", toolResult: "tool" } as const;

/** The lines that a preview shows of some messages, each at most `maxChars` long; messages without words have none. */
export function previewItems(messages: readonly ChatMessage[], maxChars: number): Item[] {
  return messages.flatMap((message): Item[] => {
    const text = wordsOf(message).replace(/\s+/g, " ").trim();
    return text === "" ? [] : [{ role: roles[message.role], text: cut(text, maxChars) }];
  });
}

function wordsOf(message: ChatMessage): string {
  const said = textOf(message);
  if (said.trim() !== "") return said;
  return message.errorMessage ?? "";
}

/** Never in the middle of a character. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = maxChars - 1;
  const isSplit = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, isSplit ? end - 1 : end)}…`;
}
