import { type Crowd, openCrowd, requestFrame } from "./crowd.ts";
import { type Bench, defineFigure, type RowSpec } from "./figure.ts";
import { costOfRequests, healthRequest, sendRequests } from "./requests.ts";
import type { Subject } from "./subject.ts";

const many = 1_000;

export const crowd = defineFigure({
  name: "crowd",
  bare: true,
  rows: {
    connected: {
      says: "1,000 clients connect in one instant: until all have hello-ok",
      unit: "ms",
      goal: { of: "ours", atMost: 250 },
      steady: false,
    },
    cpu: { says: "CPU per connect", unit: "µs", steady: true },
    answered: {
      says: "all 1,000 ask `health` at once: until the last answer, none refused",
      unit: "ms",
      goal: { of: "ours", atMost: 60 },
      steady: false,
    },
  },
  async measure(bench) {
    await using subject = await bench.start();
    const cpuBefore = subject.cpuMs();
    const startedAt = performance.now();
    using crowd = await openCrowd(subject, { count: many, mode: "cli" });
    const connected = performance.now() - startedAt;
    const cpu = ((subject.cpuMs() - cpuBefore) * 1000) / many;
    await crowd.quiet();
    const askedAt = performance.now();
    const answers = crowd.more("answer", many);
    for (const client of crowd.clients) client.send(healthRequest);
    await answers;
    return { connected, cpu, answered: performance.now() - askedAt };
  },
});

const linear = (says: string): RowSpec => ({
  says: `${says}: with 1,000 clients, as a multiple of with 100`,
  unit: "×",
  goal: { of: "ours", atMost: 2 },
  steady: true,
});
const cost = (says: string): RowSpec => ({ says, unit: "µs", steady: true });

export const linearity = defineFigure({
  name: "linear",
  bare: false,
  rows: {
    connect100: cost("CPU per connect, of 100 `ui` clients"),
    connect300: cost("… of 300"),
    connect1000: cost("… of 1,000"),
    connect: linear("connect"),
    health100: cost("CPU per `health` with 100 clients connected"),
    health300: cost("… with 300"),
    health1000: cost("… with 1,000"),
    health: linear("`health`"),
    presence100: cost("CPU per client and `presence` event with 100 clients"),
    presence300: cost("… with 300"),
    presence1000: cost("… with 1,000"),
    presence: linear("a `presence` event, per client"),
  },
  async measure(bench) {
    const few = await costsWith(100, bench);
    const some = await costsWith(300, bench);
    const all = await costsWith(many, bench);
    return {
      connect100: few.connect,
      connect300: some.connect,
      connect1000: all.connect,
      connect: all.connect / few.connect,
      health100: few.health,
      health300: some.health,
      health1000: all.health,
      health: all.health / few.health,
      presence100: few.presence,
      presence300: some.presence,
      presence1000: all.presence,
      presence: all.presence / few.presence,
    };
  },
});

const connectWaves = 3;
const presenceEvents = 5;
const page = { mode: "ui", scopes: ["operator.read", "operator.admin"] } as const;
const beacon = requestFrame("system-event", { text: "Node: bench", instanceId: "bench-beacon", mode: "ui" });

/**
 * What one operation costs with so many clients of the kind that stands in the presence list. The list is full
 * from the start, so that its length is the same for all crowds.
 */
async function costsWith(count: number, bench: Bench) {
  await using subject = await bench.start();
  await crowdOf(300);
  let cpuMs = 0;
  for (let wave = 1; wave < connectWaves; wave += 1) cpuMs += await crowdOf(count);
  const before = subject.cpuMs();
  using crowd = await openCrowd(subject, { ...page, count });
  cpuMs += subject.cpuMs() - before;
  await crowd.quiet();
  const asking = crowd.clients.slice(0, 50);
  await sendRequests(crowd, asking, healthRequest, 10_000);
  await crowd.quiet();
  const health = await costOfRequests(subject, crowd, {
    clients: asking,
    frame: healthRequest,
    count: 20_000,
  });
  return {
    connect: (cpuMs * 1000) / (connectWaves * count),
    health,
    presence: await costOfPresence(subject, crowd),
  };

  /** Lets so many come and go; the milliseconds that their coming cost. */
  async function crowdOf(size: number): Promise<number> {
    const before = subject.cpuMs();
    using crowd = await openCrowd(subject, { ...page, count: size });
    const used = subject.cpuMs() - before;
    await crowd.quiet();
    return used;
  }
}

async function costOfPresence(subject: Subject, crowd: Crowd): Promise<number> {
  await crowd.quiet();
  const before = subject.cpuMs();
  for (let event = 0; event < presenceEvents; event += 1) {
    const everybody = crowd.more("presence", crowd.clients.length);
    crowd.clients[0]?.send(beacon);
    await everybody;
  }
  return ((subject.cpuMs() - before) * 1000) / (presenceEvents * crowd.clients.length);
}
