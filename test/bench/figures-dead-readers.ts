import { type Crowd, openCrowd, requestFrame } from "./crowd.ts";
import { defineFigure } from "./figure.ts";
import { spreadOf } from "./report.ts";

const dead = 100;
const good = 50;
const everyMs = 100;
const sessionKey = "agent:main:told";
/** So much in a second that a client that reads nothing is full of it long before two pings go unanswered. */
const told = requestFrame("chat.inject", { sessionKey, message: "lorem ipsum ".repeat(2_500) });
const eventsBefore = 80;
const patienceMs = 80_000;

/** A hundred clients stop reading in one instant while 30 kB events go to all, ten a second. */
export const deadReaders = defineFigure({
  name: "dead-readers",
  once: true,
  bare: false,
  rows: {
    memory: {
      says: "100 clients stop reading while 50 hear 300 kB of events a second: memory more, at the most",
      unit: "MB",
      goal: { of: "ours", atMost: 64 },
      steady: true,
    },
    ended: {
      says: "… until the last of the hundred is ended",
      unit: "s",
      goal: { of: "ours", atMost: 75 },
      steady: true,
    },
    delivery: {
      says: "… an event until all 50 have it: p50, as a multiple of before",
      unit: "×",
      goal: { of: "ours", atMost: 1.2 },
      steady: false,
    },
  },
  async measure(bench) {
    await using subject = await bench.start();
    const scopes = ["operator.read", "operator.admin"];
    using teller = await openCrowd(subject, { count: 1, mode: "cli", scopes });
    await beginSession(teller);
    using listening = await openCrowd(subject, { count: good, mode: "cli" });
    // The dead read until they are dead, so that memory and times before count all of them.
    using dying = await openCrowd(subject, { count: dead, mode: "cli" });
    const before: number[] = [];
    while (before.length < eventsBefore) before.push(await tell(teller, listening));
    await dying.quiet();
    const memoryBefore = subject.memory().now;
    const socketsBefore = subject.sockets();
    for (const client of dying.clients) client.pause();

    const pausedAt = performance.now();
    const after: number[] = [];
    let most = 0;
    while (subject.sockets() > socketsBefore - dead) {
      if (performance.now() - pausedAt > patienceMs) break;
      after.push(await tell(teller, listening));
      most = Math.max(most, subject.memory().now - memoryBefore);
    }
    const ended = (performance.now() - pausedAt) / 1000;
    const delivery = spreadOf(after).median / spreadOf(before).median;
    return { memory: most, ended, delivery };
  },
});

/** Tells everybody; milliseconds until the last of the listeners has heard it. Takes the whole of its time slot. */
async function tell(teller: Crowd, listening: Crowd): Promise<number> {
  const slot = Bun.sleep(everyMs);
  const startedAt = performance.now();
  const heard = listening.more("chat", listening.clients.length);
  teller.clients[0]?.send(told);
  await heard;
  const took = performance.now() - startedAt;
  await slot;
  return took;
}

/** A session exists once something was said in it. */
async function beginSession(teller: Crowd): Promise<void> {
  const answered = teller.more("answer", 2);
  teller.clients[0]?.send(requestFrame("agent", { sessionKey, message: "Hello", idempotencyKey: "first" }));
  await answered;
}
