/** When a stop that does not come to its end is ended. */

/** What a stop needs beside the grace that the config gives to runs and answers. */
const besideGraceMs = 1_000;
const leastMs = 5_000;
/** A supervisor kills what stops longer than its service's file allows; it is better to end before, and to say so. */
const launchdMs = 18_000;
const systemdMs = 28_000;

/** How long a stop may take, from its first moment; the platform where its supervisor waits for it. */
export function stopLimitMs(graceMs: number, supervised: NodeJS.Platform | null): number {
  const wanted = Math.max(leastMs, graceMs + besideGraceMs);
  if (supervised === null) return wanted;
  return Math.min(wanted, supervised === "darwin" ? launchdMs : systemdMs);
}
