import { Database } from "bun:sqlite";
import { createBeat } from "#src/agents/beat.ts";
import { parseCommand, runCommand } from "#src/agents/commands.ts";
import { createRunner } from "#src/agents/runner.ts";
import type { AgentRuntime, RunRequest } from "#src/agents/runtime.ts";
import type { Account } from "#src/channels/channel.ts";
import type { InboundEvent, InboundMessage } from "#src/channels/inbound.ts";
import type { AccountPolicy } from "#src/channels/policy.ts";
import { type ChannelTurn, createChannelTurns } from "#src/inbox/channel-turns.ts";
import { createInbox } from "#src/inbox/inbox.ts";
import { createIntake } from "#src/inbox/intake.ts";
import { createKeepStore } from "#src/inbox/keep.ts";
import { createPairingStore } from "#src/inbox/pairing.ts";
import { createPlacing } from "#src/inbox/placing.ts";
import type { Binding } from "#src/inbox/route.ts";
import { createTurnStore } from "#src/inbox/turns.ts";
import { createEventBus } from "#src/lib/bus.ts";
import { createLog } from "#src/lib/log.ts";
import { createSessionStore } from "#src/sessions/store.ts";
import { migrate } from "#src/store/migrations.ts";
import { createTransactor, type Transactor } from "#src/store/transactor.ts";
import { fakeHost } from "../agents/subjects.ts";

export const openPolicy: AccountPolicy = {
  dmPolicy: "open",
  allowFrom: ["1"],
  groupPolicy: "open",
  groupAllowFrom: [],
  groups: {},
  mentionPatterns: [],
  historyLimit: 50,
  queue: { mode: "collect", debounceMs: 0, cap: 20 },
  ackReaction: null,
  ackScope: "off",
  removeAck: false,
  typing: { from: "instant" },
  streaming: "off",
  replyTo: "off",
  mediaMaxMb: 5,
  allowBots: false,
};

