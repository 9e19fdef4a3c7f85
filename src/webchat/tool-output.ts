import type { ImagePart } from "./rows.ts";

/** More of an output than anybody reads on a page, and less than what makes a page slow. */
const SHOWN_CHARACTERS = 20_000;
const BRIEF_CHARACTERS = 80;

/** An output as text, however the tool has wrapped it, and no longer than can be shown. */
export function readable(output: unknown): string {
  const text = unwrapped(output);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}\n…` : text;
}

/** The pictures among what a tool gave. */
export function picturesIn(output: unknown): ImagePart[] {
  const parts = partsOf(output);
  return Array.isArray(parts) ? parts.filter(isPicture) : [];
}

function isPicture(part: unknown): part is ImagePart {
  if (typeof part !== "object" || part === null) return false;
  const { type, data, mimeType } = part as Record<string, unknown>;
  return type === "image" && typeof data === "string" && typeof mimeType === "string";
}

/** Tools give a list of parts, bare or under `content`, or whatever they like. */
function partsOf(output: unknown): unknown {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return output;
  return "content" in output ? output.content : undefined;
}

function unwrapped(output: unknown): string {
  if (output === undefined || output === null) return "";
  if (typeof output === "string") return output;
  const parts = partsOf(output);
  if (Array.isArray(parts) && parts.length > 0 && parts.every(isTextual)) {
    return parts.flatMap(({ text }) => text ?? []).join("\n");
  }
  return JSON.stringify(output, null, 2);
}

/** A text, or a picture that stands beside one. */
function isTextual(part: unknown): part is { text?: string } {
  if (typeof part !== "object" || part === null || !("type" in part)) return false;
  return part.type === "image" || (part.type === "text" && "text" in part && typeof part.text === "string");
}

/** What a tool was asked, in a few words: the first of its arguments that says something. */
export function brief(args: Record<string, unknown> | undefined): string {
  const values = Object.values(args ?? {});
  const first = values.find((value) => typeof value === "string" && value.trim() !== "") ?? values[0];
  if (first === undefined || first === null) return "";
  const text = (typeof first === "string" ? first : JSON.stringify(first)).replace(/\s+/g, " ").trim();
  return text.length > BRIEF_CHARACTERS ? `${text.slice(0, BRIEF_CHARACTERS - 1)}…` : text;
}
