import type { ModelCatalog, ResolvedModel } from "./catalog.ts";
import { droppedNote, fitHistory, textTokens, tokensOf } from "./context.ts";
import { cutOff, emptyAnswer, noModel, refusal, timedOut, toPlainError, unexpected } from "./failures.ts";
import { toModelMessages } from "./messages.ts";
import { loadModelLibrary, type ModelLibrary, type StreamPart, type StreamParts } from "./model-library.ts";
import { type Attempt, type Ending, isTooLong, withFallback, withLessHistory } from "./retries.ts";
import type { AgentRuntime, PlainError, RunRequest } from "./runtime.ts";

export interface ModelRuntimeOptions {
  /** Asked anew for every run, so that a changed config counts at once. */
  models: () => ModelCatalog;
  /** Takes one line about what a reader isn't shown: a model that failed and another that took over. */
  log?: (line: string, facts: Record<string, unknown>) => void;
  /** The longest silence of a server between two pieces of an answer. */
  silenceMs?: number;
}

/** What a server is thought to read at once when nothing says so. Where that is too much, it complains. */
const assumedWindow = 32_000;
/** What is sent at most, however large the window: long histories cost money on every turn. */
const usualContext = 200_000;
const reservedForAnswer = 4_096;
const longestTimer = 2 ** 31 - 1;

/** Answers with the models of the catalog. The libraries behind it are loaded by the first run, not before. */
export function createModelRuntime({
  models,
  log = () => {},
  silenceMs = 180_000,
}: ModelRuntimeOptions): AgentRuntime {
  /** Tokens that models turned out to take, by reference. */
  const learned = new Map<string, number>();
  let library: Promise<ModelLibrary> | null = null;

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
    async *run(request, signal) {
      let end: Ending;
      try {
        ({ end } = yield* answer(request, signal));
      } catch (error) {
        // A bug of ours, or a library that doesn't load: still a sentence, and never an exception.
        end = { t: "end", reason: "error", error: unexpected(error, request.model ?? "The model") };
      }
      yield end;
    },
  };

  async function* answer(request: RunRequest, signal: AbortSignal): Attempt {
    if (signal.aborted) return { end: { t: "end", reason: "aborted" }, committed: false };
    const catalog = models();
    const chosen = request.model ?? catalog.primary(request.agentId);
    const first = chosen === null ? null : catalog.resolve(chosen);
    if (first === null) return failed(noModel(chosen), false);
    library ??= loadModelLibrary();
    const { open } = await library.catch((cause: unknown) => {
      library = null;
      throw cause;
    });
    const others = new Map<string, ResolvedModel>();
    for (const ref of catalog.fallbacks(request.agentId)) {
      const found = catalog.resolve(ref);
      if (found !== null && found.ref !== first.ref) others.set(found.ref, found);
    }
    const deadline = request.limits.timeoutMs > 0 ? performance.now() + request.limits.timeoutMs : null;
    return yield* withFallback([first, ...others.values()], fitted);

    async function* fitted(model: ResolvedModel, isFallback: boolean): Attempt {
      const fixed = textTokens(request.system) + tokensOf(request.input);
      const window = Math.min(windowOf(model, catalog.contextTokens), learned.get(model.ref) ?? Infinity);
      let sent = 0;
      async function* attempt(share: number): Attempt {
        const fit = fitHistory(request.history, Math.max(0, Math.floor((window - fixed) * share)));
        sent = fit.tokens;
        const system = fit.dropped ? `${request.system}\n\n${droppedNote}`.trim() : request.system;
        const messages = toModelMessages(fit.messages, request.input, model.input.includes("image"));
        const start = (abort: AbortSignal) =>
          open({ model, system, messages, thinking: request.thinking ?? null, signal: abort });
        const outcome = yield* listen({ model, start, signal, deadline, silenceMs, announce: isFallback });
        if (share < 1 && !isTooLong(outcome)) learned.set(model.ref, fixed + fit.tokens);
        return outcome;
      }
      const outcome = yield* withLessHistory(attempt, () => sent > 0);
      if (outcome.end.reason === "error") {
        const { kind, detail } = outcome.end.error;
        log("model failed", { model: model.ref, kind, detail });
      }
      return outcome;
    }
  }
}

