import type { Ask } from "./asking.ts";
import type { ResolvedModel } from "./catalog.ts";
import type { PlainError, ProviderUsage } from "./runtime.ts";

/** What came of asking a model one short question. */
export interface ModelVerdict {
  latencyMs: number;
  /** Null where it works. */
  error: PlainError | null;
  usage: ProviderUsage | null;
}

const patienceMs = 30_000;
const answerTokens = 8;

/** Asks for a few tokens, the cheapest way to know whether address, key and model are right. */
export async function testModel(ask: Ask, model: ResolvedModel, signal: AbortSignal): Promise<ModelVerdict> {
  const startedAt = performance.now();
  let usage: ProviderUsage | null = null;
  const outcome = await ask({
    model,
    system: "",
    messages: [{ role: "user", content: [{ type: "text", text: "Say ok." }] }],
    sampling: { maxTokens: answerTokens },
    signal,
    deadline: startedAt + patienceMs,
    emit(event) {
      if (event.t !== "usage") return;
      const { t: _, aside: __, ...counts } = event;
      usage = counts;
    },
  });
  // One that thinks first may have no word left to say, and works all the same.
  const works = outcome.finished === true || outcome.end.reason !== "error";
  return {
    latencyMs: Math.round(performance.now() - startedAt),
    error: works || outcome.end.reason !== "error" ? null : outcome.end.error,
    usage,
  };
}
