import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { SessionRow } from "#protocol/domains/sessions.ts";
import type { GatewayClient } from "#src/client/client.ts";
import type { Language } from "./language.ts";
import { cut, plain } from "./layout.ts";
import { type SessionTexts, sessionTexts } from "./session-texts.ts";
import { paintFor, type Terminal } from "./terminal.ts";

/** A message for a person at a terminal: who, when, and what; of a tool only the first line. */
export function showMessage(message: ChatMessage, terminal: Terminal): string {
  const say = sessionTexts[terminal.language];
  const paint = paintFor(terminal);
  const width = terminal.columns ?? 100;
  const own = message.role === "user";
  const author = plain(authorOf(message, say));
  const who = own ? paint.cyan(author) : paint.green(author);
  const tool = message.role === "toolResult";
  const lines = partsOf(message, say).map(({ text, isTool }) =>
    isTool || tool ? paint.dim(cut(plain(text).replace(/\s+/g, " "), width)) : plain(text),
  );
  const failure =
    message.errorMessage === undefined ? [] : [paint.red(`${say.error}: ${plain(message.errorMessage)}`)];
  return [`${who} ${paint.dim(`· ${whenOf(message.timestamp)}`)}`, ...lines, ...failure].join("\n");
}

/** The whole conversation as a document. */
export function toMarkdown(
  session: Pick<SessionRow, "key" | "label" | "derivedTitle">,
  messages: readonly ChatMessage[],
  language: Language,
): string {
  const say = sessionTexts[language];
  const title = session.label ?? session.derivedTitle;
  const head = title === undefined ? [`# ${session.key}`] : [`# ${title}`, `\`${session.key}\``];
  const body = messages.map((message) => {
    const parts = partsOf(message, say).map(({ text, isTool }) => {
      return isTool || message.role === "toolResult" ? fenced(text) : text;
    });
    const failure = message.errorMessage === undefined ? [] : [`> ${say.error}: ${message.errorMessage}`];
    return [`## ${authorOf(message, say)} · ${whenOf(message.timestamp)}`, ...parts, ...failure].join("\n\n");
  });
  return `${[...head, ...body].join("\n\n")}\n`;
}

/** Every message of the session, oldest first, page by page from its end. */
export async function readTranscript(client: GatewayClient, sessionKey: string): Promise<ChatMessage[]> {
  const pages: ChatMessage[][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await client.call("chat.history", {
      sessionKey,
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    pages.push(page.messages);
    if (!page.hasMore || page.nextCursor === undefined) return pages.reverse().flat();
    cursor = page.nextCursor;
  }
}

function authorOf(message: ChatMessage, say: SessionTexts): string {
  if (message.role === "user") return say.you;
  if (message.role === "toolResult") return `${say.tool} ${message.toolName ?? ""}`.trimEnd();
  if (message.runtime === "concierge") return say.helper;
  const model = [message.provider, message.model].filter((part) => part !== undefined).join("/");
  return model === "" ? say.agent : `${say.agent} (${model})`;
}

interface Part {
  text: string;
  isTool: boolean;
}

function partsOf(message: ChatMessage, say: SessionTexts): Part[] {
  return message.content.flatMap((part): Part[] => {
    if (part.type === "text") return part.text === "" ? [] : [{ text: part.text, isTool: false }];
    if (part.type === "image") return [{ text: say.image(part.mimeType), isTool: false }];
    if (part.type === "toolCall")
      return [{ text: `→ ${part.name} ${JSON.stringify(part.arguments)}`, isTool: true }];
    return [];
  });
}

/** A fence longer than any within, so that nothing gets out of it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** Local time to the minute: `2026-11-21 12:04`. */
function whenOf(timestamp: number): string {
  const date = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
