/** Frames as no honest client writes them: each follows from a seed and a number, so that one can be sent again. */
import { declarationOf, type MethodName, methods } from "#protocol";
import { goldenExchanges } from "#protocol/codegen/examples.ts";
import { seeded, spoiled, validSample } from "../contract/samples.ts";

type Random = () => number;
type Json = Record<string, unknown>;

/** Methods that end, replace or restart the gateway when they work. */
const spared = new Set(["config.apply", "update.run", "wizard.start"]);

const golden = goldenExchanges()
  .flatMap(({ steps }) => steps)
  .flatMap((step) => (step.from === "client" && "frame" in step ? [step.frame] : []));
const greetings = golden.filter(({ method }) => method === "connect");
// An example adds a provider that exists; a test must not reach it.
const untold = new Set([...spared, "connect", "models.add"]);
const requests = golden.filter(({ method }) => !untold.has(String(method)));
const names = (Object.keys(methods) as MethodName[]).filter((name) => !spared.has(name));

/** A first frame: something near a connect, or nothing like one. */
export function strangeGreeting(seed: number, round: number): string | Uint8Array {
  const random = seeded(mixed(seed, round));
  const frame: Json = { ...pick(greetings, random), id: "c1" };
  switch (Math.floor(random() * 8)) {
    case 0:
      return JSON.stringify(frame);
    case 1:
      return scratched(JSON.stringify(frame), random);
    case 2:
      return scrap(random);
    case 3:
      return JSON.stringify({ ...pick(requests, random), id: "c1" });
    case 4:
      return JSON.stringify({ ...frame, params: oddity(random) });
    case 5:
      return twisted({ ...frame, params: planted(frame.params, random) });
    default:
      return JSON.stringify(spoiledOften(frame, random));
  }
}

/** A later frame; `id` is its own wherever the frame still has one. */
export function strangeRequest(seed: number, round: number): string | Uint8Array {
  const random = seeded(mixed(seed, round));
  const id = `f${round}`;
  const method = names[round % names.length] as MethodName;
  const sample = fresh(validSample(methods[method].params, random), id, random);
  const frame = { type: "req", id, method, params: sample };
  switch (Math.floor(random() * 10)) {
    case 0:
      return JSON.stringify(frame);
    case 1:
      return JSON.stringify({ ...frame, params: oddity(random) });
    case 2:
      return scrap(random);
    case 3:
      return scratched(JSON.stringify({ ...pick(requests, random), id }), random);
    case 4:
      return JSON.stringify({ ...(spoiledOften(pick(requests, random), random) as Json), id });
    case 5:
      return twisted({ ...frame, params: planted(sample, random) });
    case 6:
      return JSON.stringify({ ...frame, method: oddName(random) });
    case 7:
      return JSON.stringify(spoiled(frame, random));
    default:
      return JSON.stringify({ ...frame, params: spoiledOften(sample, random) });
  }
}

/** Most often under a key of its own: under a used one nothing is done. */
function fresh(params: unknown, key: string, random: Random): unknown {
  const again = random() < 0.2 || !Object.hasOwn(Object(params), "idempotencyKey");
  return again ? params : { ...(params as Json), idempotencyKey: key };
}

/** What the gateway owes for a frame: an answer with this id, or none; `undefined` for what is not sent at all. */
export function owed(text: string | Uint8Array): string | null | undefined {
  const value = parsed(typeof text === "string" ? text : Buffer.from(text).toString("utf8"));
  if (value === undefined) return null;
  const { id, method, params } = (value ?? {}) as Json;
  if (typeof method === "string" && spared.has(method)) return undefined;
  // Waiting is what this method is for; a test has less patience.
  const patience = (params as Json | null | undefined)?.timeoutMs ?? 30_000;
  if (method === "agent.wait" && typeof patience === "number" && patience > 50) return undefined;
  return typeof id === "string" && id !== "" ? id : "invalid";
}

/** Whether a last answer is still to come after this one. */
export function isFirstAnswer(method: string | undefined, payload: unknown): boolean {
  if (method === undefined || !names.includes(method as MethodName)) return false;
  return (
    declarationOf(method as MethodName).accepted !== undefined &&
    (payload as Json | null)?.status === "accepted"
  );
}

