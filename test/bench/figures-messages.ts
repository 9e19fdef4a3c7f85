import { Database } from "bun:sqlite";
import { join } from "node:path";
import { type FakeTelegram, startTelegram } from "../fakes/telegram.ts";
import { defineFigure } from "./figure.ts";
import { lateness, readLoopDelay } from "./loop-delay.ts";

const owner = 77;
const idleMs = 10_000;
const perSecond = 500;
const conversations = 100;
/** Long enough for a share of the looks that the gateway takes at its event loop, two a second. */
const loadSeconds = 20;
/** A busy machine gets a figure, too, even if a bad one. */
const patienceMs = 180_000;

/** A bot of these people, each of whose messages the built-in helper answers at once. */
function configFor({ token, url }: FakeTelegram, allowFrom: readonly number[]): Record<string, unknown> {
  // What is measured is the gateway, not how long Telegram's own limits make it wait.
  const policy = { allowFrom, ackReaction: "", messagesPerSecond: 0 };
  return {
    gateway: { http: { endpoints: { metrics: { enabled: true } } } },
    session: { dmScope: "per-channel-peer" },
    messages: { queue: { mode: "followup" } },
    channels: { telegram: { botToken: token, apiRoot: url, ...policy } },
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
    await using subject = await bench.start({ config: configFor(telegram, [owner]) });
    await telegram.called("getUpdates", 2);
    const took: number[] = [];
    for (let count = 0; count < 210; count += 1) {
      const before = telegram.ours(owner).length;
      const asked = performance.now();
      telegram.say({ from: owner, text: "hello" });
      await telegram.until(() => telegram.ours(owner).length > before);
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
    median: {
      says: `${perSecond} messages a second over ${conversations} conversations, each answered: until its reply is sent, p50`,
      unit: "ms",
      steady: false,
    },
    slowest: { says: "the same, p99", unit: "ms", steady: false },
    delay: {
      says: "the same: how late the gateway finds its event loop, p99",
      unit: "ms",
      goal: { of: "ours", atMost: 50 },
      steady: false,
    },
    behind: {
      says: "the same: from the last message to the last reply, everything on the disk",
      unit: "ms",
      goal: { of: "ours", atMost: 1_000 },
      steady: false,
    },
    cpu: { says: "the same: CPU per message and its reply", unit: "µs", steady: false },
  },
  async measure(bench) {
    await using telegram = await startTelegram();
    const people = Array.from({ length: conversations }, (_, nth) => 1_000 + nth);
    await using subject = await bench.start({ config: configFor(telegram, people) });
    await telegram.called("getUpdates", 2);
    const write = (from: number, text: string) => telegram.say({ chat: from, from, text });
    const replies = () => people.reduce((sum, id) => sum + telegram.ours(id).length, 0);
    // The first ones load what is loaded when first needed.
    for (const from of people) write(from, "hello");
    await telegram.until(() => replies() === conversations);
    telegram.calls.length = 0;
    const before = await readLoopDelay(subject);
    const cpu = subject.cpuMs();
    const total = perSecond * loadSeconds;
    const saidAt = new Map(people.map((id) => [id, [] as number[]]));
    const startedAt = performance.now();
    for (let said = 0; said < total; ) {
      const due = Math.min(total, Math.ceil(((performance.now() - startedAt) * perSecond) / 1_000));
      for (; said < due; said += 1) {
        const from = people[said % conversations] ?? 0;
        saidAt.get(from)?.push(Date.now());
        write(from, `message ${said}`);
      }
      await Bun.sleep(2);
    }
    const endedAt = performance.now();
    while (replies() < conversations + total) {
      if (performance.now() - endedAt > patienceMs)
        throw new Error(`the gateway does not keep up: ${replies()} of ${total} were answered`);
      await Bun.sleep(2);
    }
    const behind = performance.now() - endedAt;
    const cost = ((subject.cpuMs() - cpu) * 1_000) / total;
    const delay = lateness(before, await readLoopDelay(subject), 0.99);
    expectKept(subject.stateDir, total + conversations);
    // The order of a conversation holds: its nth reply answers its nth message.
    const took = telegram.calls.flatMap(({ method, params, at }) => {
      const asked = method === "sendMessage" ? saidAt.get(Number(params.chat_id))?.shift() : undefined;
      return asked === undefined ? [] : [at - asked];
    });
    return { median: percentile(took, 0.5), slowest: percentile(took, 0.99), delay, behind, cpu: cost };
  },
});

/** Every message is on the disk, and so is every reply with the word that it was sent. */
function expectKept(stateDir: string, total: number): void {
  using db = new Database(join(stateDir, "moltbot.db"), { readonly: true });
  const count = (query: string) => db.query<{ n: number }, []>(query).get()?.n;
  const kept = {
    messages: count("SELECT count(*) AS n FROM inbound WHERE outcome = 'turn'"),
    answered: count("SELECT count(*) AS n FROM turn WHERE state = 'done'"),
    sent: count("SELECT count(*) AS n FROM outbox WHERE state = 'sent'"),
  };
  if (Object.values(kept).some((each) => each !== total))
    throw new Error(`${total} messages were answered; on the disk are ${JSON.stringify(kept)}`);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
