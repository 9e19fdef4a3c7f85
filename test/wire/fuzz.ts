/** Sends strange frames to a gateway that runs, and holds it to what it owes for each. */
import { readFile } from "node:fs/promises";
import type { GatewayClient } from "#src/client/client.ts";
import { connectFrame, type Frame, openRaw, type RawSocket } from "./raw-socket.ts";
import { isFirstAnswer, methodOf, owed, strangeGreeting, strangeRequest } from "./strange-frames.ts";

/** A gateway to be harassed, and how an honest client sees it meanwhile. */
export interface Harassed {
  socketUrl: string;
  /** Lets in with every scope. */
  token: string;
  honest: GatewayClient;
  logFile: string;
}

export interface Fuzzing {
  seed: number;
  rounds: number;
}

/** What went wrong; all lists are empty and all counts nought when nothing did. */
export interface Findings {
  /** Frames without their last answer, or with more than one, as the first few of them were sent. */
  unanswered: string[];
  answeredTwice: string[];
  /** Answers with an id that nobody asked under. */
  unasked: string[];
  /** Strangers that were neither let in nor sent away. */
  lingering: string[];
  containedErrors: number;
  /** Lines of the log that report an error. */
  errors: string[];
}

/** Milliseconds that calls of an honest client took. */
export interface Waits {
  p99: number;
  worst: number;
}

const batch = 200;
const strangersAtOnce = 16;
const shown = 5;

/** What the environment asks for: MOLTBOT_FUZZ_SEED, a number or `random`, and MOLTBOT_FUZZ_ROUNDS. Both are printed. */
export function fuzzingFromEnvironment(env: Record<string, string | undefined> = process.env): Fuzzing {
  const asked = env.MOLTBOT_FUZZ_SEED ?? 20_261_121;
  const seed = asked === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(asked);
  const rounds = Number(env.MOLTBOT_FUZZ_ROUNDS ?? 10_000);
  console.log(`fuzz: MOLTBOT_FUZZ_SEED=${seed} MOLTBOT_FUZZ_ROUNDS=${rounds}`);
  return { seed, rounds };
}

/** One round in five before hello, the others after it. */
export async function fuzz(target: Harassed, { seed, rounds }: Fuzzing) {
  const findings: Findings = {
    unanswered: [],
    answeredTwice: [],
    unasked: [],
    lingering: [],
    containedErrors: 0,
    errors: [],
  };
  const watch = watchHonest(target.honest);
  try {
    await attack(target, { seed, rounds }, findings);
  } finally {
    await watch.stop();
  }
  findings.containedErrors = (await target.honest.call("health", { probe: true })).process.containedErrors;
  findings.errors = errorsIn(await readFile(target.logFile, "utf8"));
  return { findings, waits: watch.waits() };
}

async function attack(target: Harassed, { seed, rounds }: Fuzzing, findings: Findings): Promise<void> {
  const before = Math.floor(rounds / 5);
  for (let round = 0; round < before; round += strangersAtOnce) {
    const strangers = Array.from({ length: Math.min(strangersAtOnce, before - round) }, (_, index) =>
      stranger(target, strangeGreeting(seed, round + index), findings),
    );
    await Promise.all(strangers);
  }
  for (let round = before; round < rounds; round += batch) {
    const count = Math.min(batch, rounds - round);
    const frames = Array.from({ length: count }, (_, index) => strangeRequest(seed, round + index));
    await authenticated(target, frames, findings);
  }
}

/** What `fuzz` finds when there is nothing to find. */
export const nothing: Findings = {
  unanswered: [],
  answeredTwice: [],
  unasked: [],
  lingering: [],
  containedErrors: 0,
  errors: [],
};

async function stranger(
  { socketUrl }: Harassed,
  frame: string | Uint8Array,
  findings: Findings,
): Promise<void> {
  using socket = await openRaw(socketUrl);
  send(socket, frame);
  const admitted = socket.next(({ type, ok }) => type === "res" && ok === true).catch(() => null);
  const patience = Bun.sleep(5_000).then(() => "lingers" as const);
  if ((await Promise.race([admitted, socket.closed, patience])) === "lingers")
    note(findings.lingering, frame);
  if (socket.frames.filter(({ type }) => type === "res").length > 1) note(findings.answeredTwice, frame);
}

