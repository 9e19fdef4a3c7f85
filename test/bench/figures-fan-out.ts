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
      says: `${says}, one a turn: CPU per further client`,
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
    const asking = await costOfAsking(subject, teller);
    using crowd = await openCrowd(subject, { count: listeners, mode: "cli" });
    await crowd.quiet();
    await costOf(subject, teller, crowd, { listeners, events: 1, turns: warmUp });
    const one = await costOf(subject, teller, crowd, { listeners, events: 1, turns: 100 });
    await costOf(subject, teller, crowd, { listeners, events: 16, turns: 5 });
    const sixteen = await costOf(subject, teller, crowd, { listeners, events: 16, turns: 50 });
    return {
      one: (one - asking) / (listeners - 1),
      sixteen: sixteen / (listeners * 16),
    };
  },
});

/**
 * Microseconds for one event with one listener: a request, its checks, and the commit that makes the message durable.
 * The bare server keeps nothing, so this is no part of what its telling is compared with.
 */
async function costOfAsking(subject: Subject, teller: Crowd): Promise<number> {
  using alone = await openCrowd(subject, { count: 1, mode: "cli" });
  await alone.quiet();
  await costOf(subject, teller, alone, { listeners: 1, events: 1, turns: warmUp });
  return await costOf(subject, teller, alone, { listeners: 1, events: 1, turns: 100 });
}

/**
 * Between two turns, for both servers: what a delivery costs depends on how much the machine has done in between, and
 * the gateway lets events rest that follow each other faster.
 */
const everyMs = 30;

/** Turns until what is called in each of them has been compiled for the last time. */
const warmUp = 200;

interface Telling {
  listeners: number;
  /** Asked for in one write. */
  events: number;
  turns: number;
}

/** Microseconds per turn; the next begins when all have got everything of the last. */
async function costOf(subject: Subject, teller: Crowd, crowd: Crowd, { listeners, events, turns }: Telling) {
  const burst = Buffer.concat(Array.from({ length: events }, () => injectRequest));
  const before = subject.cpuMs();
  for (let turn = 0; turn < turns; turn += 1) {
    const delivered = crowd.more("chat", events * listeners);
    const paced = Bun.sleep(everyMs);
    teller.clients[0]?.send(burst);
    await delivered;
    await paced;
  }
  return ((subject.cpuMs() - before) * 1000) / turns;
}
