import { join } from "node:path";
import { type Client, type Crowd, openCrowd, requestFrame } from "./crowd.ts";
import { defineFigure } from "./figure.ts";
import { firstLineOf } from "./subject.ts";

const runs = 10;
const listeners = 50;
/** What one of the ten runs takes of the common time: 500 tokens at 1,000 a second, ten at once. */
const msPerReply = 500 / runs;
/** Answers that come twenty times as fast: a gateway that runs for weeks has its code compiled. */
const warmUp = { replies: 1500, tokensPerMs: 20 };
/** Answers at the measured pace before it is measured. */
const settling = 60;
/** By then a gateway has looked its database through, once after its start (src/gateway/upkeep.ts). */
const startedMs = 13_000;
/** Sixteen seconds: within them the machine is faster and slower, and not only one of both. */
const measured = 320;

/**
 * Ten runs at a time, each fed with 1,000 tokens a second (see token-source.ts), heard by fifty clients: processor
 * time for each reply, as a share of the time that a reply takes. Counted by replies, so that a source that is late
 * on a busy machine changes nothing.
 *
 * The bare server is the source alone, as it costs whoever reads it: Bun's `fetch`, the ten streams split into lines,
 * each event parsed, and nobody told of a word. What the gateway costs above it is the whole of a run and its telling:
 * two events a beat, numbered for each listener, with all the text so far in each, the turn's rows on the disk, usage
 * and price.
 */
export const tenRuns = defineFigure({
  name: "runs",
  bare: true,
  rows: {
    core: {
      says: "10 runs of 1,000 tokens/s, 500-token replies, 50 listeners: share of a core",
      unit: "%",
      goal: { of: "difference", atMost: 3 },
      steady: true,
    },
  },
  async measure(bench) {
    await using source = await openTokenSource();
    await using subject = await bench.start({
      env: { OPENAI_API_KEY: "sk-bench", OPENAI_BASE_URL: source.baseUrl },
      // Four at once would be the default.
      config: { agents: { defaults: { maxConcurrent: runs } } },
    });
    const mode = "cli" as const;
    using asking = await openCrowd(subject, {
      count: runs,
      mode,
      scopes: ["operator.read", "operator.write"],
    });
    using _listening = await openCrowd(subject, { count: listeners - runs, mode });
    const replies = keepAsking(asking);
    await source.setPace(warmUp.tokensPerMs);
    await replies(warmUp.replies);
    await source.setPace(1);
    do await replies(settling);
    while (performance.now() < subject.spawnedAt + startedMs);
    const before = subject.cpuMs();
    await replies(measured);
    return { core: ((subject.cpuMs() - before) / (measured * msPerReply)) * 100 };
  },
});

/** Keeps every client busy with one run after the other; resolves when so many more have ended. */
function keepAsking(crowd: Crowd): (more: number) => Promise<void> {
  // A run is answered twice: it was accepted, and it has ended.
  const answers = new Map<Client, number>();
  let asked = 0;

  function ask(client: Client): void {
    asked += 1;
    // A session of its own, or the growing history of the ten would be measured, and not the telling.
    const sessionKey = `agent:main:bench-${asked}`;
    client.send(
      requestFrame("agent", { sessionKey, message: "Tell me more.", idempotencyKey: `run-${asked}` }),
    );
  }

  crowd.onAnswer((client) => {
    const count = (answers.get(client) ?? 0) + 1;
    answers.set(client, count);
    if (count % 2 === 0) ask(client);
  });
  for (const client of crowd.clients) ask(client);
  return (more) => crowd.more("answer", more * 2);
}

interface TokenSource extends AsyncDisposable {
  baseUrl: string;
  setPace(tokensPerMs: number): Promise<void>;
}

async function openTokenSource(): Promise<TokenSource> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "token-source.ts")], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const baseUrl = await firstLineOf(child.stdout);
  if (baseUrl === null) throw new Error("the token source did not start");
  return {
    baseUrl,
    async setPace(tokensPerMs) {
      await fetch(`${baseUrl}/pace`, { method: "POST", body: String(tokensPerMs) });
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}
