import type { Ask } from "./asking.ts";
import { isPaid, type ModelCatalog, type ResolvedModel } from "./catalog.ts";
import { droppedNote, fitHistory, textTokens, tokensOf } from "./context.ts";
import { createEventPipe } from "./event-pipe.ts";
import { noModel, overBudget, unexpected } from "./failures.ts";
import { failed } from "./listening.ts";
import { toModelMessages } from "./messages.ts";
import { isTooLong, type Outcome, withFallback, withLessHistory } from "./retries.ts";
import type { AgentRuntime, PlainError, Recollection, RunEvent, RunRequest } from "./runtime.ts";
import { summarise, summaryNote } from "./summary.ts";

export interface ModelRuntimeOptions {
  /** Asked anew for every run, so that a changed config counts at once. */
  models: () => ModelCatalog;
  ask: Ask;
  /** The day's spending where it has reached its cap: then only models that cost nothing are asked. */
  exceeded?: () => { usd: number; capUsd: number } | null;
  /** Takes one line about what a reader isn't shown: a model that failed and another that took over. */
  log?: (line: string, facts: Record<string, unknown>) => void;
}

/** What a server is thought to read at once when nothing says so. Where that is too much, it complains. */
const assumedWindow = 32_000;
/** What is sent at most, however large the window: long histories cost money on every turn. */
const usualContext = 200_000;
const reservedForAnswer = 4_096;

/** Answers with the models of the catalog. */
export function createModelRuntime({
  models,
  ask,
  exceeded = () => null,
  log = () => {},
}: ModelRuntimeOptions): AgentRuntime {
  /** Tokens that models turned out to take, by reference. */
  const learned = new Map<string, number>();

  return {
    id: "model",
    describe({ model, agentId }) {
      const catalog = models();
      const ref = model ?? catalog.primary(agentId);
      const found = ref === null ? null : catalog.resolve(ref);
      if (found !== null) return { provider: found.provider, model: found.model };
      const slash = ref?.indexOf("/") ?? -1;
      return {
        provider: ref?.slice(0, Math.max(0, slash)) || "none",
        model: ref?.slice(slash + 1) || "none",
      };
    },
    run(request, signal) {
      const left = new AbortController();
      const { push, end, reader } = createEventPipe(() => left.abort());
      answer(request, AbortSignal.any([signal, left.signal]), push)
        // A bug of ours, or a library that doesn't load: still a sentence, and never an exception.
        .catch((error: unknown) => failed(unexpected(error, request.model ?? "The model"), false))
        .then((outcome) => {
          push(outcome.end);
          end();
        });
      return reader;
    },
  };

  async function answer(
    request: RunRequest,
    signal: AbortSignal,
    emit: (event: RunEvent) => void,
  ): Promise<Outcome> {
    if (signal.aborted) return { end: { t: "end", reason: "aborted" }, committed: false };
    const catalog = models();
    const chosen = request.model ?? catalog.primary(request.agentId);
    const first = chosen === null ? null : catalog.resolve(chosen);
    if (first === null) return failed(noModel(chosen), false);
    const { ref: chosenRef } = first;
    const others = new Map<string, ResolvedModel>();
    for (const ref of catalog.fallbacks(request.agentId)) {
      const found = catalog.resolve(ref);
      if (found !== null && found.ref !== first.ref) others.set(found.ref, found);
    }
    const { timeoutMs } = request.limits;
    const deadline = timeoutMs > 0 ? performance.now() + timeoutMs : null;
    const { tools, results = [], answerFormat: format } = request;
    const fixed =
      textTokens(request.system) +
      tokensOf(request.input) +
      results.reduce((sum, { content }) => sum + tokensOf(content), 0) +
      (tools === undefined ? 0 : textTokens(JSON.stringify(tools.tools))) +
      (format === undefined ? 0 : textTokens(JSON.stringify(format)));
    let past: Recollection | null = null;
    return await withFallback([first, ...others.values()], fitted);

    async function fitted(model: ResolvedModel, before: PlainError | null): Promise<Outcome> {
      const spent = isPaid(model) ? exceeded() : null;
      if (spent !== null) return failed(overBudget(model, spent), false);
      const window = windowOf(model, catalog.contextTokens, request.sampling?.maxTokens);
      past ??= await recollect(model, Math.max(0, window - fixed));
      if (signal.aborted) return { end: { t: "end", reason: "aborted" }, committed: false };
      const { messages: history, summary, omitted } = past;
      const note = summary === null ? "" : summaryNote(summary);
      const room = Math.max(0, window - fixed - textTokens(note));
      let sent = 0;
      async function attempt(share: number): Promise<Outcome> {
        const fit = fitHistory(history, Math.floor(room * share));
        sent = fit.tokens;
        const notes = [note, fit.dropped || omitted ? droppedNote : ""].filter((text) => text !== "");
        const outcome = await ask({
          model,
          system: [request.system, ...notes].join("\n\n").trim(),
          messages: toModelMessages([...fit.messages, ...results], request.input, {
            seesImages: model.input.includes("image"),
            knowsTools: tools !== undefined,
          }),
          ...(tools === undefined ? {} : { tools }),
          thinking: request.thinking ?? null,
          ...(request.sampling === undefined ? {} : { sampling: request.sampling }),
          ...(format === undefined ? {} : { format }),
          signal,
          deadline,
          ...(before === null ? {} : { standsIn: { instead: chosenRef, error: before } }),
          emit,
        });
        if (share < 1 && !isTooLong(outcome)) learned.set(model.ref, fixed + textTokens(note) + fit.tokens);
        return outcome;
      }
      const outcome = await withLessHistory(attempt, () => sent > 0);
      if (outcome.end.reason === "error") {
        const { kind, detail } = outcome.end.error;
        log("model failed", { model: model.ref, kind, detail });
      }
      return outcome;
    }

    async function recollect(model: ResolvedModel, budget: number): Promise<Recollection> {
      const { history } = request;
      if (!("recall" in history)) return { messages: history, summary: null, omitted: false };
      return await history.recall(budget, async (fading) => {
        const made = await summarise(ask, { model, fading, signal, deadline, emit });
        if (typeof made === "string") return made;
        if (!signal.aborted) log("older turns could not be summarised", { model: model.ref, ...made });
        return null;
      });
    }
  }

  /** Tokens that a request may have, with room left for the answer. */
  function windowOf(model: ResolvedModel, contextTokens: number | null, asked = reservedForAnswer): number {
    const window = Math.min(model.contextWindow ?? assumedWindow, contextTokens ?? usualContext);
    const most = window - Math.min(model.maxTokens ?? asked, Math.floor(window / 4));
    return Math.min(most, learned.get(model.ref) ?? Number.POSITIVE_INFINITY);
  }
}
