import { openCrowd } from "./crowd.ts";
import { defineFigure } from "./figure.ts";
import { costOfRequests, healthRequest, historyRequest, sendRequests } from "./requests.ts";

export const health = defineFigure({
  name: "health",
  bare: true,
  rows: {
    cpu: {
      says: "`health`, 50 connections with one in flight: CPU per request",
      unit: "µs",
      goal: { of: "ours", atMost: 14 },
      steady: true,
    },
  },
  async measure(bench) {
    await using subject = await bench.start();
    using crowd = await openCrowd(subject, { count: 50, mode: "cli" });
    await sendRequests(crowd, crowd.clients, healthRequest, 10_000);
    return { cpu: await costOfRequests(subject, crowd, { frame: healthRequest, count: 20_000 }) };
  },
});

export const history = defineFigure({
  name: "history",
  bare: true,
  rows: {
    cpu: {
      says: "`chat.history`, the last 200 of 100,000 messages: CPU per request",
      unit: "µs",
      goal: { of: "ours", atMost: 300 },
      steady: true,
    },
  },
  async measure(bench) {
    await using subject = await bench.start({ withHistory: true });
    using crowd = await openCrowd(subject, { count: 1, mode: "cli" });
    await sendRequests(crowd, crowd.clients, historyRequest, 500);
    return { cpu: await costOfRequests(subject, crowd, { frame: historyRequest, count: 1_000 }) };
  },
});
