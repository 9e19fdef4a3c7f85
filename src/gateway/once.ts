import type { MethodName } from "#protocol";
import type { Repeat } from "#protocol/define.ts";
import { refuseOther } from "#src/lib/used-key.ts";
import type { Body } from "./answer.ts";

/** The durable record of idempotency keys: 24 h, across restarts. */
export interface Ledger {
  find(principal: string, method: string, key: string): { fingerprint: string; answer: string | null } | null;
  /** Writes the row; resolves when it is durable. */
  claim(principal: string, method: string, key: string, fingerprint: string): Promise<void>;
  /** Writes the row with its answer, in the place of a claim where there is one. */
  keep(principal: string, method: string, key: string, fingerprint: string, answer: string): Promise<void>;
  /** Forgets a request that had no effect. */
  release(principal: string, method: string, key: string): Promise<void>;
}

export interface KeyedRequest {
  principal: string;
  method: MethodName;
  key: string;
  params: Record<string, unknown>;
  repeat: Exclude<Repeat, "again">;
  /** Sends the first of two answers. */
  first: (body: Body) => void;
  /** Carries the request out; `first` sends and remembers the first of two answers. */
  run: (first: (body: Body) => void, fingerprint: string) => Promise<{ body: Body; keep: Keep }>;
}

/** What is kept of a request: its answer for repeats, or nothing, where it had no effect or the room has recorded it. */
type Keep = "answer" | "nothing";

interface Running {
  fingerprint: string;
  accepted: Body | null;
  waiting: ((body: Body) => void)[];
  done: Promise<Body>;
}

export interface OnceOptions {
  ledger: Ledger;
  /** Whether the run of this id has not ended yet. */
  isLive: (runId: string) => boolean;
}

/** Carries out a request with an idempotency key at most once; a repeat gets what its method declares. */
export function createOnce({ ledger, isLive }: OnceOptions): (request: KeyedRequest) => Promise<Body> {
  const running = new Map<string, Running>();

  return async function once(request) {
    const { principal, method, key, repeat } = request;
    const id = JSON.stringify([principal, method, key]);
    const fingerprint = fingerprintOf(request.params);
    const now = running.get(id);
    if (now !== undefined) {
      refuseOther(now.fingerprint, fingerprint, key);
      if (repeat === "state") return stateOf(key, true);
      if (repeat === "accepted") {
        if (now.accepted !== null) request.first(now.accepted);
        else now.waiting.push(request.first);
      }
      return now.done;
    }
    // What begins a run is known by its turn, which is there from the commit that takes it.
    const isRun = repeat !== "stored";
    const kept = repeat === "accepted" ? null : ledger.find(principal, method, key);
    if (kept !== null) {
      refuseOther(kept.fingerprint, fingerprint, key);
      if (kept.answer !== null) {
        // An earlier version kept what a run was told at its start; the row is gone a day after the update.
        return repeat === "state" && kept.answer.includes('"status":"started"')
          ? stateOf(key, isLive(key))
          : (kept.answer as Body);
      }
      // A claim without an answer: the process ended in between. The room knows its own row by the key.
    }
    const entry: Running = { fingerprint, accepted: null, waiting: [], done: Promise.resolve("" as Body) };
    running.set(id, entry);
    const isClaimed = kept !== null || !isRun;
    const claimed = kept === null && isClaimed ? ledger.claim(principal, method, key, fingerprint) : null;
    const ran = request.run((body) => {
      entry.accepted = body;
      request.first(body);
      for (const first of entry.waiting) first(body);
    }, fingerprint);
    entry.done = finish().finally(() => running.delete(id));
    return entry.done;

    async function finish(): Promise<Body> {
      const [{ body, keep }] = await Promise.all([ran, claimed]);
      if (keep === "answer") await ledger.keep(principal, method, key, fingerprint, body);
      else if (isClaimed) await ledger.release(principal, method, key);
      return body;
    }
  };
}

function stateOf(runId: string, live: boolean): Body {
  return `"ok":true,"payload":${JSON.stringify({ runId, status: live ? "in_flight" : "ok" })}}` as Body;
}

/** A hash of the params but the key, whatever the order of their members. */
export function fingerprintOf(params: Record<string, unknown>): string {
  const { idempotencyKey: _, ...rest } = params;
  return new Bun.CryptoHasher("sha256").update(canonical(rest)).digest("base64url");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`);
  return `{${members.join(",")}}`;
}
