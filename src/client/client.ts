/** The typed WebSocket client: for the command line, for tests and for a node. */
import type { Accepted, EventName, MethodName, Params, Payload, Result } from "#protocol";
import type { Role } from "#protocol/access.ts";
import type {
  ClientInfo,
  ConnectAuth,
  ConnectParams,
  DeviceProof,
  HelloOk,
} from "#protocol/domains/connect.ts";
import type { EventFrame } from "#protocol/frames.ts";
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from "#protocol/version.ts";
import { type CallOptions, createCalls, type RequestOptions } from "./calls.ts";
import { fullChecks, noChecks } from "./checks.ts";
import { ConnectFailed, ConnectionClosed, NotGreeted, RequestTooLarge } from "./errors.ts";
import { createEvents, type Gap, type GatewayEvent, type Invalid } from "./events.ts";
import type { DeviceIdentity } from "./identity.ts";
import type { Secured } from "./secured.ts";
import type { Stream } from "./stream.ts";
import { systemTimer, type Timer } from "./timer.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

export interface ConnectOptions {
  /** `ws://` or `wss://`. */
  url: string;
  client: ClientInfo;
  /** SHA-256 of the certificate that alone is accepted, by whatever name; else the system's authorities decide. */
  tlsFingerprint?: string;
  /** `operator` unless given. */
  role?: Role;
  scopes?: readonly string[];
  auth?: ConnectAuth;
  minProtocol?: number;
  maxProtocol?: number;
  caps?: readonly string[];
  /** The language of whoever reads the answers, as in `zh-CN`. */
  locale?: string;
  /** The device that this client is; it signs the challenge. Without it the client has no device identity. */
  identity?: DeviceIdentity;
  /** The same for who signs by another way. */
  device?: (challenge: Payload<"connect.challenge">) => DeviceProof | Promise<DeviceProof>;
  /** For opening the socket and being greeted together; 10 s unless given. */
  timeoutMs?: number;
  /** Every valid event, the ones before the caller could subscribe included. */
  onEvent?: (event: GatewayEvent) => void;
  /** Events were missed: what was learnt from them has to be asked for again. */
  onGap?: (gap: Gap) => void;
  /** A frame or event that breaks the contract; it was dropped. */
  onInvalid?: (invalid: Invalid) => void;
  /** Called once, also for a close of our own. */
  onClose?: (closed: ConnectionClosed) => void;
  /** False trusts what the gateway sends: for measuring the gateway rather than this client. */
  validate?: boolean;
  timer?: Timer;
}

/** Bun's own addition to the standard socket: ends it without a word to the peer. */
type BunSocket = WebSocket & { terminate(): void };

/** Params may be left out where none is compulsory. */
type CallArguments<M extends MethodName> =
  Record<never, never> extends Params<M>
    ? [params?: Params<M>, options?: CallOptions<Accepted<M>>]
    : [params: Params<M>, options?: CallOptions<Accepted<M>>];

export interface GatewayClient extends AsyncDisposable, Disposable {
  readonly hello: HelloOk;
  /** SHA-256 of the gateway's certificate; null over a plain socket. */
  readonly tlsFingerprint: string | null;
  /** Resolves, never rejects, when the connection has ended. */
  readonly closed: Promise<ConnectionClosed>;
  /** Resolves with the result; where the method answers twice, with the second answer. Rejects with a RequestError. */
  call<M extends MethodName>(method: M, ...rest: CallArguments<M>): Promise<Result<M>>;
  /** The same for a name that is only known at run time; the first answer is the result unless `expectFinal`. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /** Calls the handler for each such event until the returned function is called. */
  events<E extends EventName>(event: E, handler: (payload: Payload<E>) => void): () => void;
  /** The events from now on, until the connection ends. Leave the loop to stop listening. */
  events<E extends EventName>(event: E): Stream<Payload<E>>;
  /** Ends the connection; what still waits is rejected with ConnectionClosed. */
  close(code?: number, reason?: string): Promise<void>;
}

/**
 * Resolves after hello-ok. Rejects with ConnectFailed when no socket comes to be, WrongCertificate when the pinned
 * one is not shown, RequestError when connect is refused, ConnectionClosed when the socket ends before either.
 */
export async function connectGateway(options: ConnectOptions): Promise<GatewayClient> {
  const { url, tlsFingerprint, timeoutMs = 10_000 } = options;
  if (/^wss:/i.test(url)) {
    const { secure } = await import("./secured.ts");
    return await open(options, await secure(url, tlsFingerprint, timeoutMs));
  }
  if (tlsFingerprint === undefined) return await open(options, null);
  throw new ConnectFailed(url, "a certificate is pinned, but this address is not encrypted; use wss://");
}

