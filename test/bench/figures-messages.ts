import { Database } from "bun:sqlite";
import { join } from "node:path";
import { type FakeTelegram, startTelegram } from "../fakes/telegram.ts";
import { defineFigure } from "./figure.ts";

const owner = 77;
/** Each writes once: Telegram takes only so many messages a second in one chat. */
const owners = Array.from({ length: 210 }, (_, index) => owner + index);
const idleMs = 10_000;
const perSecond = 500;
const conversations = 100;
const loadSeconds = 10;
const patienceMs = 30_000;

/** A bot that everybody may write to; only its owners are answered, by the built-in helper at once. */
function configFor({ token, url }: FakeTelegram): Record<string, unknown> {
  const policy = { dmPolicy: "open", allowFrom: [...owners, "*"], ackReaction: "" };
  return {
    session: { dmScope: "per-channel-peer" },
    channels: { telegram: { botToken: token, apiRoot: url, messagesPerSecond: 10_000, ...policy } },
  };
}

export const messages = defineFigure({
  name: "messages",
  bare: false,
  rows: {
    reply: {
      says: "message at Telegram to the call that sends its reply, p50 of 200, with an instant agent",
      unit: "ms",
      goal: { of: "ours", atMost: 25 },
      steady: false,
    },
    slowest: { says: "the same, p99", unit: "ms", steady: false },
    idle: {
      says: "CPU while a Telegram account waits for messages",
      unit: "%",
      goal: { of: "ours", atMost: 1 },
      steady: true,
    },
  },
  async measure(bench) {
    await using telegram = await startTelegram();
    await using subject = await bench.start({ config: configFor(telegram) });
    await telegram.called("getUpdates", 2);
    const took: number[] = [];
    for (const [count, from] of owners.entries()) {
      const before = telegram.ours(from).length;
      const asked = performance.now();
      telegram.say({ from, text: "hello" });
      await telegram.until(() => telegram.ours(from).length > before);
      // The first ones load what is loaded when first needed.
      if (count >= 10) took.push(performance.now() - asked);
    }
    await Bun.sleep(1_000);
    const cpu = subject.cpuMs();
    await Bun.sleep(idleMs);
    const idle = ((subject.cpuMs() - cpu) / idleMs) * 100;
    return { reply: percentile(took, 0.5), slowest: percentile(took, 0.99), idle };
  },
});

export const load = defineFigure({
  name: "load",
  bare: false,
  rows: {
    delay: {
      says: `${perSecond} messages a second over ${conversations} conversations: how long others wait (p99)`,
      unit: "ms",
      goal: { of: "ours", atMost: 50 },
      steady: false,
    },
    behind: {
      says: "the same: until the last message is on the disk",
      unit: "ms",
      goal: { of: "ours", atMost: 1_000 },
      steady: false,
    },
    cpu: { says: "the same: CPU per message", unit: "µs", steady: false },
  },
  async measure(bench) {
    await using telegram = await startTelegram();
    await using subject = await bench.start({ config: configFor(telegram) });
    await telegram.called("getUpdates", 2);
    const waits: number[] = [];
    let isOver = false;
    const watch = (async () => {
      while (!isOver) {
        const asked = performance.now();
        await (await fetch(`http://127.0.0.1:${subject.port}/healthz`)).text();
        waits.push(performance.now() - asked);
        await Bun.sleep(5);
      }
    })();
    const cpu = subject.cpuMs();
    const total = perSecond * loadSeconds;
    const startedAt = performance.now();
    for (let said = 0; said < total; ) {
      const due = Math.min(total, Math.ceil(((performance.now() - startedAt) * perSecond) / 1_000));
      for (; said < due; said += 1) {
        const from = 1_000 + (said % conversations);
        telegram.say({ chat: from, from, text: `message ${said}` });
      }
      await Bun.sleep(2);
    }
    const endedAt = performance.now();
    // What is confirmed to Telegram is on the disk.
    while (telegram.updates.pending.length > 0) {
      if (performance.now() - endedAt > patienceMs) throw new Error("the gateway does not keep up");
      await Bun.sleep(2);
    }
    const behind = performance.now() - endedAt;
    isOver = true;
    await watch;
    const cost = ((subject.cpuMs() - cpu) * 1_000) / total;
    using db = new Database(join(subject.stateDir, "moltbot.db"), { readonly: true });
    const kept = db.query<{ n: number }, []>("SELECT count(*) AS n FROM inbound").get()?.n;
    if (kept !== total) throw new Error(`${total} messages came in, ${kept} were kept`);
    return { delay: percentile(waits, 0.99), behind, cpu: cost };
  },
});

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