async function authenticated(
  target: Harassed,
  frames: (string | Uint8Array)[],
  findings: Findings,
): Promise<void> {
  using socket = await openRaw(target.socketUrl);
  const scopes = ["operator.read", "operator.write", "operator.admin"];
  socket.send(connectFrame({ auth: { token: target.token }, scopes }));
  await socket.next(({ type, id }) => type === "res" && id === "c1");
  const expected = new Map<string, { times: number; frame: string | Uint8Array }>();
  for (const frame of frames) {
    const id = owed(frame);
    // A mutation may have given it the id of another; then nobody could tell whose answer is whose.
    if (id === undefined || (id !== null && id !== "invalid" && expected.has(id))) continue;
    if (id !== null) expected.set(id, { times: (expected.get(id)?.times ?? 0) + 1, frame });
    send(socket, frame);
  }
  socket.send({ type: "req", id: "the end", method: "health", params: {} });
  await Promise.race([settled(socket, expected), Bun.sleep(10_000)]);
  const answers = lastAnswers(socket.frames, expected);
  for (const [id, { times, frame }] of expected) {
    const given = answers.get(id) ?? 0;
    if (given < times) note(findings.unanswered, frame);
    if (given > times) note(findings.answeredTwice, frame);
  }
  for (const id of answers.keys()) if (!expected.has(id)) findings.unasked.push(id.slice(0, 100));
}

type Expected = ReadonlyMap<string, { times: number; frame: string | Uint8Array }>;

/** Resolves once there are as many last answers as are owed; one too many may still come, and is counted later. */
async function settled(socket: RawSocket, expected: Expected): Promise<void> {
  const all = [...expected.values()].reduce((sum, { times }) => sum + times, 0);
  await socket.next(({ id }) => id === "the end").catch(() => undefined);
  const count = () =>
    [...lastAnswers(socket.frames, expected).values()].reduce((sum, times) => sum + times, 0);
  while (count() < all && socket.socket.readyState === WebSocket.OPEN) await Bun.sleep(2);
  // Whatever was sent before this answer has come with it.
  socket.send({ type: "req", id: "the very end", method: "health", params: {} });
  await socket.next(({ id }) => id === "the very end").catch(() => undefined);
}

function lastAnswers(frames: readonly Frame[], expected: Expected): Map<string, number> {
  const answers = new Map<string, number>();
  for (const { type, id, ok, payload } of frames) {
    if (type !== "res" || id === "c1" || id === "the end" || id === "the very end") continue;
    const asked = expected.get(id)?.frame;
    if (ok === true && asked !== undefined && isFirstAnswer(methodOf(asked), payload)) continue;
    answers.set(id, (answers.get(id) ?? 0) + 1);
  }
  return answers;
}

function send(socket: RawSocket, frame: string | Uint8Array): void {
  if (socket.socket.readyState === WebSocket.OPEN) socket.socket.send(frame as string);
}

function note(list: string[], frame: string | Uint8Array): void {
  if (list.length < shown)
    list.push(typeof frame === "string" ? frame.slice(0, 500) : Bun.inspect(Buffer.from(frame)));
}

/** Calls again and again, as fast as it is answered, with a short pause in between. */
function watchHonest(client: GatewayClient) {
  const waits: number[] = [];
  let over = false;
  const running = (async () => {
    while (!over) {
      const begun = performance.now();
      await client.call("system.echo", { text: "honest" });
      waits.push(performance.now() - begun);
      await Bun.sleep(5);
    }
  })();
  return {
    async stop(): Promise<void> {
      over = true;
      await running;
    },
    waits(): Waits {
      waits.sort((a, b) => a - b);
      return { p99: waits[Math.floor(waits.length * 0.99)] ?? 0, worst: waits.at(-1) ?? 0 };
    },
  };
}

function errorsIn(log: string): string[] {
  return log
    .split("\n")
    .filter((line) => /"logLevelName":"(ERROR|FATAL)"/.test(line))
    .slice(0, shown);
}
