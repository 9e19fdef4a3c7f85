import { type Crowd, openCrowd } from "./crowd.ts";
import { defineFigure } from "./figure.ts";
import { injectRequest } from "./requests.ts";
import type { Subject } from "./subject.ts";

const listeners = 1_000;
const says = "an event to 1,000 clients (`chat`, 300 bytes)";

export const fanOut = defineFigure({
  name: "fan-out",
  bare: true,
  rows: {
    one: {
      says: `${says}, one a turn: CPU per delivery`,
      unit: "µs",
      goal: { of: "ratio", atMost: 1.15 },
      steady: true,
    },
    sixteen: {
      says: "… sixteen a turn",
      unit: "µs",
      goal: { of: "ours", atMost: 1.3 },
      steady: true,
    },
  },
  async measure(bench) {
    await using subject = await bench.start({ withHistory: true });
    using teller = await openCrowd(subject, { count: 1, mode: "cli", scopes: ["operator.admin"] });
    using crowd = await openCrowd(subject, { count: listeners, mode: "cli" });
    await crowd.quiet();
    await costOf(subject, teller, crowd, 1, 20);
    const one = await costOf(subject, teller, crowd, 1, 100);
    await costOf(subject, teller, crowd, 16, 5);
    const sixteen = await costOf(subject, teller, crowd, 16, 50);
    return { one, sixteen };
  },
});

/**
 * Between two turns, for both servers: what a delivery costs depends on how much the machine has done in between, and
 * the gateway lets events rest that follow each other faster.
 */
const everyMs = 30;

/** Microseconds per delivery, with so many events asked for in one write, the next when all have got them. */
async function costOf(subject: Subject, teller: Crowd, crowd: Crowd, events: number, turns: number) {
  const burst = Buffer.concat(Array.from({ length: events }, () => injectRequest));
  const before = subject.cpuMs();
  for (let turn = 0; turn < turns; turn += 1) {
    const delivered = crowd.more("chat", events * listeners);
    const paced = Bun.sleep(everyMs);
    teller.clients[0]?.send(burst);
    await delivered;
    await paced;
  }
  return ((subject.cpuMs() - before) * 1000) / (turns * events * listeners);
}