/** Time that stands still until it is moved. */
export function createTime(at = 1_767_225_600_000) {
  let timers: { at: number; then: () => void }[] = [];
  return {
    now: () => at,
    after(ms: number, then: () => void) {
      const timer = { at: at + ms, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    /** Moves it and calls what is due, in order. */
    move(ms: number): void {
      at += ms;
      const due = timers.filter((timer) => timer.at <= at).sort((one, other) => one.at - other.at);
      timers = timers.filter((timer) => timer.at > at);
      for (const { then } of due) then();
    },
    /** What a process that died had planned does not happen. */
    forget: () => {
      timers = [];
    },
    waiting: () => timers.length,
  };
}

export interface Said {
  conversation: string;
  messageId: string;
  text: string;
}

export interface WorldOptions {
  path: string;
  time: ReturnType<typeof createTime>;
  policy?: Partial<AccountPolicy>;
  bindings?: Binding[];
  burstMs?: number;
  mayReply?: (kind: string) => boolean;
  /** What the agent says before it is asked anything more. */
  opening?: string;
  /** What the agent is asked; it answers once this resolves. */
  asked?: (request: RunRequest, signal: AbortSignal) => Promise<void>;
  /** Whether the agent does something outside before it answers. */
  usesTool?: boolean;
  account?: Pick<Account, "fetchAttachment">;
  /** What an earlier process left is not taken up before this resolves. */
  start?: Promise<void>;
}

/** The inbox with an agent that says back what it was told, on a database that may outlive it. */
export async function openWorld(options: WorldOptions) {
  const { time } = options;
  const now = time.now;
  const db = new Database(options.path, { create: true, strict: true });
  db.run("PRAGMA journal_mode = WAL");
  migrate(db, options.path);
  db.run(
    "CREATE TABLE IF NOT EXISTS reply (id INTEGER PRIMARY KEY, run TEXT, conversation TEXT, message TEXT, said TEXT)",
  );
  db.run("CREATE TABLE IF NOT EXISTS place (key TEXT PRIMARY KEY, value TEXT)");
  let dead = false;
  const transactor = mortal(createTransactor(db), () => dead);
  const log = createLog({ level: "silent", stdout: "off", now });
  const bus = createEventBus();
  const beat = createBeat();
  const keys = { defaultAgentId: "main", mainKey: "main", scope: "per-sender" } as const;
  const sessions = createSessionStore(db, now, keys);
  const policy = { ...openPolicy, ...options.policy };
  const requests: RunRequest[] = [];
  const notes: string[] = [];
  const agent: AgentRuntime = {
    id: "model",
    describe: () => ({ provider: "fake", model: "m" }),
    async *run(request, signal) {
      requests.push(request);
      if (options.opening !== undefined) yield { t: "text", delta: options.opening };
      if (options.usesTool === true) yield { t: "tool", id: "t", name: "door", state: "call" };
      await Promise.race([
        options.asked?.(request, signal),
        new Promise<void>((done) => {
          if (signal.aborted) done();
          signal.addEventListener("abort", () => done(), { once: true });
        }),
        ...(options.asked === undefined ? [Promise.resolve()] : []),
      ]);
      if (!signal.aborted) yield { t: "text", delta: `re: ${textOf(request)}` };
      yield { t: "end", reason: signal.aborted ? "aborted" : "stop" };
    },
  };
  const say = (run: string, conversation: string, message: string, text: string) =>
    void db
      .query("INSERT INTO reply (run, conversation, message, said) VALUES (?, ?, ?, ?)")
      .run(run, conversation, message, text);
  const pairing = createPairingStore(db, now);
  const keep = createKeepStore(db, now);
  const placing = createPlacing({
    keep,
    pairing,
    rules: () => ({
      bindings: options.bindings ?? [],
      hasAgent: (id) => id === "main" || id === "work",
      keys,
      dmScope: "per-channel-peer",
      identityLinks: {},
    }),
  });
  const intake = createIntake({
    transactor,
    keep,
    pairing,
    placing,
    inbox: {
      enter: (arrival) => inbox.enter(arrival),
      amend: (runId, change) => inbox.amend(runId, change),
      hasLive: (key) => inbox.hasLive(key),
      waiting: (key) => inbox.waiting(key),
      abort: (key, runId, reason) => inbox.abort(key, runId, reason),
      steer: (place) => inbox.steer(place),
    },
    activation: (key) => sessions.find(key)?.settings.groupActivation,
    policy: (channel) => (channel === "fake" ? policy : null),
    burstMs: () => options.burstMs ?? 0,
    labelOf: () => "Fake",
    writeCursor: (_channel, _account, { key, value }) =>
      void db.query("INSERT OR REPLACE INTO place (key, value) VALUES (?, ?)").run(key, value),
    say: (_channel, _account, conversation, text) => say("notice", conversation, "", text),
    pairingChanged: () => void notes.push("pairing changed"),
    now,
    log,
    after: time.after,
  });
  const inbox = createInbox({
    refusing: () => null,
    transactor,
    turns: createTurnStore(db, now),
    sessions,
    runner: createRunner({ bus, beat, now, log, onEffect: (runId) => inbox.effect(runId) }),
    bus,
    now,
    log,
    maxConcurrent: () => 4,
    prepare: (row, session, controller, startedAt) =>
      Promise.resolve({
        runId: row.runId,
        sessionKey: row.askedKey,
        language: row.options.language,
        session,
        runtime: agent,
        startedAt,
        controller,
        request: {
          runId: row.runId,
          sessionKey: row.key,
          sessionId: session.sessionId,
          agentId: session.agentId,
          history: [],
          input: [
            ...(row.options.origin?.surroundings
              ? [{ type: "text" as const, text: row.options.origin.surroundings }]
              : []),
            ...row.options.content,
          ],
          system: row.options.extraSystem ?? "",
          language: row.options.language,
          owner: row.options.owner,
          limits: { maxSteps: 5, timeoutMs: 60_000 },
        },
      }),
    isStale: () => false,
    after: time.after,
    spent: () => [],
    command(row) {
      const text = row.options.origin?.command ?? null;
      if (text === null || parseCommand(text) === null) return null;
      const host = fakeHost({
        stop: (key) => inbox.abort(key, null, "stop").length,
        decideSender: (verdict, code) => intake[verdict](code).catch(() => null),
      });
      const { language, owner } = row.options;
      return async () => {
        const reply = await runCommand(text, host, { sessionKey: row.key, language, owner });
        return reply === null ? null : { text: reply.text, fresh: false };
      };
    },
    changed: () => {},
    hooks: createChannelTurns({
      replies: {
        begin: ({ messageId }) => void notes.push(`begin ${messageId}`),
        conclude: (turn: ChannelTurn, { text }) => say(turn.runId, turn.conversation, turn.messageId, text),
        dropped: ({ messageId }) => void notes.push(`dropped ${messageId}`),
      },
      transactor,
      account: () => options.account ?? null,
      forget: keep.forget,
      mayReply: ({ options: { origin } }) => options.mayReply?.(origin?.kind ?? "direct") ?? true,
      maxBytes: () => 1_000_000,
      ended: (key) => intake.ended(key),
      log,
    }),
  });
  const recovered = (options.start ?? Promise.resolve()).then(() => inbox.recover()).then(intake.recover);
  if (options.start === undefined) await recovered;

  return {
    intake,
    inbox,
    pairing,
    requests,
    notes,
    db,
    receive: (events: readonly InboundEvent[], cursor?: string) =>
      intake.receive(
        "fake",
        "default",
        events,
        cursor === undefined ? undefined : { key: "at", value: cursor },
      ),
    cursor: (): string | null =>
      db.query<{ value: string }, []>("SELECT value FROM place WHERE key = 'at'").get()?.value ?? null,
    said: (): Said[] =>
      db
        .query<Said, []>("SELECT conversation, message AS messageId, said AS text FROM reply ORDER BY id")
        .all(),
    texts: (): string[] =>
      db
        .query<{ said: string }, []>("SELECT said FROM reply ORDER BY id")
        .all()
        .map(({ said }) => said),
    /** What a session's messages say. */
    transcript: (key: string): string[] =>
      db
        .query<{ json: string }, [string]>(
          "SELECT json FROM message WHERE session_id = (SELECT session_id FROM session WHERE key = ?) ORDER BY id",
        )
        .all(key)
        .map(({ json }) => (JSON.parse(json) as { content: { text?: string }[] }).content[0]?.text ?? ""),
    outcomes: (): (string | null)[] =>
      db
        .query<{ outcome: string | null }, []>("SELECT outcome FROM inbound ORDER BY id")
        .all()
        .map(({ outcome }) => outcome),
    /** Resolves when nothing is under way that does not wait for time or for the agent. */
    async settled(): Promise<void> {
      for (let quiet = 0; quiet < 12; quiet++) await new Promise((done) => setImmediate(done));
    },
    /** The process is gone: what was not committed never was. */
    crash(): void {
      if (dead) return;
      dead = true;
      time.forget();
      beat.close();
    },
    close(): void {
      dead = true;
      transactor.close();
      db.close();
    },
  };
}

/** A writer whose process can die: from then on nothing of it reaches the disk. */
function mortal(inner: Transactor, isDead: () => boolean): Transactor {
  const alive =
    <T>(work: (db: Database) => T) =>
    (db: Database): T => {
      if (isDead()) throw new Error("the process is gone");
      return work(db);
    };
  return {
    transact: (work) => inner.transact(alive(work)),
    transactNow: (work) => inner.transactNow(alive(work)),
    afterCommit: (then) => inner.afterCommit(then),
    get waiting() {
      return inner.waiting;
    },
    close: () => inner.close(),
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

export function textOf({ input }: Pick<RunRequest, "input">): string {
  return input.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("|");
}

/** A message in a direct chat of its sender, unless it says otherwise. */
export function message(id: string, text: string, more: Partial<InboundMessage> = {}): InboundMessage {
  return {
    type: "message",
    id,
    text,
    conversation: { kind: "direct", id: "1" },
    sender: { id: "1", name: "Ada", isBot: false },
    at: 1_767_225_600_000,
    attachments: [],
    mentionsUs: "no",
    ...more,
  };
}
