import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { AgentEvent } from "#protocol/domains/agents.ts";
import type { ChatEvent, ChatMessage } from "#protocol/domains/chat.ts";
import { createDraft, type Draft } from "./draft.ts";
import { createHistory, type History, type InFlight } from "./history.ts";
import {
  type ImagePart,
  lastQuestion,
  type Question,
  type Reply,
  type Row,
  remaining,
  type Turn,
  toRows,
} from "./rows.ts";
import { type ToolCall, type ToolCalls, withoutRunning, withToolEvent } from "./tool-calls.ts";
import { keepUnsent, unsent } from "./unsent.ts";
import { CallError, type Wire } from "./wire.ts";

/** One session as this page knows it: its history, and what is on the way. */
export interface Conversation {
  readonly key: string;
  readonly history: History;
  /** What is in the message box of this session. */
  readonly draft: Draft;
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** A run is being answered. */
  readonly active: ReadonlySignal<boolean>;
  send(question: Question): void;
  /** Sends a message that was not confirmed once more, under its key. */
  retry(runId: string): void;
  /** Puts a message that was refused back into the message box. */
  takeBack(runId: string): void;
  /** Asks the last question anew: a message of its own, answered anew. */
  askAgain(): void;
  /** Puts the last question into the message box, to send it in other words. */
  editLast(): void;
  stop(): Promise<void>;
  /** Reads the newest page and asks after everything that is on the way. */
  resync(): Promise<void>;
  hear(event: ChatEvent): void;
  hearAgent(event: AgentEvent): void;
}

export interface ConversationHooks {
  /** A reply has ended, one way or another. */
  ended(reply: Reply): void;
  /** A word that stops runs was sent; `false`: nothing was running. */
  stopWord(stopped: boolean): void;
  /** The browser has no room to keep a message over a reload until it is confirmed. */
  notKept(): void;
}

