/** Waits that double from one second to a minute, each a little different so that many do not come back together. */
export function backoffMs(attempt: number): number {
  const full = Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6));
  return Math.round(full * (0.75 + Math.random() * 0.25));
}
