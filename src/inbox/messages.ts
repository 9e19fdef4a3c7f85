import type { ChatMessage } from "#protocol/domains/chat.ts";
import type { RunEnd } from "#src/agents/runner.ts";
import type { TurnMessage } from "#src/agents/runtime.ts";
import type { SessionFacts } from "#src/sessions/store.ts";
import type { Outcome, TurnRow } from "./turns.ts";

type Stored = ChatMessage & { id: string };

/**
 * The messages of a turn as the transcript has them: results of calls, then the message. Their ids are the turn's,
 * so that a second run adds nothing.
 */
export function messagesOf(row: TurnRow, at: number): Stored[] {
  const { content } = row.options;
  const results = resultsOf(row).map((result, index): Stored => {
    return { ...result, timestamp: at, id: `r-${row.id}-${index}` };
  });
  if (content.length === 0 && results.length > 0) return results;
  return [...results, { role: "user", content, timestamp: at, id: `u-${row.id}`, idempotencyKey: row.runId }];
}

/** Those of an owner's command, which no model is told. */
export function obeyedOf(row: TurnRow, at: number): Stored[] {
  return messagesOf(row, at).map((message) => ({ ...message, command: true }));
}

/** What came of calls, as a model is told it. */
export function resultsOf({
  options: { toolResults = [] },
}: TurnRow): (TurnMessage & { role: "toolResult" })[] {
  return toolResults.map(({ toolCallId, toolName, content: text }) => ({
    role: "toolResult",
    content: [{ type: "text", text }],
    toolCallId,
    ...(toolName === undefined ? {} : { toolName }),
  }));
}

/** What the gateway itself answers. */
export function injected(text: string, runId: string, at: number): ChatMessage & { id: string } {
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    timestamp: at,
    id: `i-${crypto.randomUUID()}`,
    runId,
    runtime: "concierge",
    usage: { input: 0, output: 0, totalTokens: 0 },
    stopReason: "injected",
  };
}

/** The end of a turn whose run has ended. */
export function outcomeOf(end: RunEnd, sessionId: string, startedAt: number): Outcome {
  return {
    status: end.status,
    text: end.text,
    stopReason: end.stopReason,
    runtime: end.runtime,
    provider: end.provider,
    model: end.model,
    sessionId,
    startedAt,
    endedAt: end.endedAt,
    ...(end.notice === undefined ? {} : { notice: end.notice }),
    ...(end.usage === undefined ? {} : { usage: end.usage }),
    ...(end.calls.length === 0 ? {} : { calls: end.calls }),
    ...(end.error === undefined ? {} : { error: end.error }),
  };
}

/** The end of a turn that was an owner's command. */
export function obeyed(
  text: string,
  { sessionId }: Pick<SessionFacts, "sessionId">,
  startedAt: number,
  endedAt: number,
): Outcome {
  return {
    status: "ok",
    text,
    stopReason: "injected",
    runtime: "concierge",
    provider: "moltbot",
    model: "concierge",
    sessionId,
    startedAt,
    endedAt,
  };
}

/** The end of a turn that a crash interrupted and that must not run again. */
export function interruption(row: TurnRow, at: number): Outcome {
  const message =
    row.options.language === "zh"
      ? "网关在回答时被中断，为避免重复操作没有重试。请重新发送。"
      : "The gateway was interrupted while answering and did not retry, so that nothing is done twice. Send it again.";
  return {
    status: "error",
    text: "",
    stopReason: "interrupted",
    runtime: "none",
    provider: "none",
    model: "none",
    sessionId: "none",
    startedAt: row.acceptedAt,
    endedAt: at,
    error: { kind: "interrupted", message },
  };
}

/** The end of a turn on which the gateway itself stumbled. */
export function broken(row: TurnRow, at: number): Outcome {
  const message =
    row.options.language === "zh"
      ? "网关内部出错，未能完成回答；详情见日志。请重新发送。"
      : "The gateway failed while answering; its log says more. Send it again.";
  return { ...interruption(row, at), stopReason: "error", error: { kind: "internal", message } };
}

/** The end of a turn that was stopped before it began. */
export function notRun(stopReason: string, sessionId: string, at: number): Outcome {
  return {
    status: "aborted",
    text: "",
    stopReason,
    runtime: "none",
    provider: "none",
    model: "none",
    sessionId,
    startedAt: at,
    endedAt: at,
  };
}