/** Tokens that a request may have, with room left for the answer. */
function windowOf(model: ResolvedModel, contextTokens: number | null): number {
  const window = Math.min(model.contextWindow ?? assumedWindow, contextTokens ?? usualContext);
  return window - Math.min(model.maxTokens ?? reservedForAnswer, Math.floor(window / 4));
}

interface Listening {
  model: ResolvedModel;
  start: (signal: AbortSignal) => StreamParts;
  signal: AbortSignal;
  /** On the clock of `performance.now()`. */
  deadline: number | null;
  silenceMs: number;
  /** Name the model before its first word. */
  announce: boolean;
}

const stopped = Symbol("stopped");

/** One request: its parts as run events, and an end that always comes, whatever the library or the server does. */
async function* listen({ model, start, signal, deadline, silenceMs, announce }: Listening): Attempt {
  const cancel = new AbortController();
  let why: Ending | null = null;
  let wake: (value: typeof stopped) => void = () => {};
  const stop = (end: Ending) => {
    why ??= end;
    cancel.abort();
    wake(stopped);
  };
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

  let committed = false;
  let reason: string | undefined;
  let parts: AsyncIterator<StreamPart> | null = null;
  try {
    if (signal.aborted) onAbort();
    watch();
    const iterator = start(cancel.signal)[Symbol.asyncIterator]();
    parts = iterator;
    for (;;) {
      if (why !== null) return { end: why, committed };
      const next = await new Promise<IteratorResult<StreamPart> | typeof stopped>((resolve, reject) => {
        wake = resolve;
        iterator.next().then(resolve, reject);
      });
      if (next === stopped || why !== null) continue;
      if (next.done === true) break;
      heardAt = performance.now();
      const part = next.value;
      if (part.type === "text-delta" || part.type === "reasoning-delta") {
        if (part.text === "") continue;
        if (announce) yield { t: "model", provider: model.provider, model: model.model };
        announce = false;
        if (part.type === "text-delta") {
          committed = true;
          yield { t: "text", delta: part.text };
        } else yield { t: "reasoning", delta: part.text };
      } else if (part.type === "finish") {
        reason = part.rawFinishReason === "stop" ? "stop" : part.finishReason;
        const { inputTokens, outputTokens, inputTokenDetails: cached } = part.totalUsage;
        if (inputTokens !== undefined || outputTokens !== undefined) {
          yield {
            t: "usage",
            input: inputTokens ?? 0,
            output: outputTokens ?? 0,
            ...(cached.cacheReadTokens === undefined ? {} : { cacheRead: cached.cacheReadTokens }),
            ...(cached.cacheWriteTokens === undefined ? {} : { cacheWrite: cached.cacheWriteTokens }),
          };
        }
      } else if (part.type === "error") return failed(toPlainError(part.error, model, committed), committed);
    }
    return { end: endOf(reason, model, committed), committed };
  } catch (error) {
    return why === null ? failed(toPlainError(error, model, committed), committed) : { end: why, committed };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    // Also when the reader walks away: the server must not go on writing for nobody.
    cancel.abort();
    parts?.return?.(undefined).catch(() => {});
  }
}

function endOf(reason: string | undefined, model: ResolvedModel, spoke: boolean): Ending {
  const error = (plain: PlainError): Ending => ({ t: "end", reason: "error", error: plain });
  if (reason === "content-filter") return error(refusal(model));
  if (reason === "interrupted" || reason === undefined)
    return error(spoke ? cutOff(model) : emptyAnswer(model));
  if (!spoke) return error(emptyAnswer(model));
  return { t: "end", reason: reason === "length" ? "length" : "stop" };
}

function failed(error: PlainError, committed: boolean): { end: Ending; committed: boolean } {
  return { end: { t: "end", reason: "error", error }, committed };
}
