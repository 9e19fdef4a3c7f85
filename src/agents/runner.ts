import type { PendingToolCall } from "#protocol/domains/agents.ts";
import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";
import type { EventBus } from "#src/lib/bus.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import type { SessionFacts } from "#src/sessions/store.ts";
import type { Beat } from "./beat.ts";
import { addRequest, type RunUsage, usageOnTheWire } from "./run-usage.ts";
import type { AgentRuntime, PlainError, ProviderUsage, RunEvent, RunRequest } from "./runtime.ts";
import { plainError, standInSentence } from "./sentences.ts";
import { argumentsOf } from "./tool-calls.ts";
import { createVoice, type Voice } from "./voice.ts";

/** One run as the runner gets it. */
export interface Job {
  runId: string;
  sessionKey: string;
  language: "en" | "zh";
  request: RunRequest;
  session: SessionFacts;
  runtime: AgentRuntime;
  startedAt: number;
  /** Aborts the run; the reason is `rpc`, `stop`, `timeout` or `shutdown`. */
  controller: AbortController;
}

/** How a run ended, with the message that belongs into the transcript. */
export interface RunEnd {
  status: "ok" | "error" | "aborted";
  stopReason: string;
  text: string;
  message: (ChatMessage & { id: string }) | null;
  provider: string;
  model: string;
  runtime: string;
  endedAt: number;
  /** What the person should know beside the answer, in their language. */
  notice?: string;
  usage?: RunUsage;
  /** What the caller is asked to call. */
  calls: PendingToolCall[];
  /** Every request that was paid for, those beside the answer included. */
  spent: ProviderUsage[];
  error?: { kind: string; message: string };
  /** Tells the listeners; called once the end is durable. */
  announce: () => void;
}

export interface RunnerOptions {
  bus: EventBus;
  beat: Beat;
  now: () => number;
  log: Log;
  /** A tool is about to do something outside: from here on a crash must not repeat the turn. */
  onEffect: (runId: string) => Promise<void>;
}

/** A runtime keeps its time limit itself, with a better sentence; this ends one that does not. */
const overtimeMs = 5_000;
/** What a timer can count; a longer wait would be none. */
const longestTimer = 2 ** 31 - 1;

/** Runs in progress by id, for those who ask what is being said. */
export type Runner = ReturnType<typeof createRunner>;