function open(options: ConnectOptions, secured: Secured | null): Promise<GatewayClient> {
  const { url, timer = systemTimer, timeoutMs = 10_000 } = options;
  const checks = options.validate === false ? noChecks : fullChecks;
  const calls = createCalls(timer, checks);
  const events = createEvents(checks, options);
  const ended = Promise.withResolvers<ConnectionClosed>();
  const greeted = Promise.withResolvers<GatewayClient>();
  let socket: BunSocket;
  let state: "opening" | "open" | "closed" = "opening";
  let failure = "the connection broke";
  let watchdog: Watchdog | undefined;
  let limit = Number.POSITIVE_INFINITY;
  let connecting = false;

  const stopClock = timer.after(timeoutMs, () => {
    const why = `not greeted within ${timeoutMs} ms`;
    greeted.reject(new NotGreeted(url, why));
    end(4000, "connect timeout");
  });

  try {
    socket = openSocket(url, secured);
  } catch (cause) {
    stopClock();
    return Promise.reject(new ConnectFailed(url, cause instanceof Error ? cause.message : String(cause)));
  }
  socket.addEventListener("open", () => {
    state = "open";
  });
  socket.addEventListener("error", (event) => {
    if (event instanceof ErrorEvent && event.message !== "") {
      failure = secured?.readable(event.message) ?? event.message;
    }
  });
  socket.addEventListener("message", ({ data }) => receive(String(data)));
  socket.addEventListener("close", ({ code, reason }) => concluded(code, reason));

  /** Everything that ends with the connection, whoever ended it; later calls change nothing. */
  function concluded(code: number, reason: string): void {
    if (state === "closed") return;
    const neverOpen = state === "opening";
    state = "closed";
    stopClock();
    watchdog?.[Symbol.dispose]();
    const closed = new ConnectionClosed(code, reason);
    calls.failAll(closed);
    greeted.reject(neverOpen ? (secured?.refused() ?? new ConnectFailed(url, failure)) : closed);
    events.end();
    ended.resolve(closed);
    options.onClose?.(closed);
  }

  /** Our own end. A peer that is gone never answers the close, so nobody waits for it. */
  function end(code: number, reason: string): void {
    if (state === "closed") return;
    socket.close(code, reason);
    const giveUp = timer.after(250, () => socket.terminate());
    socket.addEventListener("close", giveUp, { once: true });
    concluded(code, reason);
  }

  function receive(text: string): void {
    if (state === "closed") return;
    watchdog?.heard();
    const frame = parse(text);
    const problem = checks.frame(frame);
    if (problem !== null) {
      options.onInvalid?.({ frame, problem });
      if (isAnswer(frame)) calls.breach(frame.id, problem);
      return;
    }
    const known = frame as Parameters<typeof calls.answer>[0] | EventFrame;
    if (known.type === "res") calls.answer(known);
    else if (known.type === "event") {
      if (known.event === "connect.challenge") challenged(known);
      events.receive(known);
    }
  }

  function challenged(frame: EventFrame): void {
    if (connecting || checks.event("connect.challenge", frame.payload) !== null) return;
    connecting = true;
    introduce(frame.payload as Payload<"connect.challenge">).then(greeted.resolve, (cause: unknown) => {
      greeted.reject(cause);
      end(1008, "connect failed");
    });
  }

  async function introduce(challenge: Payload<"connect.challenge">): Promise<GatewayClient> {
    const params = await connectParams(options, challenge);
    const hello = (await request("connect", params, { timeoutMs: 0 })) as HelloOk;
    stopClock();
    limit = hello.policy.maxPayload;
    watchdog = createWatchdog(2 * hello.policy.tickIntervalMs, timer, () => end(4000, "tick timeout"));
    return openClient(hello);
  }

  function request(method: string, params: unknown, requestOptions: RequestOptions = {}): Promise<unknown> {
    if (state === "closed") return ended.promise.then((closed) => Promise.reject(closed));
    return calls.start(method, requestOptions, (id) => {
      const text = JSON.stringify({ type: "req", id, method, ...(params === undefined ? {} : { params }) });
      const bytes = Buffer.byteLength(text);
      if (bytes > limit) throw new RequestTooLarge(method, bytes, limit);
      socket.send(text);
    });
  }

  function openClient(hello: HelloOk): GatewayClient {
    const close = async (code = 1000, reason = ""): Promise<void> => {
      end(code, reason);
      await ended.promise;
    };
    return {
      hello,
      tlsFingerprint: secured?.seen() ?? null,
      closed: ended.promise,
      call: <M extends MethodName>(method: M, ...[params, callOptions]: CallArguments<M>) =>
        request(method, params ?? {}, { ...callOptions, expectFinal: true } as RequestOptions) as Promise<
          Result<M>
        >,
      request,
      events: events.subscribe,
      close,
      [Symbol.asyncDispose]: () => close(),
      [Symbol.dispose]: () => end(1000, ""),
    };
  }

  return greeted.promise;
}

/** The standard constructor takes no TLS options; Bun's does. */
function openSocket(url: string, secured: Secured | null): BunSocket {
  const more = secured === null ? [] : [{ tls: secured.options } as unknown as string[]];
  return new WebSocket(url, ...more) as BunSocket;
}

async function connectParams(
  options: ConnectOptions,
  challenge: Payload<"connect.challenge">,
): Promise<ConnectParams> {
  const { auth, caps, client, identity, locale, scopes } = options;
  const params: ConnectParams = {
    minProtocol: options.minProtocol ?? MIN_PROTOCOL_VERSION,
    maxProtocol: options.maxProtocol ?? PROTOCOL_VERSION,
    client,
    role: options.role ?? "operator",
    scopes: [...(scopes ?? [])],
    ...(caps === undefined ? {} : { caps: [...caps] }),
    ...(auth === undefined ? {} : { auth }),
    ...(locale === undefined ? {} : { locale }),
  };
  const device =
    identity === undefined
      ? await options.device?.(challenge)
      : (await import("./identity.ts")).proofOf(identity, params, challenge);
  return device === undefined ? params : { ...params, device };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isAnswer(frame: unknown): frame is { id: string } {
  return (
    typeof frame === "object" &&
    frame !== null &&
    "type" in frame &&
    frame.type === "res" &&
    "id" in frame &&
    typeof frame.id === "string"
  );
}
