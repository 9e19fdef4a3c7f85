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
    echo: {
      says: "… the same, beside a bare server that parses the frame and sends an answer as long",
      unit: "µs",
      goal: { of: "ratio", atMost: 1.7 },
      steady: true,
    },
  },
  async measure(bench) {
    await using subject = await bench.start();
    using crowd = await openCrowd(subject, { count: 50, mode: "cli" });
    await sendRequests(crowd, crowd.clients, healthRequest, 10_000);
    const cpu = await costOfRequests(subject, crowd, { frame: healthRequest, count: 20_000 });
    return { cpu, echo: cpu };
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
