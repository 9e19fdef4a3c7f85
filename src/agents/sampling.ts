import type { Sampling } from "#protocol/domains/agents.ts";
import type { ResolvedModel } from "./catalog.ts";
import { isOpenAi } from "./provider-defaults.ts";

/** What of a caller's wishes is sent to this model: its own limit bounds theirs, and what it refuses is left out. */
export function samplingFor(model: ResolvedModel, asked: Sampling = {}): Sampling {
  const limits = [asked.maxTokens, model.maxTokens].filter((limit) => limit !== undefined);
  const limit = limits.length === 0 ? {} : { maxTokens: Math.min(...limits) };
  // OpenAI's reasoning models sample as they see fit, and refuse to be told otherwise.
  if (!model.reasoning || !isOpenAi(model.baseUrl)) return { ...asked, ...limit };
  return { ...limit, ...(asked.seed === undefined ? {} : { seed: asked.seed }) };
}

/** Wishes that an answer does without, by the names that servers use in a refusal. */
const dispensable: Record<string, readonly string[]> = {
  temperature: ["temperature"],
  top_p: ["top_p"],
  frequency_penalty: ["frequency_penalty", "frequencyPenalty"],
  presence_penalty: ["presence_penalty", "presencePenalty"],
  seed: ["seed"],
  reasoning_effort: ["reasoning_effort", "reasoningEffort"],
  reasoning: ["reasoning.effort"],
};
const doesNotTake =
  /unsupported|not supported|does(n't| not) support|unrecognized|unknown (name|parameter|argument|field)|not permitted|extra[_ ](forbidden|inputs)/i;

/**
 * The body as the server may take it, without what it says that it does not; null where it refused something else.
 * Which of a provider's models take which of them is nowhere written down but in these refusals.
 */
export function withoutRefused(
  body: Record<string, unknown>,
  { status, said }: { status: number; said: string },
): Record<string, unknown> | null {
  if ((status !== 400 && status !== 422) || !doesNotTake.test(said)) return null;
  // Elsewhere than at OpenAI, too, some of its models refuse the older name.
  const { max_tokens, ...others } = body;
  if (max_tokens !== undefined && isNamed("max_completion_tokens", said)) {
    return { ...others, max_completion_tokens: max_tokens };
  }
  const left = Object.entries(body).filter(
    ([key, value]) => value === undefined || !dispensable[key]?.some((name) => isNamed(name, said)),
  );
  return left.length === Object.keys(body).length ? null : Object.fromEntries(left);
}

function isNamed(name: string, said: string): boolean {
  return new RegExp(`(?<![\\w.])${RegExp.escape(name)}(?![\\w])`).test(said);
}
