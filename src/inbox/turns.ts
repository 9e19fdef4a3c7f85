import type { Database } from "bun:sqlite";
import type {
  AnswerFormat,
  ClientToolResult,
  EarlierTurn,
  PendingToolCall,
  Sampling,
} from "#protocol/domains/agents.ts";
import type { ContentPart } from "#protocol/domains/chat.ts";
import type { AskedTools } from "#src/agents/client-tools.ts";
import type { RunUsage } from "#src/agents/run-usage.ts";
import type { ConversationRef } from "#src/channels/channel.ts";
import type { Attachment } from "#src/channels/inbound.ts";

export type TurnKind = "chat" | "agent";
export type TurnState = "queued" | "running" | "done" | "failed" | "aborted" | "interrupted";

/** Where a channel's turn came from, and what of it is fetched or told when it runs. */
export interface TurnOrigin {
  kind: ConversationRef["kind"];
  /** The message on its platform that the answer belongs to. */
  messageId: string;
  sender: string;
  /** The owner's command that the message is, as it would be typed; null for any other text. */
  command: string | null;
  /** What the channel says beside the message, framed as data; empty where there is nothing. */
  surroundings: string;
  attachments: Attachment[];
  /** The rows of its messages, which can still be edited or deleted before it begins. */
  parts?: number[];
}

/** What the caller wants of the run; kept with the turn, so that a restart can carry it out. */
export interface TurnOptions {
  /** What tells the request from another with the same idempotency key; absent where nobody repeats it. */
  fingerprint?: string;
  content: ContentPart[];
  owner: boolean;
  language: "en" | "zh";
  timeoutMs?: number;
  thinking?: string;
  model?: string;
  extraSystem?: string;
  /** What was said before, where the caller keeps the conversation itself. */
  history?: EarlierTurn[];
  /** The caller's functions, and how they may be asked for. */
  tools?: AskedTools;
  /** What came of the calls that the answer before asked for. */
  toolResults?: ClientToolResult[];
  sampling?: Sampling;
  answerFormat?: AnswerFormat;
  /** Only where a channel brought the message. */
  origin?: TurnOrigin;
}

/** A message on its way in. */
export interface Arrival {
  kind: TurnKind;
  channel: string;
  account: string;
  conversation: string;
  messageId: string;
  principal: string;
  /** The caller's idempotency key: the run's id on the wire. */
  runId: string;
  /** The session's one key, and the key as the caller wrote it, which events echo. */
  key: string;
  askedKey: string;
  options: TurnOptions;
}

/** How a run ended. */
export interface Outcome {
  status: "ok" | "error" | "aborted";
  text: string;
  /** `stop`, `length`, `tool_calls`, `rpc`, `timeout`, `injected`, `interrupted`, … */
  stopReason: string;
  runtime: string;
  provider: string;
  model: string;
  sessionId: string;
  startedAt: number;
  endedAt: number;
  notice?: string;
  usage?: RunUsage;
  /** What the caller is asked to call; absent where it is nothing. */
  calls?: PendingToolCall[];
  error?: { kind: string; message: string };
}

export interface TurnRow extends Arrival {
  id: number;
  state: TurnState;
  attempts: number;
  hadEffect: boolean;
  acceptedAt: number;
  outcome: Outcome | null;
}

interface Raw {
  id: number;
  channel: string;
  account: string;
  conversation: string;
  provider_message_id: string;
  session_key: string;
  session_key_asked: string;
  run_id: string;
  kind: TurnKind;
  payload: string;
  principal: string;
  state: TurnState;
  attempts: number;
  had_effect: number;
  accepted_at: number;
  result: string | null;
}

/** The inbox's rows. Verbs that write expect to be called inside a transaction. */
export type TurnStore = ReturnType<typeof createTurnStore>;

export function createTurnStore(db: Database, now: () => number) {
  const insert = db.query<null, (string | number | null)[]>(
    `INSERT INTO turn (channel, account, conversation, provider_message_id, session_key, session_key_asked, run_id,
       kind, payload, principal, state, attempts, started_at, accepted_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byRun = db.query<Raw, [string, TurnKind, string]>(
    "SELECT * FROM turn WHERE principal = ? AND kind = ? AND run_id = ?",
  );
  const anyByRun = db.query<Raw, [string]>("SELECT * FROM turn WHERE run_id = ? ORDER BY id DESC LIMIT 1");
  const unfinished = db.query<Raw, []>("SELECT * FROM turn WHERE state IN ('queued', 'running') ORDER BY id");
  const start = db.query<null, [number, number]>(
    "UPDATE turn SET state = 'running', attempts = attempts + 1, started_at = ? WHERE id = ?",
  );
  const park = db.query<null, [number]>(
    "UPDATE turn SET state = 'queued', attempts = attempts - 1 WHERE id = ? AND state = 'running'",
  );
  const end = db.query<null, [TurnState, number, string | null, string, number]>(
    "UPDATE turn SET state = ?, ended_at = ?, error = ?, result = ? WHERE id = ?",
  );
  const rewrite = db.query<null, [string, number]>("UPDATE turn SET payload = ? WHERE id = ?");
  const effect = db.query<null, [number]>("UPDATE turn SET had_effect = 1 WHERE id = ?");
  const prune = db.query<null, [number]>("DELETE FROM turn WHERE ended_at IS NOT NULL AND ended_at < ?");

  return {
    /** Adds it as one that waits, or that has begun at a moment. */
    add(arrival: Arrival, startedAt: number | null = null): number {
      const { lastInsertRowid } = insert.run(
        arrival.channel,
        arrival.account,
        arrival.conversation,
        arrival.messageId,
        arrival.key,
        arrival.askedKey,
        arrival.runId,
        arrival.kind,
        JSON.stringify(arrival.options),
        arrival.principal,
        startedAt === null ? "queued" : "running",
        startedAt === null ? 0 : 1,
        startedAt,
        now(),
      );
      return Number(lastInsertRowid);
    },
    find(principal: string, kind: TurnKind, runId: string): TurnRow | null {
      return toTurn(byRun.get(principal, kind, runId));
    },
    findRun: (runId: string): TurnRow | null => toTurn(anyByRun.get(runId)),
    unfinished: (): TurnRow[] => unfinished.all().map((raw) => toTurn(raw) as TurnRow),
    started: (id: number) => void start.run(now(), id),
    /** It was stopped on purpose and begins anew later; what it had done by then stays noted. */
    parked: (id: number) => void park.run(id),
    ended(id: number, state: TurnState, outcome: Outcome): void {
      end.run(state, outcome.endedAt, outcome.error?.message ?? null, JSON.stringify(outcome), id);
    },
    rewrite: (id: number, options: TurnOptions) => void rewrite.run(JSON.stringify(options), id),
    hadEffect: (id: number) => void effect.run(id),
    /** Forgets turns that ended before a moment. */
    prune: (before: number) => void prune.run(before),
  };
}

function toTurn(raw: Raw | null): TurnRow | null {
  if (raw === null) return null;
  return {
    id: raw.id,
    kind: raw.kind,
    channel: raw.channel,
    account: raw.account,
    conversation: raw.conversation,
    messageId: raw.provider_message_id,
    principal: raw.principal,
    runId: raw.run_id,
    key: raw.session_key,
    askedKey: raw.session_key_asked,
    options: JSON.parse(raw.payload) as TurnOptions,
    state: raw.state,
    attempts: raw.attempts,
    hadEffect: raw.had_effect === 1,
    acceptedAt: raw.accepted_at,
    outcome: raw.result === null ? null : (JSON.parse(raw.result) as Outcome),
  };
}
