/** A random UUID. */
export function uuid(): string {
  return crypto.randomUUID();
}

/** Eight hex characters: the original's form for message ids. */
export function shortId(): string {
  return crypto.randomUUID().slice(0, 8);
}
