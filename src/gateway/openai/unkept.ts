import { BadRequest } from "./failure.ts";
import { isObject } from "./program-request.ts";

/** A key of a body that asks for what an answer would have to keep and cannot. */
interface Unkept {
  param: string;
  /** Whether this value asks for it; never called where the key is absent or null. */
  asks: (value: unknown) => boolean;
  /** What to send in its place. */
  instead: string;
}

const any = () => true;
const words = "an agent answers in words alone";
const topLogprobs: Unkept = {
  param: "top_logprobs",
  asks: (value) => value !== 0,
  instead: "top_logprobs must be 0: the probabilities of words are not known here",
};
const moderation: Unkept = {
  param: "moderation",
  asks: any,
  instead: "moderation is not made here; leave it out",
};

/** Of POST /v1/chat/completions. */
export const unkeptInChat: readonly Unkept[] = [
  { param: "n", asks: (value) => value !== 1, instead: "n must be 1: a run gives one answer" },
  { param: "functions", asks: any, instead: "functions is the older form; send tools" },
  { param: "audio", asks: any, instead: `audio must be left out: ${words}` },
  {
    param: "modalities",
    asks: (value) => !Array.isArray(value) || value.some((each) => each !== "text"),
    instead: `modalities must be ["text"]: ${words}`,
  },
  {
    param: "logprobs",
    asks: (value) => value !== false,
    instead: "logprobs must be false: the probabilities of words are not known here",
  },
  topLogprobs,
  {
    param: "logit_bias",
    asks: (value) => !isObject(value) || Object.keys(value).length > 0,
    instead: "logit_bias must be empty: the tokens of one model are not those of another that may answer",
  },
  {
    param: "web_search_options",
    asks: any,
    instead: "web_search_options must be left out: nothing is searched here; send a tool of your own",
  },
  moderation,
];

/** Of POST /v1/responses. */
export const unkeptInResponses: readonly Unkept[] = [
  {
    param: "background",
    asks: (value) => value !== false,
    instead: "background must be false: the answer comes with the request",
  },
  {
    param: "conversation",
    asks: any,
    instead: "conversation is not kept here; use previous_response_id, user, or a session key header",
  },
  {
    param: "prompt",
    asks: any,
    instead: "prompt names a template, and none are kept here; send its text as instructions",
  },
  topLogprobs,
  {
    param: "truncation",
    asks: (value) => value !== "auto" && value !== "disabled",
    instead: "truncation must be auto or disabled",
  },
  {
    param: "include",
    asks: (value) => Array.isArray(value) && value.includes("message.output_text.logprobs"),
    instead:
      "include cannot have message.output_text.logprobs: the probabilities of words are not known here",
  },
  moderation,
];

/** Refuses a body whose answer would not be what it asks for; what else it has may be passed over. */
export function refuseUnkept(body: Record<string, unknown>, unkept: readonly Unkept[]): void {
  for (const { param, asks, instead } of unkept) {
    const value = body[param];
    if (value !== undefined && value !== null && asks(value)) throw new BadRequest(instead, { param });
  }
}
