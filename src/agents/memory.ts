import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";
import type { Placed, Recollections } from "#src/sessions/recollections.ts";
import { fitHistory, textTokens, tokensOf } from "./context.ts";
import { callInWords } from "./messages.ts";
import type { Fading, Memory, Recollection, TurnMessage } from "./runtime.ts";

export interface MemoriesOptions {
  recollections: Recollections;
  /** Carries out what writes, and resolves when it is on the disk. */
  transact: (work: () => void) => Promise<void>;
  /** How many requests one summary may take: `agents.defaults.compaction.mode`. */
  mode: () => "default" | "safeguard";
  now: () => number;
}

/** After turns fall out, this share of the budget is kept word by word, so that it is long until the next time. */
const keptShare = 0.5;
/** Below this there is no room for a summary beside the turns. */
const smallestBudget = 2_000;
/** A request for a summary must fit into the same window, with its own task and the summary so far. */
const chunkShare = 0.7;
const mostChunks = { default: 1, safeguard: 4 } as const;
/** What of one message goes into a summary. */
const messageChars = 4_000;
/** Images are told to the model as long as all of them together take no more than this. */
const imageChars = 12_000_000;
/** After a summary failed, turns are dropped for this long before another is tried. */
const retryAfterMs = 10 * 60_000;

const forgottenImage: ContentPart = {
  type: "text",
  text: "[an image from earlier, which is no longer at hand]",
};

/** What models remember of transcripts. */
export type Memories = ReturnType<typeof createMemories>;

export function createMemories({ recollections, transact, mode, now }: MemoriesOptions) {
  const failedAt = new Map<string, number>();

  /** The conversation before the messages with these ids. */
  function of(sessionId: string, inputIds: readonly string[]): Memory {
    return {
      async recall(budgetTokens, summarise) {
        const known = recollections.summary(sessionId);
        const after = known?.through ?? 0;
        const room = budgetTokens - (known === null ? 0 : textTokens(known.text));
        const { newest, complete } = read(recollections.newestFirst(sessionId, { after }), room, inputIds);
        const summary = known?.text ?? null;
        if (complete) return { messages: told(newest), summary, omitted: false };

        const dropped: Recollection = { messages: told(newest), summary, omitted: true };
        const failed = failedAt.get(sessionId);
        if (
          budgetTokens < smallestBudget ||
          (failed !== undefined && Math.abs(now() - failed) < retryAfterMs)
        )
          return dropped;
        const kept = newestTurns(newest, budgetTokens * keptShare);
        const before = kept[0]?.place ?? Number.MAX_SAFE_INTEGER;
        const chunks = fadingChunks(sessionId, { after, before }, budgetTokens * chunkShare, inputIds);
        const through = chunks.at(-1)?.at(-1)?.place;
        if (through === undefined) return dropped;
        const text = await inShort(summary, chunks, summarise);
        if (text === null) {
          failedAt.set(sessionId, now());
          return dropped;
        }
        failedAt.delete(sessionId);
        await transact(() => recollections.keepSummary(sessionId, { text, through }));
        return { messages: told(kept), summary: text, omitted: false };
      },
    };
  }

  /** What falls out, oldest first, in pieces that a model can read at once; the oldest where that is too much. */
  function fadingChunks(
    sessionId: string,
    between: { after: number; before: number },
    chunkTokens: number,
    inputIds: readonly string[],
  ): Placed[][] {
    const chunks: Placed[][] = [];
    let room = 0;
    for (const { place, message } of recollections.newestFirst(sessionId, between)) {
      if (!isTold(message, inputIds)) continue;
      const short = shortened(message);
      const cost = tokensOf(short.content);
      if (cost > room) {
        if (chunks.length === mostChunks[mode()]) break;
        chunks.unshift([]);
        room = chunkTokens;
      }
      room -= cost;
      chunks[0]?.unshift({ place, message: short });
    }
    return chunks;
  }

  return { of };
}

async function inShort(
  known: string | null,
  chunks: readonly Placed[][],
  summarise: (fading: Fading) => Promise<string | null>,
): Promise<string | null> {
  let summary = known;
  for (const chunk of chunks) {
    summary = await summarise({ summary, messages: chunk.map(({ message }) => toTurn(message)) });
    if (summary === null) return null;
  }
  return summary;
}

/** The newest messages within the budget, oldest first, and whether these are all that there are. */
function read(
  placed: Iterable<Placed>,
  budgetTokens: number,
  inputIds: readonly string[],
): { newest: Placed[]; complete: boolean } {
  const newest: Placed[] = [];
  let tokens = 0;
  let images = imageChars;
  for (const { place, message } of placed) {
    if (!isTold(message, inputIds)) continue;
    tokens += tokensOf(message.content);
    if (tokens > budgetTokens) return { newest: newest.reverse(), complete: false };
    const content = message.content.map((part) => {
      if (part.type !== "image") return part;
      images -= part.data.length;
      return images < 0 ? forgottenImage : part;
    });
    newest.push({ place, message: { ...message, content } });
  }
  return { newest: newest.reverse(), complete: true };
}

function newestTurns(placed: readonly Placed[], budgetTokens: number): Placed[] {
  const { messages } = fitHistory(told(placed), budgetTokens);
  return placed.slice(placed.length - messages.length);
}

/** Whether a model is told the message: commands and the helper's words are no part of the conversation. */
function isTold(message: ChatMessage, inputIds: readonly string[]): boolean {
  const { id = "", runtime, command, content } = message;
  return !inputIds.includes(id) && runtime !== "concierge" && command !== true && content.length > 0;
}

function shortened(message: ChatMessage): ChatMessage {
  const content = message.content.flatMap((part): ContentPart[] => {
    if (part.type === "image") return [{ type: "text", text: "[an image]" }];
    const text = part.type === "toolCall" ? callInWords(part) : part.type === "text" ? part.text : null;
    if (text === null) return [];
    return [{ type: "text", text: text.length <= messageChars ? text : `${text.slice(0, messageChars)}…` }];
  });
  return { ...message, content };
}

function told(placed: readonly Placed[]): TurnMessage[] {
  return placed.map(({ message }) => toTurn(message));
}

function toTurn({ role, content, toolCallId, toolName }: ChatMessage): TurnMessage {
  return {
    role,
    content,
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(toolName === undefined ? {} : { toolName }),
  };
}
