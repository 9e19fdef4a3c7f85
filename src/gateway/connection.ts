import type { ServerWebSocket } from "bun";
import type { Role } from "#protocol/access.ts";
import { type CloseName, closes } from "#protocol/errors.ts";
import type { RequestFrame } from "#protocol/frames.ts";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Log } from "#src/lib/log.ts";
import { checkRequestFrame, tooComplex } from "#src/lib/validators.ts";
import type { Caller } from "#src/methods/handler.ts";
import type { Method } from "./admission.ts";
import { type Body, failure, frameOf } from "./answer.ts";
import type { Dispatch } from "./dispatch.ts";
import type { FanOut, Listener } from "./fan-out.ts";
import type { Greeting, Introduction } from "./handshake.ts";
import { createOutgoing, type Outgoing } from "./outgoing.ts";
import type { RequestFacts } from "./trust.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** What the upgrade already knows about a socket. */
export interface SocketFacts {
  request: RequestFacts;
  peerPort: number;
  source: string;
  /** A direct connection of this machine; whose program it is has not been looked at. */
  local: boolean;
  browser: boolean;
  language: "en" | "zh";
}

export interface ConnectionOptions {
  now: () => number;
  log: Log;
  waitingRoom: WaitingRoom;
  fanOut: FanOut;
  dispatch: Dispatch;
  /** Judges the first frame: hello-ok, or why not; a promise where that takes a look or a write. */
  introduce: (frame: RequestFrame, introduction: Introduction) => Greeting | Promise<Greeting>;
  /** After hello-ok has been sent, and after the end of a connection that had it. */
  joined: (connection: Connection) => void;
  left: (connection: Connection) => void;
  contained: (error: unknown) => void;
  shed: (cause: string) => void;
  maxEventBytes: number;
}

/** One socket from its upgrade to its end. */
export interface Connection extends Listener {
  readonly id: string;
  readonly facts: SocketFacts;
  readonly caller: Caller;
  readonly greeting: Greeting & { admitted: true };
  open(socket: ServerWebSocket<Connection>): void;
  receive(data: string | Buffer): void;
  drained(): void;
  heard(): void;
  /** A ping, which the server library has answered. */
  pinged(): void;
  /** Pings, or ends the connection after two pings without a sign of life. */
  ping(): void;
  /** By what it was let in; null before and after. */
  readonly admittedBy: Method | null;
  /** Whether it is this device's, in this role or in any. */
  belongsTo(deviceId: string, role: Role | null): boolean;
  end(name: CloseName, reason?: string): void;
  closed(code: number, reason: string): void;
}

/** Bytes of a frame before hello-ok. */
const maxBytesBeforeHello = 64 * 1024;
const maxUnanswered = 256;
const retryAfterMs = 250;
/** A peer's pings between two of ours; each costs memory here, and an honest peer sends one or two. */
const maxPings = 1_000;
/** Requests refused for being too many before the connection is ended for not listening. */
const maxRefused = 10_000;
const graceMs = 1_000;

