import type { PendingToolCall } from "#protocol/domains/agents.ts";

/** What one answer used, as its server counts. */
export interface PieceUsage {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** What it cost in US dollars, where the server says so. */
  cost?: number;
}

/** One thing that a server sends while it answers. */
export type Piece =
  | { t: "text"; delta: string }
  | { t: "reasoning"; delta: string }
  /** A call that the model asks for, once it is whole, and what its server wants to see again with it. */
  | { t: "call"; call: PendingToolCall; extra?: unknown }
  | { t: "usage"; usage: PieceUsage }
  /** The server's own word that its answer is over: `stop`, `length`, `content-filter` or another. */
  | { t: "finish"; reason: string }
  | { t: "error"; error: unknown };

/** An answer on its way. */
export interface Pieces {
  /** What has come since the last time, at least one piece or none yet worth telling; null at the end. */
  read(): Promise<readonly Piece[] | null>;
  /** Ends the answer and any read that waits. */
  cancel(): void;
}