export function createRunner({ bus, beat, now, log, onEffect }: RunnerOptions) {
  const speaking = new Map<string, { key: string; voice: Voice; hasActed: boolean }>();

  async function run(job: Job): Promise<RunEnd> {
    const { runId, sessionKey, controller, runtime, request } = job;
    const voice = createVoice({ runId, sessionKey, key: job.session.key, bus, beat, now });
    speaking.set(runId, { key: job.session.key, voice, hasActed: false });
    const limitMs = Math.min(request.limits.timeoutMs + overtimeMs, longestTimer);
    const timer = setTimeout(() => controller.abort("timeout"), limitMs);
    try {
      voice.started(job.startedAt);
      return await listen(job, voice);
    } catch (error) {
      log.error("runtime broke its promise not to throw", {
        runId,
        runtime: runtime.id,
        error: messageOf(error),
      });
      const end = { t: "end", reason: "error", error: brokenRuntime(messageOf(error)) } as const;
      return ended(job, voice, nothingHeard(runtime.describe(request)), end);
    } finally {
      clearTimeout(timer);
      speaking.delete(runId);
    }
  }

  function acted(runId: string): void {
    const speaker = speaking.get(runId);
    if (speaker !== undefined) speaker.hasActed = true;
  }

  async function listen(job: Job, voice: Voice): Promise<RunEnd> {
    const heard = nothingHeard(job.runtime.describe(job.request));
    for await (const event of job.runtime.run(job.request, job.controller.signal)) {
      switch (event.t) {
        case "text":
          if (event.delta !== "") acted(job.runId);
          voice.text(event.delta);
          break;
        case "reasoning":
          heard.thinking += event.delta;
          break;
        case "model":
          heard.answering = { provider: event.provider, model: event.model };
          heard.notice = takeover(job, event);
          break;
        case "tool":
          acted(job.runId);
          if (event.state === "call") await onEffect(job.runId);
          voice.tool(event);
          break;
        case "call":
          heard.calls.push(event.call);
          break;
        case "usage": {
          const { t: _, aside, ...counts } = event;
          heard.spent.push(counts);
          if (aside !== true) heard.usage = addRequest(heard.usage, counts);
          break;
        }
        case "end":
          return ended(job, voice, heard, event);
      }
    }
    return ended(job, voice, heard, { t: "end", reason: "error", error: brokenRuntime("no end") });
  }

  /** Says that a fallback answers, to the log and in the person's language. */
  function takeover({ runId, language }: Job, event: Extract<RunEvent, { t: "model" }>): string {
    const ref = `${event.provider}/${event.model}`;
    const { instead, error } = event.standsIn;
    log.warn("another model answers", { runId, model: ref, instead, kind: error.kind });
    return standInSentence(ref, event.standsIn)[language];
  }

  function ended(
    job: Job,
    voice: Voice,
    { answering, notice, thinking, calls, usage, spent }: Heard,
    end: Extract<RunEvent, { t: "end" }>,
  ): RunEnd {
    const { runtime, controller, startedAt } = job;
    const endedAt = now();
    const text = voice.said.trim();
    const common = {
      text,
      endedAt,
      runtime: runtime.id,
      ...answering,
      ...(notice === undefined ? {} : { notice }),
      ...(usage === undefined ? {} : { usage }),
      calls: [] as PendingToolCall[],
      spent,
    };
    const content: ContentPart[] = [];
    if (thinking !== "") content.push({ type: "thinking", thinking });
    if (text !== "") content.push({ type: "text", text });

    function message(stopReason: string, errorMessage?: string): ChatMessage & { id: string } {
      return {
        role: "assistant",
        content,
        timestamp: endedAt,
        id: `a-${crypto.randomUUID()}`,
        runId: job.runId,
        ...(runtime.id === "model" ? {} : { runtime: runtime.id }),
        ...answering,
        ...(notice === undefined ? {} : { notice }),
        ...(usage === undefined ? {} : { usage: usageOnTheWire(usage) }),
        stopReason,
        ...(errorMessage === undefined ? {} : { errorMessage }),
      };
    }

    if (controller.signal.aborted || end.reason === "aborted") {
      const reason = typeof controller.signal.reason === "string" ? controller.signal.reason : "rpc";
      const kept = content.length === 0 ? null : message("aborted");
      const announce =
        reason === "shutdown" ? () => voice.mute() : () => voice.aborted(kept, reason, startedAt, endedAt);
      return { ...common, status: "aborted", stopReason: reason, message: kept, announce };
    }
    if (end.reason === "error") {
      const sentence = end.error.sentence[job.language];
      const kept = message("error", sentence);
      log.warn("run failed", { runId: job.runId, kind: end.error.kind, detail: end.error.detail });
      return {
        ...common,
        status: "error",
        stopReason: "error",
        message: kept,
        error: { kind: end.error.kind, message: sentence },
        announce: () => voice.failed(end.error, sentence, kept, startedAt, endedAt),
      };
    }
    for (const call of calls) {
      content.push({ type: "toolCall", id: call.id, name: call.name, arguments: argumentsOf(call) });
    }
    const kept = content.length === 0 ? null : message(end.reason);
    const announce = () => voice.finished(kept, startedAt, endedAt);
    return { ...common, calls, status: "ok", stopReason: end.reason, message: kept, announce };
  }

  return {
    run,
    /** Whether a run is under way that has said and done nothing yet. */
    isSilent: (runId: string): boolean => speaking.get(runId)?.hasActed === false,
    /** The run that is writing in a session now, with its text so far. */
    inFlight(key: string): { runId: string; text: string } | null {
      for (const [runId, each] of speaking) if (each.key === key) return { runId, text: each.voice.said };
      return null;
    },
  };
}

/** What a run has said so far, its text left out. */
interface Heard {
  answering: { provider: string; model: string };
  notice: string | undefined;
  thinking: string;
  calls: PendingToolCall[];
  usage: RunUsage | undefined;
  spent: ProviderUsage[];
}

function nothingHeard(answering: Heard["answering"]): Heard {
  return { answering, notice: undefined, thinking: "", calls: [], usage: undefined, spent: [] };
}

function brokenRuntime(detail: string): PlainError {
  const told = {
    en: ["Something inside the gateway broke while answering", "try again; `moltbot logs` says more."],
    zh: ["网关在回答时内部出错", "请重试；`moltbot logs` 中有详细信息。"],
  } as const;
  return plainError("unknown", told, { detail });
}
