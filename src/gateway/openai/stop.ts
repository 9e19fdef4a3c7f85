import { BadRequest } from "./failure.ts";

const most = 4;

/** The words at which an answer ends, which are not part of it. */
export function stopsOf(stop: unknown): string[] {
  const given: unknown[] = Array.isArray(stop) ? stop : stop === undefined || stop === null ? [] : [stop];
  if (given.length <= most && given.every((each) => typeof each === "string" && each !== "")) {
    return given.map(String);
  }
  throw new BadRequest(`stop must be text, or a list of at most ${most}`, { param: "stop" });
}

/** The text before the first of them. */
export function untilStop(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
  return places.length === 0 ? text : text.slice(0, Math.min(...places));
}

/** What of a text that still grows can be told: its end may be the beginning of one of them. */
export function settledPart(text: string, stops: readonly string[]): string {
  const ended = untilStop(text, stops);
  if (ended.length < text.length) return ended;
  const waiting = stops.map((stop) => {
    for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) return length;
    }
    return 0;
  });
  return text.slice(0, text.length - Math.max(0, ...waiting));
}
