import type { EventName, Params, Payload } from "#protocol";
import type { AgentResult, PendingToolCall, Usage } from "#protocol/domains/agents.ts";
import type { ErrorShape } from "#protocol/frames.ts";
import type { EventBus } from "#src/lib/bus.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Body } from "../answer.ts";
import type { Dispatch } from "../dispatch.ts";
import { type Failure, failureOf } from "./failure.ts";

/** How a run ended for the program that asked. */
export type Ending =
  | {
      is: "done";
      text: string;
      cutOff: boolean;
      /** What the program is to call. */
      calls: PendingToolCall[];
      /** As `provider/model`. */
      answeredBy: string;
      usage: Usage | null;
    }
  | ({ is: "failed" } & Failure);

/** An agent request on its way. */
export interface Asked {
  /** The whole text so far; the last one is in the ending. */
  onText: (listener: (text: string) => void) => void;
  ending: Promise<Ending>;
}

/** Asks the agent as every client does: through the dispatcher, its access table and its idempotency. */
export type Ask = (params: Params<"agent"> & { sessionKey: string }, caller: Caller) => Asked;

interface Follower {
  sessionKey: string;
  text: string;
  kind: string | null;
  listener: (text: string) => void;
}

export function createAsking(options: { dispatch: Dispatch; bus: EventBus }): {
  ask: Ask;
  close: () => void;
} {
  const { dispatch, bus } = options;
  /** By run; two requests with one idempotency key follow the same. */
  const followers = new Map<string, Set<Follower>>();

  const close = bus.listen((event: EventName, payload: unknown) => {
    if (followers.size === 0) return;
    if (event === "agent") heardAgent(payload as Payload<"agent">);
    else if (event === "chat") heardChat(payload as Payload<"chat">);
  });

  function heardAgent(event: Payload<"agent">): void {
    if (event.stream !== "assistant") return;
    for (const each of followersOf(event)) {
      each.text = event.data.text;
      each.listener(each.text);
    }
  }

  function heardChat(event: Payload<"chat">): void {
    if (event.state !== "error") return;
    for (const each of followersOf(event)) each.kind = event.errorKind ?? null;
  }

  /** Run ids are the callers' own and may meet; the session tells them apart. */
  function followersOf({ runId, sessionKey }: { runId: string; sessionKey?: string }): Follower[] {
    return [...(followers.get(runId) ?? [])].filter((each) => each.sessionKey === sessionKey);
  }

  function ask(params: Parameters<Ask>[0], caller: Caller): Asked {
    const runId = params.idempotencyKey;
    const { sessionKey } = params;
    const follower: Follower = { sessionKey, text: "", kind: null, listener: () => {} };
    const together = followers.get(runId) ?? new Set();
    followers.set(runId, together.add(follower));
    let accepted = false;

    function leave(): void {
      if (!together.delete(follower) || together.size > 0) return;
      if (followers.get(runId) === together) followers.delete(runId);
    }

    /** Nobody waits for it any more. */
    function abandon(): void {
      if (!accepted || !together.has(follower)) return;
      leave();
      if (together.size > 0) return;
      const nobody = { first: () => {}, last: () => {} };
      dispatch(
        { type: "req", id: "abort", method: "chat.abort", params: { sessionKey, runId } },
        caller,
        nobody,
      );
    }

    const { promise: ending, resolve } = Promise.withResolvers<Ending>();
    caller.signal.addEventListener("abort", abandon, { once: true });
    dispatch({ type: "req", id: "agent", method: "agent", params }, caller, {
      first() {
        accepted = true;
        if (caller.signal.aborted) abandon();
      },
      last(body) {
        caller.signal.removeEventListener("abort", abandon);
        leave();
        resolve(endingOf(body, follower.kind));
      },
    });
    return {
      ending,
      onText(listener) {
        follower.listener = listener;
        if (follower.text !== "") listener(follower.text);
      },
    };
  }

  return { ask, close };
}

interface Answer {
  ok: boolean;
  payload?: AgentResult;
  error?: ErrorShape;
}

function endingOf(body: Body, kind: string | null): Ending {
  const { ok, payload, error } = JSON.parse(`{${body}`) as Answer;
  if (!ok || payload?.result === undefined) {
    const shape = error ?? { code: "UNAVAILABLE", message: "the run gave no answer; see moltbot logs" };
    return { is: "failed", ...failureOf(shape, kind) };
  }
  const { payloads, meta } = payload.result;
  if (meta.aborted === true) {
    const message = `the run was stopped before it was done (${meta.stopReason ?? "aborted"})`;
    return { is: "failed", status: 500, type: "api_error", code: "run_stopped", message };
  }
  return {
    is: "done",
    text: payloads.map(({ text }) => text ?? "").join("\n"),
    cutOff: meta.stopReason === "length",
    calls: meta.pendingToolCalls ?? [],
    answeredBy: `${meta.agentMeta.provider}/${meta.agentMeta.model}`,
    usage: meta.agentMeta.usage ?? null,
  };
}
