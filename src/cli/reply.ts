import type { ChatMessage } from "#protocol/domains/chat.ts";

/** The text of a message, without thoughts and tools. */
export function textOf(message: Pick<ChatMessage, "content"> | undefined): string {
  return (message?.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** Writes a text that grows: each time only what is new. */
export interface ReplyWriter {
  /** The whole text so far. One that does not continue the last begins on a new line. */
  show(text: string): void;
  /** Ends the line, where there is one. */
  end(): void;
}

export function createReplyWriter(write: (text: string) => void): ReplyWriter {
  let shown = "";
  return {
    show(text) {
      if (text.startsWith(shown)) write(text.slice(shown.length));
      else write(`\n${text}`);
      shown = text;
    },
    end() {
      if (shown !== "" && !shown.endsWith("\n")) write("\n");
      shown = "";
    },
  };
}