/** The method that a frame names, as the gateway reads it. */
export function methodOf(text: string | Uint8Array): string | undefined {
  const value = parsed(typeof text === "string" ? text : Buffer.from(text).toString("utf8"));
  const method = (value as Json | null | undefined)?.method;
  return typeof method === "string" ? method : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function spoiledOften(value: unknown, random: Random): unknown {
  let result = value;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) result = spoiled(result, random);
  return result;
}

const letters = [
  "\u0000",
  "\u2028",
  "\ufeff",
  "\u202e",
  "\ud800",
  "\udc00",
  "💥",
  "e\u0301",
  "\\",
  '"',
  "\n",
  "'",
];
const words = [
  "__proto__",
  "constructor",
  "toString",
  "prototype",
  "hasOwnProperty",
  "then",
  "length",
  "",
  " ",
];

function oddText(random: Random): string {
  const length = pick([0, 1, 2, 63, 64, 511, 512, 513, 5_000, 60_000], random);
  const letter = random() < 0.5 ? pick(letters, random) : pick(["a", "中", "/", ".", "%00", "../"], random);
  return letter.repeat(length).slice(0, 60_000);
}

/** A value that a schema hardly expects. */
function oddity(random: Random): unknown {
  switch (Math.floor(random() * 7)) {
    case 0:
      return pick([0, -0, -1, 1e308, 5e-324, 2 ** 53, -(2 ** 63), 0.1, 4_294_967_296], random);
    case 1:
      return oddText(random);
    case 2:
      return nested(pick([2, 60, 63, 64, 65, 66, 200, 2_000], random), random() < 0.5);
    case 3:
      return Object.fromEntries(
        Array.from({ length: pick([100, 9_999, 10_001], random) }, (_, n) => [`k${n}`, n]),
      );
    case 4:
      return Array.from({ length: pick([1, 100, 10_001], random) }, () => null);
    case 5:
      return { [pick(words, random)]: oddText(random), [oddText(random).slice(0, 700)]: 1 };
    default:
      return pick([null, true, false, "", [], {}], random);
  }
}

function nested(depth: number, asArray: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = asArray ? [value] : { a: value };
  return value;
}

function oddName(random: Random): string {
  const name = pick(names, random);
  return pick(
    [
      ...words,
      "connect",
      name.toUpperCase(),
      `${name} `,
      `${name}\u0000`,
      name.replace(".", "/"),
      oddText(random),
    ],
    random,
  );
}

/** The params with an oddity in the place of one of them. */
function planted(params: unknown, random: Random): unknown {
  if (typeof params !== "object" || params === null) return oddity(random);
  const keys = Object.keys(params);
  return { ...params, [keys.length === 0 ? "text" : pick(keys, random)]: oddity(random) };
}

/** JSON that says things twice, in numbers beyond all bounds, with keys that objects are born with. */
function twisted(frame: Json): string {
  const text = JSON.stringify(frame);
  return `${text.slice(0, -1)},"__proto__":{"scopes":["operator.admin"]},"constructor":{},"type":"req","big":1e999}`;
}

/** The text with a few bytes changed, cut out, doubled or cut off. */
function scratched(text: string, random: Random): Uint8Array | string {
  let bytes = Buffer.from(text);
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const at = Math.floor(random() * bytes.length);
    const end = at + 1 + Math.floor(random() * 12);
    const change = Math.floor(random() * 5);
    if (change === 0) bytes[at] = 32 + Math.floor(random() * 95);
    else if (change === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    else if (change === 2) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    else if (change === 3) bytes = bytes.subarray(0, at);
    else bytes[at] = Math.floor(random() * 256);
  }
  // As a text frame it must be UTF-8; in a binary frame anything goes.
  return random() < 0.5 ? bytes.toString("utf8") : Uint8Array.from(bytes);
}

/** What is no frame at all. */
function scrap(random: Random): string | Uint8Array {
  const bytes = Uint8Array.from({ length: pick([0, 1, 7, 300], random) }, () => Math.floor(random() * 256));
  return pick(
    [
      "",
      " ",
      "null",
      "[]",
      "{}",
      "true",
      "0",
      '"req"',
      "{",
      "]",
      "[".repeat(40_000),
      `${"[".repeat(500)}${"]".repeat(500)}`,
      bytes,
    ],
    random,
  );
}

function mixed(seed: number, round: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b)) >>> 0;
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}
