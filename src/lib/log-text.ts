import { isSecret, redactedMarker, redactForms, redactValues } from "./redact.ts";

export type Fields = Record<string, unknown>;

const fieldLength = 256;
const messageLength = 1024;
const stackLength = 4096;

/** Control characters, line separators and direction marks: with them a line could pose as another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** What goes into the log of one text: no secret, no control character, no more than it may be long. */
export function cleanText(text: string, secrets: Iterable<string>, length: number): string {
  // Cut only after the secrets are out: half a secret is not recognised.
  const bare = redactForms(redactValues(text.slice(0, length * 16), secrets));
  const escaped = bare.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return escaped.length <= length ? escaped : `${escaped.slice(0, length - 1)}…`;
}

export function cleanMessage(message: string, secrets: Iterable<string>): string {
  return cleanText(message, secrets, messageLength);
}

/** Fields as they are written: numbers and truth values as they are, everything else as clean text. */
export function cleanFields(
  fields: Fields,
  secrets: Iterable<string>,
): Record<string, string | number | boolean> {
  const clean: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || key === "__proto__") continue;
    const name = cleanText(key, secrets, 64);
    if (isSecret(key, value)) clean[name] = redactedMarker;
    else if (typeof value === "boolean" || Number.isFinite(value)) clean[name] = value as boolean | number;
    else clean[name] = cleanText(toText(value), secrets, fieldLength);
    if (value instanceof Error) Object.assign(clean, stackOf(value, secrets));
  }
  return clean;
}

function toText(value: unknown): string {
  if (typeof value === "string" || typeof value === "bigint") return String(value);
  if (value instanceof Error) return causes(value);
  try {
    return JSON.stringify(value, hideSecrets) ?? String(value);
  } catch {
    // A cycle, or a getter that throws.
    return "[unreadable]";
  }
}

function hideSecrets(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return isSecret(key, value) ? redactedMarker : value;
}

function causes(error: Error): string {
  const own = `${error.name}: ${error.message}`;
  return error.cause instanceof Error && error.cause !== error ? `${own} < ${error.cause.message}` : own;
}

function stackOf(error: Error, secrets: Iterable<string>): { stack?: string } {
  const frames = error.stack?.split("\n").filter((line) => /^\s+at |@/.test(line));
  if (frames === undefined || frames.length === 0) return {};
  const text = frames.map((line) => line.trim()).join(" | ");
  return { stack: cleanText(text, secrets, stackLength) };
}

/** `message key=value …`, without the stack. */
export function toSentence(message: string, fields: Record<string, string | number | boolean>): string {
  const parts = Object.entries(fields)
    .filter(([key]) => key !== "stack")
    .map(([key, value]) => `${key}=${/[\s="]/.test(String(value)) ? JSON.stringify(value) : value}`);
  return [message, ...parts].join(" ");
}
