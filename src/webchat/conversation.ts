import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ChatEvent, ChatMessage } from "#protocol/domains/chat.ts";
import { keepUnsent, unsent } from "./drafts.ts";
import { mergePage, type Reply, type Row, remaining, type Turn, toRows } from "./rows.ts";
import { CallError, type Wire } from "./wire.ts";

const PAGE = 50;

/** One session as this page knows it: its history, and what is on the way. */
export interface Conversation {
  readonly key: string;
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** A run is being answered. */
  readonly active: ReadonlySignal<boolean>;
  /** The newest page of the history has been read. */
  readonly loaded: ReadonlySignal<boolean>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<string | undefined>;
  send(text: string): void;
  retry(runId: string): void;
  stop(): Promise<void>;
  /** Reads the newest page and asks after everything that is on the way. */
  resync(): Promise<void>;
  loadEarlier(): Promise<void>;
  hear(event: ChatEvent): void;
}

export interface ConversationHooks {
  /** A reply has ended, one way or another. */
  ended(reply: Reply): void;
  /** A word that stops runs was sent; `false`: nothing was running. */
  stopWord(stopped: boolean): void;
}

export function createConversation(wire: Wire, key: string, hooks: ConversationHooks): Conversation {
  const messages = signal<readonly ChatMessage[]>([]);
  const turns = signal<readonly Turn[]>(
    unsent(key).map(({ runId, text, at }) => ({
      ...newTurn(runId, at),
      own: text,
      sending: "failed" as const,
    })),
  );
  const loaded = signal(false);
  const hasMore = signal(false);
  const failure = signal<string | undefined>();
  let sessionId: string | undefined;
  let cursor: string | undefined;
  let loadingEarlier = false;

  const find = (runId: string) => turns.value.find((turn) => turn.runId === runId);

  function setTurns(next: readonly Turn[]) {
    turns.value = next;
    const unconfirmed = next.flatMap(({ runId, own, at, sending }) =>
      own !== undefined && sending !== "sent" ? [{ runId, text: own, at }] : [],
    );
    keepUnsent(key, unconfirmed);
  }

  function change(runId: string, changes: Partial<Pick<Turn, "sending" | "failure" | "reply">>) {
    setTurns(turns.value.map((turn) => (turn.runId === runId ? { ...turn, ...changes } : turn)));
  }

  async function deliver({ runId, own }: Turn) {
    if (own === undefined) return;
    try {
      const answer = await wire.call("chat.send", {
        sessionKey: key,
        message: own,
        idempotencyKey: runId,
        deliver: false,
      });
      const turn = find(runId);
      if (turn === undefined) return;
      if (answer.status === undefined) {
        setTurns(turns.value.filter((each) => each !== turn));
        hooks.stopWord(answer.aborted === true);
      } else if (answer.status === "ok") {
        change(runId, { sending: "sent", reply: settled(turn.reply) ? turn.reply : { is: "done" } });
        void refresh();
      } else {
        change(runId, { sending: "sent", reply: turn.reply.is === "none" ? { is: "live" } : turn.reply });
      }
    } catch (error) {
      // Without an answer it stays on its way: the same key is sent again as soon as there is a connection.
      if (!(error instanceof CallError) || error.code === "DISCONNECTED") return;
      change(runId, { sending: "failed", failure: error.message, reply: { is: "none" } });
    }
  }

  async function readNewest() {
    try {
      const page = await wire.call("chat.history", { sessionKey: key, limit: PAGE });
      batch(() => {
        const known = page.sessionId === sessionId ? messages.value : [];
        const merged = mergePage(known, page.messages);
        // An older page that is still joined on stays; its own cursor is the one to go on from.
        if (merged.length === page.messages.length) {
          hasMore.value = page.hasMore;
          cursor = page.nextCursor;
        }
        sessionId = page.sessionId;
        messages.value = merged;
        reconcile(page.inFlightRun);
        loaded.value = true;
        failure.value = undefined;
      });
    } catch (error) {
      if (error instanceof CallError && error.code !== "DISCONNECTED") failure.value = error.message;
    }
  }

  /** Brings the turns in line with what the history and its running answer say. */
  function reconcile(inFlight: { runId: string; text: string } | undefined) {
    const arrived = new Set(messages.value.map((message) => message.idempotencyKey));
    let next = turns.value.map((turn): Turn => {
      if (turn.own === undefined || !arrived.has(turn.runId) || turn.sending === "sent") return turn;
      return { ...turn, sending: "sent", reply: turn.reply.is === "none" ? { is: "live" } : turn.reply };
    });
    next = next.filter((turn) => {
      if (turn.reply.is !== "live" || turn.runId === inFlight?.runId) return true;
      // Nobody here can ask after another's run; an own one is over once its answer is in the history.
      return turn.own !== undefined && !isAnswered(messages.value, turn.runId);
    });
    if (inFlight !== undefined) {
      let turn = next.find(({ runId }) => runId === inFlight.runId);
      if (turn === undefined) {
        turn = { ...newTurn(inFlight.runId), reply: { is: "live" } };
        next = [...next, turn];
      }
      if (inFlight.text.length > turn.text.value.length) turn.text.value = inFlight.text;
    }
    setTurns(remaining(next, messages.value));
  }

  // One reading at a time, and one more for whoever asked meanwhile.
  let reading: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  function refresh(): Promise<void> {
    if (reading === undefined) {
      reading = readNewest().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    queued ??= reading.then(() => {
      queued = undefined;
      return refresh();
    });
    return queued;
  }

  function end(event: ChatEvent, reply: Reply) {
    frames.delete(event.runId);
    const turn = find(event.runId);
    if (turn !== undefined && settled(turn.reply)) return;
    if (turn !== undefined) change(event.runId, { sending: "sent", reply });
    else if (reply.is === "failed") setTurns([...turns.value, { ...newTurn(event.runId), reply }]);
    hooks.ended(reply);
    void refresh();
  }

  // The latest text per run, put on screen at most once per frame.
  const frames = new Map<string, string>();
  function draw() {
    batch(() => {
      for (const [runId, text] of frames) {
        const turn = find(runId);
        if (turn !== undefined) turn.text.value = text;
      }
    });
    frames.clear();
  }

  function grow(event: ChatEvent & { state: "delta" }) {
    let turn = find(event.runId);
    if (turn === undefined) {
      turn = newTurn(event.runId);
      setTurns([...turns.value, turn]);
      void refresh();
    }
    if (settled(turn.reply)) return;
    const { runtime } = event.message;
    if (turn.reply.is !== "live" || turn.reply.runtime !== runtime) {
      change(event.runId, { sending: "sent", reply: { is: "live", ...(runtime && { runtime }) } });
    }
    if (frames.size === 0) requestAnimationFrame(draw);
    frames.set(event.runId, event.message.content.map((p) => (p.type === "text" ? p.text : "")).join(""));
  }

  return {
    key,
    rows: computed(() => toRows(messages.value, turns.value)),
    active: computed(() => turns.value.some((turn) => turn.reply.is === "live")),
    loaded,
    hasMore,
    failure,
    send(text) {
      const turn: Turn = { ...newTurn(crypto.randomUUID()), own: text, sending: "sending" };
      setTurns([...turns.value, turn]);
      void deliver(turn);
    },
    retry(runId) {
      const turn = find(runId);
      if (turn === undefined) return;
      const { failure: _, ...rest } = turn;
      const again: Turn = { ...rest, sending: "sending" };
      setTurns(turns.value.map((each) => (each === turn ? again : each)));
      void deliver(again);
    },
    async stop() {
      const { aborted } = await wire.call("chat.abort", { sessionKey: key });
      if (!aborted) await this.resync();
    },
    async resync() {
      await refresh();
      const unsettled = turns.value.filter(
        (turn) => turn.own !== undefined && (turn.sending === "sending" || turn.reply.is === "live"),
      );
      // The same key again has no second effect; the answer says whether the run still goes on.
      await Promise.all(unsettled.map(deliver));
    },
    async loadEarlier() {
      if (loadingEarlier || !hasMore.value || cursor === undefined) return;
      loadingEarlier = true;
      try {
        const page = await wire.call("chat.history", { sessionKey: key, limit: PAGE, cursor });
        // A reset meanwhile has made this page somebody else's past.
        if (page.sessionId !== sessionId) return;
        batch(() => {
          messages.value = [...page.messages, ...messages.value];
          hasMore.value = page.hasMore;
        });
        cursor = page.nextCursor;
      } catch (error) {
        if (error instanceof CallError && error.code !== "DISCONNECTED") failure.value = error.message;
      } finally {
        loadingEarlier = false;
      }
    },
    hear(event) {
      const message = event.message;
      if (event.state === "delta") grow(event);
      else if (event.state === "final") end(event, { is: "done", ...(message && { message }) });
      else if (event.state === "aborted") {
        end(event, { is: "stopped", reason: event.stopReason, ...(message && { message }) });
      } else end(event, { is: "failed", sentence: event.errorMessage, ...(message && { message }) });
    },
  };
}

function newTurn(runId: string, at = Date.now()): Turn {
  return { runId, at, sending: "sent", reply: { is: "none" }, text: signal("") };
}

function settled(reply: Reply): boolean {
  return reply.is !== "none" && reply.is !== "live";
}

function isAnswered(messages: readonly ChatMessage[], runId: string): boolean {
  return messages.some(
    (message) =>
      message.runId === runId &&
      message.role === "assistant" &&
      !message.content.some((part) => part.type === "toolCall"),
  );
}
