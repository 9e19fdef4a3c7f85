import type { ConversationRef } from "./channel.ts";

const kinds = ["direct", "group", "channel"] as const;

/** A conversation as one string, for rows and maps: `direct/4711`, `group/-100/12`. */
export function conversationText({ kind, id, thread }: ConversationRef): string {
  const base = `${kind}/${encodeURIComponent(id)}`;
  return thread === undefined ? base : `${base}/${encodeURIComponent(thread)}`;
}

/** Back from `conversationText`; null for what that never wrote. */
export function conversationOf(text: string): ConversationRef | null {
  const [kind, id, thread, ...rest] = text.split("/");
  const known = kinds.find((each) => each === kind);
  if (known === undefined || id === undefined || id === "" || rest.length > 0) return null;
  const ref = { kind: known, id: decodeURIComponent(id) };
  return thread === undefined ? ref : { ...ref, thread: decodeURIComponent(thread) };
}
