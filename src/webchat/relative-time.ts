const steps = [
  { unit: "second", ms: 1_000, upToMs: 60_000 },
  { unit: "minute", ms: 60_000, upToMs: 3_600_000 },
  { unit: "hour", ms: 3_600_000, upToMs: 86_400_000 },
  { unit: "day", ms: 86_400_000, upToMs: Number.POSITIVE_INFINITY },
] as const;

/** How far a time is away, such as “3 minutes ago” or “in 12 seconds”. */
export function relativeTime(at: number, now: number, tag: string): string {
  const away = at - now;
  const step = steps.find(({ upToMs }) => Math.abs(away) < upToMs) ?? steps[3];
  return new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(Math.trunc(away / step.ms), step.unit);
}