export function createConnection(facts: SocketFacts, options: ConnectionOptions): Connection {
  const id = uuid();
  const nonce = uuid();
  const openedAt = options.now();
  let socket: ServerWebSocket<Connection>;
  let outgoing: Outgoing;
  let state: "new" | "judged" | "ready" | "closed" = "new";
  let greeting: Greeting | null = null;
  let aborter: AbortController | null = null;
  let caller: Caller;
  let misses = 0;
  let pings = 0;
  let unanswered = 0;
  let refused = 0;
  const waiting: RequestFrame[] = [];
  /** Frames that came while the first one was judged. */
  let early: string[] = [];
  let earlyBytes = 0;

  const visitor = {
    source: facts.source,
    drop: () => socket.terminate(),
    timeOut: () => connection.end("handshake-timeout"),
  };

  function first(text: string): void {
    if (text.length > maxBytesBeforeHello || Buffer.byteLength(text) > maxBytesBeforeHello) {
      connection.end("too-large", "preauth payload too large");
      return;
    }
    const value = parse(text);
    if (value === undefined) {
      connection.end("not-json");
      return;
    }
    if (tooComplex(value) !== null || checkRequestFrame(value) !== null) {
      connection.end("not-a-request");
      return;
    }
    const frame = value as RequestFrame;
    if (frame.method !== "connect") {
      const error = new GatewayError("INVALID_REQUEST", closes["not-connect"].reason);
      outgoing.answer(frameOf(frame.id, failure(error, { generation: 3, language: facts.language })));
      connection.end("not-connect");
      return;
    }
    state = "judged";
    // It is no longer silent; what it waits for now is ours.
    options.waitingRoom.leave(visitor);
    const judged = options.introduce(frame, { ...facts, nonce, challengedAt: openedAt, connectionId: id });
    if (judged instanceof Promise) {
      judged.then(
        (greeted) => guarded(() => settle(frame, greeted)),
        (error) =>
          guarded(() => {
            throw error;
          }),
      );
    } else settle(frame, judged);
  }

  function settle(frame: RequestFrame, judged: Greeting): void {
    if (state !== "judged") return;
    if (!judged.admitted) {
      outgoing.answer(
        frameOf(frame.id, failure(judged.error, { generation: judged.generation, language: facts.language })),
      );
      connection.end(judged.close, judged.closeReason ?? judged.error.message);
      return;
    }
    greeting = judged;
    const subscriptions = options.fanOut.subscriptionsOf(connection);
    caller = Object.defineProperty({ ...judged.caller, subscriptions } as Caller, "signal", {
      get: () => {
        aborter ??= new AbortController();
        return aborter.signal;
      },
    });
    state = "ready";
    options.joined(connection);
    outgoing.answer(frameOf(frame.id, judged.hello()));
    options.fanOut.add(connection);
    judged.welcome(connection);
    const missed = early;
    early = [];
    for (const text of missed) if (isReady()) request(text);
  }

  function isReady(): boolean {
    return state === "ready";
  }

  /** Small frames count as more than they are, so that many of them are bounded too. */
  function keep(text: string): void {
    earlyBytes += Math.max(Buffer.byteLength(text), 1_024);
    if (earlyBytes <= maxBytesBeforeHello) early.push(text);
    else connection.end("too-large", "preauth payload too large");
  }

  function request(text: string): void {
    const value = parse(text);
    if (value === undefined) {
      options.log.warn("frame is not JSON", { connection: id });
      return;
    }
    const problems = tooComplex(value) ?? checkRequestFrame(value);
    if (problems !== null) {
      const given = (value as { id?: unknown } | null)?.id;
      const error = new GatewayError("INVALID_REQUEST", `invalid request frame: ${problems}`);
      const frameId = typeof given === "string" && given !== "" ? given : "invalid";
      outgoing.answer(frameOf(frameId, failure(error, caller)));
      return;
    }
    const frame = value as RequestFrame;
    const isUrgent = frame.method === "chat.abort";
    if (unanswered >= maxUnanswered && !isUrgent) {
      refuse(frame);
      return;
    }
    unanswered += 1;
    if (!isUrgent && (waiting.length > 0 || outgoing.congested)) waiting.push(frame);
    else start(frame);
  }

  function refuse(frame: RequestFrame): void {
    options.shed("too-many-requests");
    refused += 1;
    if (refused > maxRefused) {
      connection.end("too-many-requests");
      return;
    }
    const told = {
      en: `${maxUnanswered} requests of this connection wait for an answer; send this one again later`,
      zh: `此连接已有 ${maxUnanswered} 个请求在等待应答；请稍后重发`,
    };
    const error = new GatewayError("UNAVAILABLE", told, { retryAfterMs });
    outgoing.answer(frameOf(frame.id, failure(error, caller)));
  }

  function start(frame: RequestFrame): void {
    let answered = false;
    options.dispatch(frame, caller, {
      first: (body: Body) => {
        if (!answered) outgoing.answer(frameOf(frame.id, body));
      },
      last: (body: Body) => {
        if (answered) return;
        answered = true;
        unanswered -= 1;
        if (unanswered === 0) refused = 0;
        outgoing.answer(frameOf(frame.id, body));
      },
    });
  }

  function pump(): void {
    while (waiting.length > 0 && !outgoing.congested && state === "ready")
      start(waiting.shift() as RequestFrame);
  }

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      options.contained(error);
      options.log.error("connection failed", { connection: id, error: messageOf(error) });
      socket.terminate();
    }
  }

  const connection: Connection = {
    id,
    facts,
    get caller() {
      return caller;
    },
    get outgoing() {
      return outgoing;
    },
    get greeting() {
      return greeting as Greeting & { admitted: true };
    },
    open(opened) {
      socket = opened;
      outgoing = createOutgoing(opened, {
        maxEventBytes: options.maxEventBytes,
        schedule: options.fanOut.schedule,
        shed: options.shed,
        overflow: (why) => (why === "slow-consumer" ? connection.end("slow-consumer") : opened.terminate()),
      });
      options.waitingRoom.enter(visitor);
      outgoing.answer(
        `{"type":"event","event":"connect.challenge","payload":{"nonce":"${nonce}","ts":${openedAt}}}`,
      );
    },
    receive: (data) =>
      guarded(() => {
        misses = 0;
        const text = typeof data === "string" ? data : data.toString("utf8");
        if (state === "ready") request(text);
        else if (state === "judged") keep(text);
        else if (state === "new") first(text);
      }),
    drained: () =>
      guarded(() => {
        misses = 0;
        outgoing.drained();
        pump();
      }),
    heard() {
      misses = 0;
    },
    pinged() {
      misses = 0;
      pings += 1;
      if (pings <= maxPings) return;
      options.shed("ping-flood");
      socket.terminate();
    },
    ping() {
      if (misses >= 2) {
        options.shed("dead-peer");
        socket.terminate();
        return;
      }
      misses += 1;
      pings = 0;
      socket.ping();
    },
    get admittedBy() {
      return state === "ready" && greeting?.admitted ? greeting.by : null;
    },
    belongsTo: (deviceId, role) =>
      state === "ready" && caller.deviceId === deviceId && (role === null || caller.role === role),
    end(name, reason) {
      if (state === "closed") return;
      const close = closes[name];
      state = "closed";
      options.fanOut.flush();
      outgoing.finish(() => {
        socket.close(close.code, reason === undefined ? close.reason : cut(reason));
        // Some peers never answer a close.
        setTimeout(() => socket.terminate(), graceMs).unref();
      });
    },
    closed() {
      state = "closed";
      waiting.length = 0;
      early = [];
      options.waitingRoom.leave(visitor);
      options.fanOut.remove(connection);
      aborter?.abort(new Error("the connection is closed"));
      if (greeting !== null) options.left(connection);
    },
  };
  return connection;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A close reason holds at most 123 bytes; the original cuts at 120. */
function cut(reason: string): string {
  const bytes = Buffer.from(reason, "utf8");
  if (bytes.length <= 120) return reason;
  let end = 120;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString("utf8");
}
