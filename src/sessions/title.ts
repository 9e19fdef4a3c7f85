import type { ChatMessage } from "#protocol/domains/chat.ts";

const titleChars = 60;
const previewChars = 120;

/** The text of a message, its other parts left out. */
export function textOf(message: Pick<ChatMessage, "content">): string {
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** What a session is called after its first user message; null where that has no text. */
export function titleOf(message: ChatMessage): string | null {
  return shorten(textOf(message), titleChars);
}

/** The one line that lists show of the last message. */
export function previewOf(message: ChatMessage): string | null {
  return shorten(textOf(message), previewChars);
}

function shorten(text: string, limit: number): string | null {
  // Of a long text only the beginning is looked at.
  const line = text
    .trimStart()
    .slice(0, limit * 8)
    .replace(/\s+/g, " ")
    .trimEnd();
  if (line === "") return null;
  if (line.length <= limit) return line;
  let end = 0;
  let cut = 0;
  for (let points = 0; end < line.length; points += 1) {
    if (points === limit) return `${line.slice(0, cut)}…`;
    if (points === limit - 1) cut = end;
    // A character beyond the first 65,536 has two code units.
    end += (line.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return line;
}
