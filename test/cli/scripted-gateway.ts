/** A gateway that says what a test tells it to: real sockets, no rooms behind them. */
import type { ServerWebSocket } from "bun";
import type { HealthSummary } from "#protocol/domains/health.ts";

export interface Request {
  id: string;
  method: string;
  params: Record<string, unknown>;
}

export interface Peer {
  /** An answer to a request. */
  answer(id: string, payload: unknown): void;
  refuse(
    id: string,
    error: { code: string; message: string; details?: unknown; retryAfterMs?: number },
  ): void;
  event(event: string, payload: unknown, seq?: number): void;
  /** Text as it is. */
  raw(text: string): void;
  close(code: number, reason: string): void;
  /** Ends the socket without a word. */
  cut(): void;
}

type Script = (request: Request, peer: Peer) => void;

export interface ScriptedGateway extends Disposable {
  url: string;
  port: number;
  /** Everything that was asked, connect included. */
  requests: Request[];
  peers: Peer[];
  /** Resolves with the next peer that is greeted. */
  greeted(): Promise<Peer>;
}

export interface ScriptOptions {
  /** What happens to connect; greets unless given. */
  connect?: Script;
  methods?: Record<string, Script>;
  policy?: Partial<{ maxPayload: number; maxBufferedBytes: number; tickIntervalMs: number }>;
  health?: Partial<HealthSummary>;
  /** False sends no connect.challenge. */
  challenge?: boolean;
}

export function scriptedGateway(options: ScriptOptions = {}): ScriptedGateway {
  const requests: Request[] = [];
  const peers: Peer[] = [];
  const waiting: Array<(peer: Peer) => void> = [];
  const known = new WeakMap<ServerWebSocket<unknown>, Peer>();

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) =>
      self.upgrade(request, { data: undefined }) ? undefined : new Response("no page"),
    websocket: {
      open(socket) {
        const peer = peerOf(socket);
        known.set(socket, peer);
        peers.push(peer);
        if (options.challenge !== false) peer.event("connect.challenge", { nonce: "n-1", ts: 1 });
      },
      message(socket, data) {
        const peer = known.get(socket);
        if (peer === undefined) return;
        const request: Request = JSON.parse(String(data));
        requests.push(request);
        if (request.method === "connect") (options.connect ?? greet)(request, peer);
        else options.methods?.[request.method]?.(request, peer);
      },
    },
  });

  function greet(request: Request, peer: Peer): void {
    peer.answer(request.id, hello(options, request.params));
    for (const resolve of waiting.splice(0)) resolve(peer);
  }

  return {
    url: `ws://127.0.0.1:${server.port}`,
    port: server.port ?? 0,
    requests,
    peers,
    greeted: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.dispose]: () => void server.stop(true),
  };
}

function peerOf(socket: ServerWebSocket<unknown>): Peer {
  const send = (frame: unknown) => void socket.send(JSON.stringify(frame));
  return {
    answer: (id, payload) => send({ type: "res", id, ok: true, payload }),
    refuse: (id, error) => send({ type: "res", id, ok: false, error }),
    event: (event, payload, seq) =>
      send({ type: "event", event, payload, ...(seq === undefined ? {} : { seq }) }),
    raw: (text) => void socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
  };
}

export function hello(options: ScriptOptions, params: Record<string, unknown>) {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "9.9.9", connId: "c-1" },
    features: {
      methods: ["health", "status", ...Object.keys(options.methods ?? {})],
      events: ["tick", "chat", "agent"],
    },
    snapshot: {
      presence: [],
      health: health(options.health),
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: 5,
      sessionDefaults: {
        defaultAgentId: "main",
        mainKey: "main",
        mainSessionKey: "agent:main:main",
        scope: "per-sender",
      },
    },
    auth: { method: "none", role: "operator", scopes: params.scopes ?? [] },
    policy: { maxPayload: 524_288, maxBufferedBytes: 1_572_864, tickIntervalMs: 30_000, ...options.policy },
  };
}

export function health(changes: Partial<HealthSummary> = {}): HealthSummary {
  return {
    ok: true,
    ts: 1,
    durationMs: 0,
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: 0,
    defaultAgentId: "main",
    agents: [],
    sessions: { path: "moltbot.db", count: 2, recent: [] },
    model: "none",
    problems: [],
    process: {
      pid: 4211,
      rssBytes: 42 * 1024 * 1024,
      uptimeMs: 7_440_000,
      connections: 1,
      loopDelayMaxMs: 0.5,
      containedErrors: 0,
      sheds: {},
    },
    ...changes,
  };
}
