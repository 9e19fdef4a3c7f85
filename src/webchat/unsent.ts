import type { ImagePart } from "./rows.ts";
import { recallHere, rememberHere } from "./storage.ts";

const unsentOf = (sessionKey: string) => `moltbot.unsent.${sessionKey}`;

/** A message that the gateway has not confirmed. */
export interface Unsent {
  runId: string;
  at: number;
  text: string;
  images: readonly ImagePart[];
}

/** What this tab had sent without an answer when it was reloaded. */
export function unsent(sessionKey: string): Unsent[] {
  const stored = recallHere(unsentOf(sessionKey));
  if (stored === null) return [];
  try {
    const list: unknown = JSON.parse(stored);
    return Array.isArray(list)
      ? list.filter(isUnsent).map((each) => ({ ...each, images: each.images ?? [] }))
      : [];
  } catch {
    return [];
  }
}

/**
 * Keeps the messages that wait for an answer, so that a reload loses none of them. False: they are more than the
 * browser keeps.
 */
export function keepUnsent(sessionKey: string, messages: readonly Unsent[]): boolean {
  return rememberHere(unsentOf(sessionKey), messages.length === 0 ? "" : JSON.stringify(messages));
}

/** Pages of earlier versions kept no pictures. */
function isUnsent(value: unknown): value is Omit<Unsent, "images"> & Partial<Pick<Unsent, "images">> {
  if (typeof value !== "object" || value === null) return false;
  const { runId, text, at, images } = value as Record<string, unknown>;
  const hasImages = images === undefined || Array.isArray(images);
  return typeof runId === "string" && typeof text === "string" && typeof at === "number" && hasImages;
}