export function createConversation(wire: Wire, key: string, hooks: ConversationHooks): Conversation {
  const turns = signal<readonly Turn[]>(
    unsent(key).map(({ runId, at, ...own }) => ({ ...newTurn(runId, at), own, sending: "failed" as const })),
  );
  const tools = signal<ToolCalls>(new Map());
  const draft = createDraft(key);
  const history = createHistory(wire, key, reconcile);
  const { refresh } = history;
  const rows = computed(() => toRows(history.messages.value, turns.value, tools.value));

  /** The ids of the unconfirmed messages that the browser keeps. */
  let kept: string | undefined;

  const find = (runId: string) => turns.value.find((turn) => turn.runId === runId);

  function setTurns(next: readonly Turn[]) {
    turns.value = next;
    const unconfirmed = next.flatMap(({ runId, own, at, sending }) =>
      own !== undefined && sending !== "sent" ? [{ runId, at, ...own }] : [],
    );
    const ids = unconfirmed.map(({ runId }) => runId).join(" ");
    if (ids === kept) return;
    kept = ids;
    if (!keepUnsent(key, unconfirmed)) hooks.notKept();
  }

  function change(runId: string, changes: Partial<Pick<Turn, "sending" | "failure" | "reply">>) {
    setTurns(turns.value.map((turn) => (turn.runId === runId ? { ...turn, ...changes } : turn)));
  }

  async function deliver({ runId, own }: Turn) {
    if (own === undefined) return;
    try {
      const answer = await wire.call("chat.send", {
        sessionKey: key,
        message: own.text,
        idempotencyKey: runId,
        deliver: false,
        ...(own.images.length > 0 && { attachments: own.images.map(toAttachment) }),
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

  /** Brings the turns in line with what the history and its running answer say. */
  function reconcile(inFlight: InFlight) {
    const messages = history.messages.value;
    const arrived = new Set(messages.map((message) => message.idempotencyKey));
    let next = turns.value.map((turn): Turn => {
      if (turn.own === undefined || !arrived.has(turn.runId) || turn.sending === "sent") return turn;
      return { ...turn, sending: "sent", reply: turn.reply.is === "none" ? { is: "live" } : turn.reply };
    });
    next = next.filter((turn) => {
      if (turn.reply.is !== "live" || turn.runId === inFlight?.runId) return true;
      // Nobody here can ask after another's run; an own one is over once its answer is in the history.
      return turn.own !== undefined && !isAnswered(messages, turn.runId);
    });
    if (inFlight !== undefined) {
      let turn = next.find(({ runId }) => runId === inFlight.runId);
      if (turn === undefined) {
        turn = { ...newTurn(inFlight.runId), reply: { is: "live" } };
        next = [...next, turn];
      }
      if (inFlight.text.length > turn.text.value.length) turn.text.value = inFlight.text;
    }
    setTurns(remaining(next, messages));
  }

  function end(event: ChatEvent, reply: Reply) {
    frames.delete(event.runId);
    const calls = tools.value.get(event.runId);
    if (calls !== undefined) setCalls(event.runId, withoutRunning(calls));
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

  function setCalls(runId: string, calls: readonly ToolCall[]) {
    tools.value = new Map(tools.value).set(runId, calls);
  }

  /** The turn of a run, which may be the first that is heard of it. */
  function turnOf(runId: string): Turn {
    const known = find(runId);
    if (known !== undefined) return known;
    const turn = newTurn(runId);
    setTurns([...turns.value, turn]);
    void refresh();
    return turn;
  }

  function grow(event: ChatEvent & { state: "delta" }) {
    const turn = turnOf(event.runId);
    if (settled(turn.reply)) return;
    const { runtime } = event.message;
    if (turn.reply.is !== "live" || turn.reply.runtime !== runtime) {
      change(event.runId, { sending: "sent", reply: { is: "live", ...(runtime && { runtime }) } });
    }
    if (frames.size === 0) requestAnimationFrame(draw);
    frames.set(event.runId, event.message.content.map((p) => (p.type === "text" ? p.text : "")).join(""));
  }

  function send(question: Question) {
    const turn: Turn = { ...newTurn(crypto.randomUUID()), own: question, sending: "sending" };
    setTurns([...turns.value, turn]);
    void deliver(turn);
  }

  return {
    key,
    history,
    draft,
    rows,
    active: computed(() => turns.value.some((turn) => turn.reply.is === "live")),
    send,
    retry(runId) {
      const turn = find(runId);
      if (turn === undefined) return;
      const { failure: _, ...rest } = turn;
      const again: Turn = { ...rest, sending: "sending" };
      setTurns(turns.value.map((each) => (each === turn ? again : each)));
      void deliver(again);
    },
    takeBack(runId) {
      const turn = find(runId);
      if (turn?.own === undefined) return;
      setTurns(turns.value.filter((each) => each !== turn));
      draft.fill(turn.own);
    },
    askAgain() {
      const question = lastQuestion(rows.value);
      if (question !== undefined) send(question);
    },
    editLast() {
      const question = lastQuestion(rows.value);
      if (question !== undefined) draft.fill(question);
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
    hear(event) {
      const message = event.message;
      if (event.state === "delta") grow(event);
      else if (event.state === "final") end(event, { is: "done", ...(message && { message }) });
      else if (event.state === "aborted") {
        end(event, { is: "stopped", reason: event.stopReason, ...(message && { message }) });
      } else end(event, { is: "failed", sentence: event.errorMessage, ...(message && { message }) });
    },
    hearAgent(event) {
      if (event.stream !== "tool") return;
      const turn = turnOf(event.runId);
      if (settled(turn.reply)) return;
      if (turn.reply.is === "none") change(event.runId, { sending: "sent", reply: { is: "live" } });
      const at = (frames.get(event.runId) ?? turn.text.value).length;
      setCalls(event.runId, withToolEvent(tools.value.get(event.runId) ?? [], event.data, at));
    },
  };
}

function toAttachment({ data, mimeType }: ImagePart, index: number) {
  return { type: "image", mimeType, fileName: `picture-${index + 1}`, content: data };
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
