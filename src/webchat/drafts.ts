import { recall, recallHere, remember, rememberHere } from "./storage.ts";

const draftOf = (sessionKey: string) => `moltbot.draft.${sessionKey}`;
const unsentOf = (sessionKey: string) => `moltbot.unsent.${sessionKey}`;

/** A message that the gateway has not confirmed. */
export interface Unsent {
  runId: string;
  text: string;
  at: number;
}

export function draft(sessionKey: string): string {
  return recall(draftOf(sessionKey)) ?? "";
}

/** Keeps what is typed but not sent, per session. */
export function keepDraft(sessionKey: string, text: string): void {
  remember(draftOf(sessionKey), text);
}

/** What this tab had sent without an answer when it was reloaded. */
export function unsent(sessionKey: string): Unsent[] {
  const stored = recallHere(unsentOf(sessionKey));
  if (stored === null) return [];
  try {
    const list: unknown = JSON.parse(stored);
    return Array.isArray(list) ? list.filter(isUnsent) : [];
  } catch {
    return [];
  }
}

/** Keeps the messages that wait for an answer, so that a reload loses none of them. */
export function keepUnsent(sessionKey: string, messages: readonly Unsent[]): void {
  rememberHere(unsentOf(sessionKey), messages.length === 0 ? "" : JSON.stringify(messages));
}

function isUnsent(value: unknown): value is Unsent {
  if (typeof value !== "object" || value === null) return false;
  const { runId, text, at } = value as Record<string, unknown>;
  return typeof runId === "string" && typeof text === "string" && typeof at === "number";
}
