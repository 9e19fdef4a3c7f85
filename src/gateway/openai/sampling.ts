import type { Sampling } from "#protocol/domains/agents.ts";
import { BadRequest } from "./failure.ts";
import { textOf } from "./program-request.ts";

/** How an answer is to be made: as an agent request says it. */
export interface Wishes {
  sampling: Sampling;
  /** How hard to think; null leaves it to the session. */
  thinking: string | null;
}

interface Range {
  least?: number;
  most?: number;
  isWhole?: true;
}

const tokens: Range = { least: 1, isWhole: true };
const penalty: Range = { least: -2, most: 2 };

/** Of POST /v1/chat/completions; the newer name of the limit counts before the older one. */
export function wishesInChat(body: Record<string, unknown>): Wishes {
  const older = numberIn(body, "max_tokens", tokens);
  return {
    sampling: defined({
      maxTokens: numberIn(body, "max_completion_tokens", tokens) ?? older,
      ...common(body),
      frequencyPenalty: numberIn(body, "frequency_penalty", penalty),
      presencePenalty: numberIn(body, "presence_penalty", penalty),
      seed: numberIn(body, "seed", { isWhole: true }),
    }),
    thinking: levelOf(body.reasoning_effort, "reasoning_effort"),
  };
}

/** Of POST /v1/responses. */
export function wishesInResponses(body: Record<string, unknown>, effort: unknown): Wishes {
  return {
    sampling: defined({ maxTokens: numberIn(body, "max_output_tokens", tokens), ...common(body) }),
    thinking: levelOf(effort, "reasoning.effort"),
  };
}

function common(body: Record<string, unknown>) {
  return {
    temperature: numberIn(body, "temperature", { least: 0, most: 2 }),
    topP: numberIn(body, "top_p", { least: 0, most: 1 }),
  };
}

function numberIn(body: Record<string, unknown>, param: string, range: Range): number | undefined {
  const value = body[param];
  if (value === undefined || value === null) return undefined;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, isWhole } = range;
  const kind = isWhole === true ? "integer" : "decimal";
  const isRight = isWhole === true ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (typeof value !== "number" || !isRight) {
    const wanted = isWhole === true ? "a whole number" : "a number";
    const message = `${param} must be ${wanted}, not ${JSON.stringify(value).slice(0, 100)}`;
    throw new BadRequest(message, { param, code: "invalid_type" });
  }
  if (value < least) {
    const code = `${kind}_below_min_value`;
    throw new BadRequest(`${param} must be at least ${least}, not ${value}`, { param, code });
  }
  if (value > most) {
    const code = `${kind}_above_max_value`;
    throw new BadRequest(`${param} must be at most ${most}, not ${value}`, { param, code });
  }
  return value;
}

const levels: Record<string, string> = {
  none: "off",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "xhigh",
};

function levelOf(effort: unknown, param: string): string | null {
  if (effort === undefined || effort === null) return null;
  const asked = textOf(effort, param);
  const level = Object.hasOwn(levels, asked) ? levels[asked] : undefined;
  if (level !== undefined) return level;
  const message = `${param} must be one of ${Object.keys(levels).join(", ")}, not ${JSON.stringify(asked.slice(0, 100))}`;
  throw new BadRequest(message, { param, code: "invalid_value" });
}

type Maybe<T> = { [K in keyof T]: T[K] | undefined };

function defined(sampling: Maybe<Sampling>): Sampling {
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
}
