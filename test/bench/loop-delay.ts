/** How often the event loop was no later than so, by upper bound in ms; the last bound is infinite. */
export type Lateness = ReadonlyMap<number, number>;

const bucket = /^moltbot_event_loop_delay_seconds_bucket\{le="(.+)"\} (\d+)$/gm;

/** What the gateway itself has measured of its event loop since it started. */
export async function readLoopDelay({ port }: { port: number }): Promise<Lateness> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (!answer.ok) throw new Error(`/metrics says ${answer.status}`);
  return toLateness(await answer.text());
}

export function toLateness(metrics: string): Lateness {
  return new Map(
    [...metrics.matchAll(bucket)].map(([, le = "", count]) => [
      le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le) * 1_000,
      Number(count),
    ]),
  );
}

/** How late it was at most in this share of the cases between two readings, as evenly spread within its bounds. */
export function lateness(before: Lateness, after: Lateness, share: number): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const);
  const all = counts.at(-1)?.[1] ?? 0;
  if (all === 0) throw new Error("the gateway has measured nothing in between");
  const wanted = all * share;
  let below = { bound: 0, count: 0 };
  for (const [bound, count] of counts) {
    if (count >= wanted) {
      const within = (wanted - below.count) / (count - below.count);
      return bound === Number.POSITIVE_INFINITY ? bound : below.bound + (bound - below.bound) * within;
    }
    below = { bound, count };
  }
  return Number.POSITIVE_INFINITY;
}
