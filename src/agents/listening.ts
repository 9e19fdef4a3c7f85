import type { PendingToolCall } from "#protocol/domains/agents.ts";
import type { ResolvedModel } from "./catalog.ts";
import { cutOff, emptyAnswer, refusal, timedOut, toPlainError, unreadable } from "./failures.ts";
import type { Pieces, PieceUsage } from "./pieces.ts";
import type { Ending, Outcome } from "./retries.ts";
import type { PlainError, ProviderUsage, RunEvent, StandIn, ToolOffer } from "./runtime.ts";
import { isWhole } from "./tool-calls.ts";

export interface Listening {
  model: ResolvedModel;
  /** Null where none are offered: a call that comes all the same is nobody's to make. */
  tools: ToolOffer | null;
  /** The caller has set the answer's length: one that is cut before its first word is as they asked. */
  isLimited: boolean;
  start: (signal: AbortSignal) => Promise<Pieces>;
  signal: AbortSignal;
  /** On the clock of `performance.now()`. */
  deadline: number | null;
  /** The longest silence of the server between two pieces. */
  silenceMs: number;
  /** Null where the model is the one that was chosen; a fallback is named before its first word. */
  standsIn: StandIn | null;
  emit: (event: RunEvent) => void;
}

const longestTimer = 2 ** 31 - 1;

const cutShort: Ending = { t: "end", reason: "length" };

/** One request: its parts as run events, and an end that always comes, whatever the library or the server does. */
export async function listen(listening: Listening): Promise<Outcome> {
  const { model, tools, start, signal, deadline, silenceMs, emit } = listening;
  const cancel = new AbortController();
  let why: Ending | null = null;
  let pieces: Pieces | null = null;
  const gone = Promise.withResolvers<null>();
  const stop = (end: Ending) => {
    why ??= end;
    cancel.abort();
    gone.resolve(null);
    // Settles the read that waits, also where the server and the library don't care about the abort.
    pieces?.cancel();
  };
  const stopped = (): Ending | null => why;
  const onAbort = () => stop({ t: "end", reason: "aborted" });
  signal.addEventListener("abort", onAbort, { once: true });

  let heardAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watch = () => {
    const now = performance.now();
    const until = Math.min(heardAt + silenceMs, deadline ?? Number.POSITIVE_INFINITY);
    if (now >= until) stop({ t: "end", reason: "error", error: timedOut(model) });
    else timer = setTimeout(watch, Math.min(Math.ceil(until - now), longestTimer));
  };

  let isNamed = false;
  const name = () => {
    const { standsIn } = listening;
    if (standsIn !== null && !isNamed) {
      emit({ t: "model", provider: model.provider, model: model.model, standsIn });
    }
    isNamed = true;
  };
  let committed = false;
  const calls: PendingToolCall[] = [];
  let reason: string | undefined;
  let usage: PieceUsage | null = null;
  let over = false;
  try {
    if (signal.aborted) onAbort();
    watch();
    const opening = start(cancel.signal);
    opening.catch(() => {});
    pieces = await Promise.race([opening, gone.promise]);
    while (pieces !== null && stopped() === null) {
      const batch = await pieces.read();
      over = batch === null;
      if (batch === null || stopped() !== null) break;
      heardAt = performance.now();
      for (const piece of batch) {
        if (piece.t === "text" || piece.t === "reasoning") {
          name();
          if (piece.t === "text") committed = true;
          emit(piece);
        } else if (piece.t === "call") {
          if (tools !== null && (tools.parallel || calls.length === 0)) calls.push(piece.call);
        } else if (piece.t === "usage") usage = piece.usage;
        else if (piece.t === "finish") reason = piece.reason || (reason ?? "stop");
        else return failed(toPlainError(piece.error, model, committed), committed);
      }
    }
    // What the limit cut short can't be carried out; what the model wrote wrongly is for the caller to see.
    const whole = reason === "length" ? calls.filter((call) => isWhole(call.arguments)) : calls;
    const isCut = listening.isLimited && reason === "length";
    const end = stopped() ?? (isCut ? cutShort : endOf(reason, model, committed, whole.length > 0));
    if (end.reason === "tool_calls" || end.reason === "length") {
      if (whole.length > 0) name();
      for (const call of whole) emit({ t: "call", call });
      committed ||= whole.length > 0;
    }
    return { end, committed, ...(reason === undefined ? {} : { finished: true }) };
  } catch (error) {
    const end = stopped();
    return end === null ? failed(toPlainError(error, model, committed), committed) : { end, committed };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    // What has ended by itself leaves its connection to the next question.
    if (!over) {
      cancel.abort();
      pieces?.cancel();
    }
    if (usage !== null) emit({ t: "usage", ...toProviderUsage(usage, model) });
  }
}

function toProviderUsage({ cost, ...tokens }: PieceUsage, model: ResolvedModel): ProviderUsage {
  // OpenRouter says in dollars what an answer cost; elsewhere a number of this name may be anything.
  const said = model.provider === "openrouter" && cost !== undefined ? { saidUsd: cost } : {};
  return { provider: model.provider, model: model.model, ...tokens, price: model.price, ...said };
}

function endOf(reason: string | undefined, model: ResolvedModel, spoke: boolean, calls: boolean): Ending {
  const error = (plain: PlainError): Ending => ({ t: "end", reason: "error", error: plain });
  if (reason === "content-filter") return error(refusal(model));
  if (reason === undefined) return error(spoke ? cutOff(model) : unreadable(model));
  if (!spoke && !calls) return error(emptyAnswer(model));
  // Some servers say "stop" where they mean their calls.
  if (calls && reason !== "length") return { t: "end", reason: "tool_calls" };
  return { t: "end", reason: reason === "length" ? "length" : "stop" };
}

/** An end with an error. */
export function failed(error: PlainError, committed: boolean): Outcome {
  return { end: { t: "end", reason: "error", error }, committed };
}
