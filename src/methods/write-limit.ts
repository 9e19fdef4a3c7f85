import { GatewayError } from "#src/lib/errors.ts";

export interface WriteLimitOptions {
  /** Writes of one caller within the span. */
  most: number;
  windowMs: number;
  now: () => number;
}

/** Counts one write of a caller, or throws where there were too many of late. */
export type WriteLimit = (principal: string) => void;

/** The most callers whose writes are remembered. */
const maxCallers = 1_000;

export function createWriteLimit({ most, windowMs, now }: WriteLimitOptions): WriteLimit {
  const recent = new Map<string, number[]>();

  return (principal) => {
    const time = now();
    const times = (recent.get(principal) ?? []).filter(
      // A write in the future is one before the clock was set back.
      (each) => each > time - windowMs && each <= time,
    );
    const oldest = times[0];
    if (times.length >= most && oldest !== undefined) {
      const retryAfterMs = Math.max(oldest + windowMs - time, 1);
      const [span, wait] = [windowMs / 1000, Math.ceil(retryAfterMs / 1000)];
      const told = {
        en: `too many config writes: ${most} in ${span} s are the most; try again in ${wait} s`,
        zh: `配置写入过于频繁：${span} 秒内最多 ${most} 次；请在 ${wait} 秒后重试`,
      };
      throw new GatewayError("UNAVAILABLE", told, { retryAfterMs });
    }
    times.push(time);
    // The one that wrote last stands last, so the first is the one to forget.
    recent.delete(principal);
    recent.set(principal, times);
    const [first] = recent.keys();
    if (recent.size > maxCallers && first !== undefined) recent.delete(first);
  };
}
