import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { EventName, MethodName, Params, Payload, Result } from "#protocol";
import type { HelloOk } from "#protocol/domains/connect.ts";
import type { HealthSummary } from "#protocol/domains/health.ts";
import type { ErrorShape, EventFrame, GatewayFrame, ResponseFrame } from "#protocol/frames.ts";
import { canonicalKey } from "./address.ts";
import type { Ahead } from "./ahead.ts";
import { type Introduced, introduction } from "./introduction.ts";
import type { PageDevice } from "./page-device.ts";

/** Why there is no connection: it broke, or the gateway said that it restarts, or that it stops. */
export type Absence = "lost" | "restart" | "stop";

/** Where the connection stands. */
export type Phase =
  | { is: "connecting" }
  | { is: "open" }
  /** Not connected; it tries again by itself. `before` says whether it was ever connected, `tries` how often in vain. */
  | { is: "waiting"; why: Absence; before: boolean; tries: number }
  | { is: "secret"; wrong: boolean }
  | { is: "outdated" }
  /** The owner has to let this browser in; it asks again by itself. `id` is the request's, where it has one. */
  | { is: "pairing"; id: string | undefined }
  | { is: "refused"; message: string };

export type WireEvent = { [E in EventName]: { event: E; payload: Payload<E> } }[EventName];

export interface WireListener {
  /** Connected; whatever is on screen may be stale. */
  open(hello: HelloOk): void;
  event(event: WireEvent): void;
  /** Events were missed; they are never repeated, so state has to be asked for again. */
  gap(): void;
}

/** One conversation with the gateway over as many sockets as it takes. */
export interface Wire {
  readonly phase: ReadonlySignal<Phase>;
  readonly hello: ReadonlySignal<HelloOk | undefined>;
  readonly health: ReadonlySignal<HealthSummary | undefined>;
  /** Asks the gateway; fails with `CallError`, at once when there is no connection. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Asks how the gateway is now; otherwise it says so about once a minute. */
  refreshHealth(): Promise<void>;
  /** The newest messages of a session, where they were asked for ahead of the page; once. */
  takeAhead(sessionKey: string): Promise<Result<"chat.history">> | undefined;
  listen(listener: WireListener): void;
  /** Connects, or goes on with a connection that was opened ahead. */
  start(ahead?: Ahead): void;
  /** Connects now instead of when the wait is over; with a connection, replaces it. */
  reconnect(): void;
}

/** Why a request failed. `DISCONNECTED`: there is no answer, and the gateway may have acted on it or not. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface WireOptions {
  url: string;
  /** Asked before every attempt; the secret and the language may change between them. */
  introduce(): Introduced;
  /** The secret that was sent is wrong. Says whether a person should be told: it is their own typing. */
  secretRefused(): boolean;
  /** The secret that was sent is used up; from now on this one opens the gateway. */
  secretReplaced(secret: string): void;
  /** Where the page has to be a device to be let in. */
  device?: PageDevice | undefined;
}

interface Waiting {
  resolve(payload: unknown): void;
  reject(error: CallError): void;
}

const HELLO_WITHIN_MS = 10_000;
const LONGEST_WAIT_MS = 15_000;

