import type { AnswerFormat } from "#protocol/domains/agents.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Ask, Ending } from "./asking.ts";
import type { Failure } from "./failure.ts";
import type { Order } from "./order.ts";
import { isObject } from "./program-request.ts";
import type { Done } from "./reply.ts";
import { createEventStream, stillHere } from "./sse.ts";
import { settledPart, untilStop } from "./stop.ts";

/** As the answer to a request, or why there is none. */
export type Outcome = { whole: object } | { failed: Failure };

export interface Streaming {
  body: ReadableStream<Uint8Array>;
  /** Resolves when nothing more will be sent. */
  over: Promise<void>;
}

/** What programs read where an agent said nothing. */
const silence = "No response from Moltbot.";
/** A run that fails within this time still answers with a status of its own. */
const firstWordWithinMs = 10_000;
const signOfLifeMs = 15_000;

/** Runs an order and answers when it is done. */
export async function atOnce({ params, reply, stops }: Order, ask: Ask, caller: Caller): Promise<Outcome> {
  const ending = inForm(await ask(params, caller).ending, params.answerFormat);
  return ending.is === "done" ? { whole: reply.whole(spoken(ending, stops)) } : { failed: ending };
}

/** Runs an order and hands its words on as they come; `leave` is called when the reader is gone or too slow. */
export async function asStream(
  { params, reply, stops }: Order,
  ask: Ask,
  caller: Caller,
  leave: () => void,
): Promise<Streaming | { failed: Failure }> {
  const asked = ask(params, caller);
  const ended = asked.ending.then((ending) => inForm(ending, params.answerFormat));
  const firstWord = Promise.withResolvers<null>();
  asked.onText(() => firstWord.resolve(null));
  const timer = setTimeout(() => firstWord.resolve(null), firstWordWithinMs);
  const early = await Promise.race([firstWord.promise, ended]);
  clearTimeout(timer);
  if (early?.is === "failed") return { failed: early };

  const stream = createEventStream(leave);
  let sent = "";
  stream.send(reply.begin());
  asked.onText((soFar) => {
    const text = settledPart(soFar, stops);
    if (text.length <= sent.length) return;
    stream.send(reply.delta(text.slice(sent.length)));
    sent = text;
  });
  const lives = setInterval(() => stream.send([stillHere]), signOfLifeMs);
  const over = ended.then((ending) => {
    clearInterval(lives);
    if (ending.is === "failed") {
      stream.finish(reply.breakOff(ending));
      return;
    }
    // What was streamed stands as it was read; what comes all at once, such as a repeat, is streamed whole.
    const last = spoken(ending, stops);
    // What waited to be a stop, and was none, is told now.
    const isMore = (sent === "" || stops.length > 0) && last.text.startsWith(sent);
    const rest = isMore ? last.text.slice(sent.length) : "";
    const told = rest === "" ? [] : reply.delta(rest);
    stream.finish([...told, ...reply.end({ ...last, text: sent + rest })]);
  });
  return { body: stream.body, over };
}

/** Programs parse what they asked for in JSON, so that what is none has failed. */
function inForm(ending: Ending, format: AnswerFormat | undefined): Ending {
  if (format === undefined || ending.is === "failed" || ending.cutOff || ending.calls.length > 0)
    return ending;
  if (isJson(ending.text, format)) return ending;
  const message = `${ending.answeredBy} did not answer in JSON; it may not know how to be held to it: ask for it in the prompt, or ask another model`;
  return { is: "failed", status: 500, type: "api_error", code: "invalid_json", message };
}

/** A schema may be of any value; without one it is an object. */
function isJson(text: string, { schema }: AnswerFormat): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return schema !== undefined || isObject(value);
  } catch {
    return false;
  }
}

function spoken(ending: Done, stops: readonly string[]): Done {
  // What the limit cut before its first word is empty, and says why it ended.
  if (ending.text === "" && ending.calls.length === 0 && !ending.cutOff) return { ...ending, text: silence };
  const text = untilStop(ending.text, stops);
  return text.length === ending.text.length ? ending : { ...ending, text, cutOff: false };
}
