import type { ChatMessage } from "#protocol/domains/chat.ts";

/** What a message takes that has nothing but what cannot be cut. */
const leastBytes = 1_000;

/**
 * The newest of the messages that fit into an answer, as JSON: those that are kept, of which at least one stays, and
 * all of those that wait for their turn. One that is too large by itself is cut, and says so.
 */
export function fitHistory(
  kept: readonly string[],
  waiting: readonly ChatMessage[],
  bytes: number,
): { texts: string[]; trimmed: boolean } {
  let left = Math.max(0, bytes - leastBytes * (waiting.length + 1));
  const take = (text: string, message: () => ChatMessage): string => {
    const taken = sizeOf(text) <= left + leastBytes ? text : cut(message(), left + leastBytes);
    left = Math.max(0, left + leastBytes - sizeOf(taken));
    return taken;
  };
  const later = waiting
    .toReversed()
    .map((message) => take(JSON.stringify(message), () => message))
    .reverse();
  const newest = kept.at(-1);
  if (newest === undefined) return { texts: later, trimmed: false };
  const last = take(newest, () => JSON.parse(newest) as ChatMessage);
  let from = kept.length - 1;
  while (from > 0) {
    left -= sizeOf(kept[from - 1] as string);
    if (left < 0) break;
    from -= 1;
  }
  return { texts: [...kept.slice(from, -1), last, ...later], trimmed: from > 0 };
}

/** With its comma. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text) + 1;
}

/** The message in at most so many bytes: only of its texts is as much there as fits. */
function cut(message: ChatMessage, bytes: number): string {
  const parts = message.content.map((part) => {
    if (part.type === "image")
      return { type: "text" as const, text: `[${part.mimeType}: too large to be shown]` };
    if (part.type === "toolCall") return { ...part, arguments: {} };
    return part.type === "thinking" ? { ...part, thinking: "" } : { ...part };
  });
  const shown = { ...message, content: parts };
  for (;;) {
    const text = JSON.stringify(shown);
    const over = sizeOf(text) - bytes;
    const lengths = parts.map((part) => (part.type === "text" ? part.text.length : 0));
    const longest = parts[lengths.indexOf(Math.max(...lengths))];
    if (over <= 0 || longest?.type !== "text" || longest.text === mark) return text;
    const written = longest.text.endsWith(mark) ? longest.text.slice(0, -mark.length) : longest.text;
    const bytesEach = Buffer.byteLength(JSON.stringify(longest.text)) / longest.text.length;
    const less = Math.max(Math.ceil(over / bytesEach), mark.length) + mark.length;
    longest.text = written.slice(0, Math.max(0, written.length - less)).toWellFormed() + mark;
  }
}

const mark = "\n\n[… too long to be shown whole]";
