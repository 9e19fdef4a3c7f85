/** A random UUID. */
export function uuid(): string {
  return crypto.randomUUID();
}

/** A UUID that sorts by when it was made (version 7): rows that are kept by it lie side by side. */
export function orderedUuid(): string {
  return Bun.randomUUIDv7();
}

/** Eight hex characters: the original's form for message ids. */
export function shortId(): string {
  return crypto.randomUUID().slice(0, 8);
}
