import type { ContentPart } from "#protocol/domains/chat.ts";
import type { TurnRow } from "./turns.ts";

/** How a turn ended, for whoever waits on a channel. */
export interface TurnEnd {
  status: "ok" | "error" | "aborted" | "interrupted";
  text: string;
  /** What went wrong and what to do, in the language of the turn. */
  error?: string;
}

/** What a turn does where its message came from. */
export interface TurnHooks {
  /** A run begins. */
  begun(row: TurnRow): void;
  /** Fetches what belongs to the message; null where it is complete. Never rejects. */
  complete(row: TurnRow, signal: AbortSignal): Promise<ContentPart[] | null>;
  /** The turn is about to end; inside the transaction that ends it. */
  ending(row: TurnRow, end: TurnEnd): void;
  /** It is over, and nothing of it is live any more. */
  ended(row: TurnRow): void;
}
