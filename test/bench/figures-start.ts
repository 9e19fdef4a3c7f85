import { openCrowd } from "./crowd.ts";
import { defineFigure } from "./figure.ts";
import { healthRequest, sendRequests } from "./requests.ts";

/** How long a server is left alone before its memory is read. */
const settleMs = 2_000;

export const start = defineFigure({
  name: "start",
  times: 3,
  bare: true,
  rows: {
    hello: {
      says: "spawn to first hello-ok, nothing on disk yet",
      unit: "ms",
      goal: { of: "ours", atMost: 30 },
      steady: false,
    },
    cpu: { says: "CPU used until then", unit: "ms", goal: { of: "ours", atMost: 25 }, steady: true },
  },
  async measure(bench) {
    await using subject = await bench.start();
    using _crowd = await openCrowd(subject, { count: 1, mode: "cli" });
    const cpu = subject.cpuMs();
    return { hello: performance.now() - subject.spawnedAt, cpu };
  },
});

export const memory = defineFigure({
  name: "memory",
  bare: true,
  rows: {
    idle: {
      says: "memory (RSS) 2 s after the start",
      unit: "MB",
      goal: { of: "ours", atMost: 45 },
      steady: true,
    },
    after: {
      says: "memory after 1,000 connects and 50,000 requests",
      unit: "MB",
      goal: { of: "ours", atMost: 60 },
      steady: true,
    },
    peak: { says: "the most it was in between", unit: "MB", steady: true },
  },
  async measure(bench) {
    await using subject = await bench.start();
    await Bun.sleep(settleMs);
    const idle = subject.memory().now;
    {
      using crowd = await openCrowd(subject, { count: 1_000, mode: "cli" });
      await sendRequests(crowd, crowd.clients, healthRequest, 50_000);
    }
    await Bun.sleep(settleMs);
    const { now: after, peak } = subject.memory();
    return { idle, after, peak };
  },
});

export const size = defineFigure({
  name: "size",
  bare: true,
  rows: {
    executable: {
      says: "size of the executable",
      unit: "MB",
      goal: { of: "ours", atMost: 140 },
      steady: true,
    },
  },
  measure: async ({ executableBytes }) => ({ executable: executableBytes / 1e6 }),
});