export function createWire(options: WireOptions): Wire {
  const phase = signal<Phase>({ is: "connecting" });
  const hello = signal<HelloOk | undefined>();
  const health = signal<HealthSummary | undefined>();
  const listeners: WireListener[] = [];
  const waiting = new Map<string, Waiting>();
  let socket: WebSocket | undefined;
  let attempts = 0;
  let lastId = 0;
  let lastSeq: number | undefined;
  let heardAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked for ahead of the page. */
  let ahead: { named: string | null; page: Promise<Result<"chat.history">> } | undefined;
  /** What the gateway said about when to come back, and why. */
  let comeBack: { afterMs: number; why: Absence } | undefined;

  function connect() {
    clearTimeout(timer);
    comeBack = undefined;
    lastSeq = undefined;
    use(new WebSocket(options.url));
  }

  function use(next: WebSocket) {
    awaitHello(next);
    next.onmessage = ({ data }) => next === socket && receive(data);
    next.onclose = ({ code }) => next === socket && closed(code);
  }

  /** From now on this one is the connection, and has so long to come about. */
  function awaitHello(next: WebSocket) {
    socket = next;
    timer = setTimeout(() => next === socket && drop(), HELLO_WITHIN_MS);
  }

  /** Takes over a connection and what was asked and heard on it. */
  function adopt({ socket: opened, named, asked, handTo }: Ahead) {
    awaitHello(opened);
    waiting.set(asked.connect, greeting);
    const page = answerTo<"chat.history">(asked.history);
    lastId = waiting.size;
    // Where nobody takes it, nobody minds that it failed.
    page.catch(() => {});
    ahead = { named, page };
    handTo(
      (data) => opened === socket && receive(data),
      (code) => opened === socket && closed(code),
    );
  }

  /** Gives the socket up without waiting for its close, which may take minutes on a dead network. */
  function drop() {
    const old = socket;
    closed(1006);
    old?.close(4000, "tick timeout");
  }

  function closed(code: number) {
    socket = undefined;
    clearTimeout(timer);
    for (const { reject } of waiting.values()) reject(new CallError("DISCONNECTED", "no connection"));
    waiting.clear();
    ahead = undefined;
    const now = phase.value.is;
    if (now === "secret" || now === "outdated" || now === "refused") return;
    if (code === 1012) comeBack ??= { afterMs: 500, why: "restart" };
    // An attempt that fails says nothing new about why the gateway went away.
    const why = comeBack?.why ?? (phase.value.is === "waiting" ? phase.value.why : "lost");
    if (now !== "pairing")
      phase.value = { is: "waiting", why, before: hello.value !== undefined, tries: attempts };
    const patience = Math.min(LONGEST_WAIT_MS, 400 * 1.7 ** attempts);
    attempts += 1;
    timer = setTimeout(connect, (comeBack?.afterMs ?? patience) * (0.75 + Math.random() / 2));
  }

  function receive(data: unknown) {
    heardAt = Date.now();
    const frame = JSON.parse(String(data)) as GatewayFrame;
    if (frame.type === "res") answer(frame);
    else if (frame.type === "event") hear(frame);
  }

  function answer(frame: ResponseFrame) {
    const request = waiting.get(frame.id);
    waiting.delete(frame.id);
    if (frame.ok) request?.resolve(frame.payload);
    else {
      const error = frame.error ?? { code: "UNAVAILABLE", message: "the gateway gave no reason" };
      if (request === greeting) refused(error);
      request?.reject(new CallError(error.code, error.message));
    }
  }

  function hear(frame: EventFrame) {
    // The cast is safe as far as the gateway keeps its contract; an event unknown to this page is ignored below.
    const event = { event: frame.event, payload: frame.payload } as WireEvent;
    if (event.event === "connect.challenge") void introduce(event.payload);
    const missed = frame.seq !== undefined && lastSeq !== undefined && frame.seq > lastSeq + 1;
    if (frame.seq !== undefined) lastSeq = frame.seq;
    if (event.event === "health") health.value = event.payload;
    if (event.event === "shutdown") {
      const { restartExpectedMs } = event.payload;
      const afterMs = Math.min(5_000, Math.max(300, restartExpectedMs ?? 1_000));
      comeBack = { afterMs, why: restartExpectedMs === null ? "stop" : "restart" };
    }
    for (const listener of listeners) listener.event(event);
    if (missed) for (const listener of listeners) listener.gap();
  }

  /** The answer to `connect`. */
  const greeting: Waiting = { resolve: (payload) => welcome(payload as HelloOk), reject() {} };

  async function introduce(challenge: Payload<"connect.challenge">) {
    const asked = socket;
    const params = introduction(options.introduce());
    const proved = (await options.device?.introduce(params, challenge)) ?? params;
    if (socket === asked) waiting.set(send("connect", proved), greeting);
  }

  function welcome(payload: HelloOk) {
    options.device?.welcomed(payload);
    if (payload.auth.deviceToken !== undefined) options.secretReplaced(payload.auth.deviceToken);
    batch(() => {
      attempts = 0;
      hello.value = payload;
      health.value = payload.snapshot.health;
      phase.value = { is: "open" };
    });
    watch(payload.policy.tickIntervalMs * 2);
    for (const listener of listeners) listener.open(payload);
  }

  /** A gateway that says nothing for two ticks is gone, even where the network has not noticed. */
  function watch(silenceMs: number) {
    clearTimeout(timer);
    const left = heardAt + silenceMs - Date.now();
    if (left <= 0) drop();
    else timer = setTimeout(() => watch(silenceMs), left);
  }

  function refused(error: ErrorShape) {
    const code = detailCode(error);
    const asDevice = options.device?.refused(error);
    if (asDevice === "again") comeBack = { afterMs: 300, why: "lost" };
    else if (asDevice !== undefined) {
      phase.value = asDevice;
      comeBack = { afterMs: 2_000, why: "lost" };
    } else if (/^AUTH_(TOKEN|PASSWORD)_(MISSING|MISMATCH)$|^AUTH_(REQUIRED|UNAUTHORIZED)$/.test(code)) {
      const wrong = options.introduce().auth !== undefined && options.secretRefused();
      phase.value = { is: "secret", wrong };
    } else if (code === "PROTOCOL_MISMATCH" || error.message === "protocol mismatch") {
      phase.value = { is: "outdated" };
    } else if (error.code === "UNAVAILABLE") {
      comeBack = { afterMs: Math.max(300, error.retryAfterMs ?? 1_000), why: "lost" };
    } else {
      phase.value = { is: "refused", message: error.message };
    }
  }

  function send(method: string, params: unknown): string {
    lastId += 1;
    const id = String(lastId);
    socket?.send(JSON.stringify({ type: "req", id, method, params }));
    return id;
  }

  function answerTo<M extends MethodName>(id: string): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: (payload) => resolve(payload as Result<M>), reject });
    });
  }

  async function call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (phase.value.is !== "open") throw new CallError("DISCONNECTED", "no connection");
    return await answerTo<M>(send(method, params));
  }

  return {
    phase,
    hello,
    health,
    call,
    async refreshHealth() {
      health.value = await call("health", { probe: true });
    },
    listen(listener) {
      listeners.push(listener);
    },
    takeAhead(sessionKey) {
      const defaults = hello.value?.snapshot.sessionDefaults;
      if (ahead === undefined || defaults === undefined) return undefined;
      const { named, page } = ahead;
      ahead = undefined;
      return canonicalKey(named ?? "main", defaults) === sessionKey ? page : undefined;
    },
    start: (opened) => (opened === undefined ? connect() : adopt(opened)),
    reconnect() {
      const old = socket;
      socket = undefined;
      for (const { reject } of waiting.values()) reject(new CallError("DISCONNECTED", "no connection"));
      waiting.clear();
      old?.close(1000);
      attempts = 0;
      phase.value = { is: "connecting" };
      connect();
    },
  };
}

function detailCode(error: ErrorShape): string {
  const { details } = error;
  if (typeof details !== "object" || details === null || !("code" in details)) return "";
  return typeof details.code === "string" ? details.code : "";
}
