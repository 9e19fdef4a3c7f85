import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { EventBus } from "#src/lib/bus.ts";
import type { Beat } from "./beat.ts";
import type { PlainError, RunEvent } from "./runtime.ts";

export interface VoiceOptions {
  runId: string;
  /** As the caller wrote it. */
  sessionKey: string;
  /** The session's own. */
  key: string;
  bus: EventBus;
  beat: Beat;
  now: () => number;
}

type ToolEvent = Extract<RunEvent, { t: "tool" }>;
type ChatErrorKind = "refusal" | "timeout" | "rate_limit" | "context_length" | "unknown";

/**
 * What listeners hear of one run: `agent` and `chat` events, numbered together. Deltas are gathered on the common
 * beat; the whole text goes out once more before the last event.
 */
export interface Voice {
  started(at: number): void;
  text(delta: string): void;
  tool(event: ToolEvent): void;
  finished(message: ChatMessage | null, startedAt: number, endedAt: number): void;
  aborted(message: ChatMessage | null, reason: string, startedAt: number, endedAt: number): void;
  failed(
    error: PlainError,
    sentence: string,
    message: ChatMessage | null,
    startedAt: number,
    endedAt: number,
  ): void;
  /** Stops without a word, as when the process ends and the turn is carried out again after it. */
  mute(): void;
  readonly said: string;
}

/**
 * Each delta carries all the text so far, so that a long one costs more each time. It is told as seldom as keeps one
 * run to so many characters a millisecond: 64,000 of them are told again after 160 ms, a million after 2.5 s.
 */
const charsPerMs = 400;

export function createVoice({ runId, sessionKey, key, bus, beat, now }: VoiceOptions): Voice {
  let seq = 0;
  let said = "";
  let heard = 0;
  let heardAt = 0;
  let muted = false;

  function agentEvent() {
    seq += 1;
    return { runId, sessionKey, seq, ts: now() };
  }

  const speaker = {
    speak(): boolean {
      // A clock that was set back holds nothing up.
      if (Math.abs(now() - heardAt) < heard / charsPerMs) return false;
      tell();
      return true;
    },
  };

  function tell(): void {
    if (muted || heard === said.length) return;
    const delta = said.slice(heard);
    heard = said.length;
    heardAt = now();
    bus.emit("agent", { ...agentEvent(), stream: "assistant", data: { text: said, delta } }, { delta: true });
    const message = {
      role: "assistant" as const,
      content: [{ type: "text" as const, text: said }],
      timestamp: heardAt,
    };
    bus.emit("chat", { runId, sessionKey, seq, state: "delta", message, deltaText: delta }, { delta: true });
  }

  function settle(): void {
    beat.remove(speaker);
    tell();
  }

  function lifecycle(phase: "end" | "error", startedAt: number, endedAt: number, more: object): void {
    bus.emit("agent", { ...agentEvent(), stream: "lifecycle", data: { phase, startedAt, endedAt, ...more } });
  }

  return {
    get said() {
      return said;
    },
    started(at) {
      bus.emit("agent", { ...agentEvent(), stream: "lifecycle", data: { phase: "start", startedAt: at } });
    },
    text(delta) {
      if (delta === "") return;
      const first = said === "";
      said += delta;
      beat.add(speaker, first);
    },
    tool(event) {
      settle();
      const told = { ...agentEvent(), stream: "tool" as const, data: toolData(event) };
      bus.emit("agent", told);
      bus.emit("session.tool", { ...told, sessionKey: key }, { delta: told.data.phase === "update" });
    },
    finished(message, startedAt, endedAt) {
      settle();
      lifecycle("end", startedAt, endedAt, {});
      bus.emit("chat", { runId, sessionKey, seq, state: "final", ...(message === null ? {} : { message }) });
    },
    aborted(message, reason, startedAt, endedAt) {
      settle();
      lifecycle("end", startedAt, endedAt, { aborted: true });
      const more = message === null ? {} : { message };
      bus.emit("chat", { runId, sessionKey, seq, state: "aborted", stopReason: reason, ...more });
    },
    failed(error, sentence, message, startedAt, endedAt) {
      settle();
      lifecycle("error", startedAt, endedAt, { error: sentence });
      bus.emit("chat", {
        runId,
        sessionKey,
        seq,
        state: "error",
        errorMessage: sentence,
        errorKind: kindOnTheWire(error.kind),
        ...(message === null ? {} : { message }),
      });
    },
    mute() {
      muted = true;
      beat.remove(speaker);
    },
  };
}

function toolData(event: ToolEvent) {
  const { id: toolCallId, name } = event;
  if (event.state === "call") {
    return {
      phase: "start" as const,
      name,
      toolCallId,
      ...(event.args === undefined ? {} : { args: event.args }),
    };
  }
  if (event.state === "running") {
    const partial = event.result === undefined ? {} : { partialResult: event.result };
    return { phase: "update" as const, name, toolCallId, ...partial };
  }
  const result = event.result === undefined ? {} : { result: event.result };
  return { phase: "result" as const, name, toolCallId, isError: event.state === "error", ...result };
}

function kindOnTheWire(kind: PlainError["kind"]): ChatErrorKind {
  switch (kind) {
    case "refusal":
    case "timeout":
    case "rate_limit":
    case "context_length":
      return kind;
    case "budget":
      return "rate_limit";
    default:
      return "unknown";
  }
}
