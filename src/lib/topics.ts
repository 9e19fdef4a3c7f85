/** What a connection can ask to hear: changes of all sessions, or the messages of one. */
export type Topic = "sessions" | `messages ${string}`;

/** The messages of the session with this key, in its one spelling. */
export function messagesOf(key: string): Topic {
  return `messages ${key}`;
}
