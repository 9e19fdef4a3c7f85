/** How long and how often things are tried. */
export interface Limits {
  /** How old a message may become before it is given up. */
  maxAgeMs: number;
  /** The pauses between tries: the first, and the longest. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** How long one call may take. */
  textTimeoutMs: number;
  mediaTimeoutMs: number;
  /** How long a platform remembers a key, so that a second send under it shows nothing twice. */
  keyValidMs: number;
  /** How often an unknown outcome is looked into. */
  looks: number;
  /** How often a message asks for an account that is not connected. */
  absentMs: number;
}

/** The limits outside of tests. */
export const usualLimits: Limits = {
  maxAgeMs: 24 * 3_600_000,
  firstPauseMs: 1_000,
  longestPauseMs: 300_000,
  textTimeoutMs: 60_000,
  mediaTimeoutMs: 300_000,
  keyValidMs: 120_000,
  looks: 6,
  absentMs: 15_000,
};

/** How long to wait after so many tries, spread a little; at least as long as the platform says. */
export function pauseAfter(limits: Limits, attempts: number, retryAfterMs = 0): number {
  const pause = Math.min(limits.firstPauseMs * 2 ** (attempts - 1), limits.longestPauseMs);
  return Math.max(retryAfterMs, Math.round(pause * (0.75 + Math.random() / 2)));
}
