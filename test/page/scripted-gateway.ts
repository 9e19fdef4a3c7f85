import type { ServerWebSocket } from "bun";
import type { EventName, MethodName, Params, Payload, Result } from "#protocol";
import type { ToolData } from "#protocol/domains/agents.ts";
import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";
import type { CommandEntry } from "#protocol/domains/commands.ts";
import type { ConnectParams, HelloOk } from "#protocol/domains/connect.ts";
import type { PairingRequest } from "#protocol/domains/devices.ts";
import type { RequestFrame } from "#protocol/frames.ts";
import { createPage } from "#src/webchat/serve.ts";
import { modelHandlers, type ScriptedModels } from "./scripted-answers.ts";
import { health } from "./scripted-health.ts";

/** The answer to one chat.send, written by the test. */
export interface ScriptedRun {
  readonly runId: string;
  readonly sessionKey: string;
  readonly message: string;
  delta(text: string): void;
  /** Says something about the use of a tool. */
  tool(data: ToolData): void;
  final(text: string, more?: Partial<ChatMessage>): void;
  fail(sentence: string): void;
  aborted: boolean;
}

export interface ScriptedOptions {
  basePath?: string;
  /** What clients have to bring. */
  secret?: string;
  model?: string;
  tickIntervalMs?: number;
  scopes?: string[];
  maxPayload?: number;
  /** What /… can be completed to; absent: the gateway has no such method. */
  commands?: readonly CommandEntry[];
  /** What can be found and added; absent: the gateway has no such methods. */
  models?: ScriptedModels;
  /** The devices that wait for an approval; absent: the gateway has no such methods. */
  pending?: PairingRequest[];
  /** Gives this token to a page that connects with a secret. */
  pageToken?: string;
  /** Until then it takes connections and says nothing; absent: it listens at once. */
  listens?: Promise<void>;
  /** The content security policy that a proxy in between puts in the place of the page's own. */
  policy?: string;
  /** Answers by itself with this text; absent: the test answers. */
  echo?: (message: string) => string;
}

interface Session {
  sessionId: string;
  label?: string;
  messages: ChatMessage[];
  updatedAt: number;
}

interface Connection {
  greeted: boolean;
  seq: number;
}

const MAIN = "agent:main:main";

/** A gateway that speaks the protocol over a real socket and does what the test says, also what no honest one does. */
export async function openScriptedGateway(options: ScriptedOptions = {}) {
  const page = await createPage({ basePath: options.basePath ?? "" });
  const sessions = new Map<string, Session>();
  const runs = new Map<string, ScriptedRun & { live: boolean; text: string; seq: number }>();
  const sockets = new Set<ServerWebSocket<Connection>>();
  const requests: { method: string; params: unknown }[] = [];
  const connects: ConnectParams[] = [];
  /** The bytes of the largest frame that came in. */
  let largestFrame = 0;
  const control = {
    /** Refuse the next so many chat.send with UNAVAILABLE. */
    refuseSends: 0,
    /** Carry out the next chat.send, but cut the socket instead of answering. */
    loseAnswer: false,
    /** Answer upgrades with 503, as while restarting. */
    down: false,
    /** What history says is the runtime of an answer. */
    runtime: undefined as string | undefined,
    secret: options.secret,
    model: options.model ?? "fake/small",
  };
  let now = Date.UTC(2026, 0, 15, 9, 30);
  let nextId = 1;

  const session = (name: string): Session => {
    const key = name === "main" ? MAIN : name;
    let found = sessions.get(key);
    if (found === undefined) {
      found = { sessionId: `s-${nextId++}`, messages: [], updatedAt: now };
      sessions.set(key, found);
    }
    return found;
  };

  function message(role: ChatMessage["role"], text: string, more: Partial<ChatMessage> = {}): ChatMessage {
    now += 1_000;
    return { role, content: [{ type: "text", text }], timestamp: now, id: `m-${nextId++}`, ...more };
  }

  function emit<E extends EventName>(event: E, payload: Payload<E>) {
    for (const socket of sockets) {
      if (!socket.data.greeted) continue;
      socket.data.seq += 1;
      socket.send(JSON.stringify({ type: "event", event, payload, seq: socket.data.seq }));
    }
  }

  function startRun(params: Params<"chat.send">): void {
    const { sessionKey, idempotencyKey: runId } = params;
    const home = session(sessionKey);
    const content: ContentPart[] = [
      ...(params.message === "" ? [] : [{ type: "text" as const, text: params.message }]),
      ...(params.attachments ?? []).map(({ content: data, mimeType = "" }) => ({
        type: "image" as const,
        data: String(data),
        mimeType,
      })),
    ];
    home.messages.push(message("user", params.message, { idempotencyKey: runId, content }));
    home.updatedAt = now;
    const common = { runId, sessionKey };
    const written = (text: string, more: Partial<ChatMessage> = {}) =>
      message("assistant", text, {
        runId,
        ...(control.runtime !== undefined && { runtime: control.runtime }),
        ...more,
      });
    const run = {
      ...common,
      message: params.message,
      live: true,
      aborted: false,
      text: "",
      seq: 0,
      delta(text: string) {
        const deltaText = text.slice(run.text.length);
        run.text = text;
        emit("chat", { ...common, seq: run.seq++, state: "delta", message: written(text), deltaText });
      },
      tool(data: ToolData) {
        emit("agent", { ...common, seq: run.seq++, ts: now, stream: "tool", data });
      },
      final(text: string, more: Partial<ChatMessage> = {}) {
        run.live = false;
        const last = written(text, { stopReason: "stop", ...more });
        home.messages.push(last);
        emit("chat", { ...common, seq: run.seq++, state: "final", message: last });
      },
      fail(sentence: string) {
        run.live = false;
        home.messages.push(written("", { content: [], stopReason: "error", errorMessage: sentence }));
        emit("chat", { ...common, seq: run.seq++, state: "error", errorMessage: sentence });
      },
    };
    runs.set(runId, run);
    if (options.echo !== undefined) {
      const answer = options.echo(params.message);
      queueMicrotask(() => {
        run.delta(answer.slice(0, Math.ceil(answer.length / 2)));
        run.delta(answer);
        run.final(answer);
      });
    }
  }

  const handlers: { [M in MethodName]?: (params: Params<M>) => Result<M> | Promise<Result<M>> } = {
    health: () => health(control.model, now),
    "sessions.list": () => ({
      ts: now,
      path: "scripted",
      count: sessions.size,
      totalCount: sessions.size,
      hasMore: false,
      defaults: { modelProvider: null, model: null, contextTokens: null },
      sessions: [...sessions]
        .sort(([, a], [, b]) => b.updatedAt - a.updatedAt)
        .map(([key, { sessionId, label, messages, updatedAt }]) => {
          const first = messages.find(({ role }) => role === "user")?.content[0];
          return {
            key,
            kind: "direct" as const,
            updatedAt,
            sessionId,
            totalTokens: 0,
            ...(label !== undefined && { label }),
            ...(first?.type === "text" && { derivedTitle: first.text.slice(0, 60) }),
          };
        }),
    }),
    "sessions.patch": ({ key, label }) => {
      const found = session(key);
      if (typeof label === "string") found.label = label;
      const entry = { sessionId: found.sessionId, updatedAt: now };
      return { ok: true, path: "scripted", key, entry };
    },
    "sessions.delete": ({ key }) => ({ ok: true, key, deleted: sessions.delete(key), archived: [] }),
    "chat.history": ({ sessionKey = MAIN, limit = 200, cursor }) => {
      const all = session(sessionKey).messages;
      const end = cursor === undefined ? all.length : all.findIndex(({ id }) => id === cursor);
      const start = Math.max(0, end - limit);
      const first = all[start]?.id;
      const live = [...runs.values()].find(
        (run) => run.live && session(run.sessionKey) === session(sessionKey),
      );
      return {
        sessionKey,
        sessionId: session(sessionKey).sessionId,
        messages: all.slice(start, end),
        thinkingLevel: "off",
        hasMore: start > 0,
        ...(start > 0 && first !== undefined && { nextCursor: first }),
        totalMessages: all.length,
        ...(live !== undefined && { inFlightRun: { runId: live.runId, text: live.text } }),
      };
    },
    "chat.send": (params) => {
      const known = runs.get(params.idempotencyKey);
      if (known !== undefined) return { runId: known.runId, status: known.live ? "in_flight" : "ok" };
      startRun(params);
      return { runId: params.idempotencyKey, status: "started" };
    },
    "chat.abort": ({ sessionKey }) => {
      const live = [...runs.values()].filter((run) => run.live && run.sessionKey === sessionKey);
      for (const run of live) {
        run.live = false;
        run.aborted = true;
        const partial = message("assistant", run.text, { runId: run.runId, stopReason: "aborted" });
        session(sessionKey).messages.push(partial);
        const { runId } = run;
        emit("chat", {
          runId,
          sessionKey,
          seq: run.seq++,
          state: "aborted",
          stopReason: "rpc",
          message: partial,
        });
      }
      return { ok: true, aborted: live.length > 0, runIds: live.map(({ runId }) => runId) };
    },
  };

  if (options.commands !== undefined) {
    const commands = [...options.commands];
    handlers["commands.list"] = () => ({ commands });
  }
  if (options.models !== undefined) {
    Object.assign(
      handlers,
      modelHandlers(options.models, (model) => {
        control.model = model;
      }),
    );
  }

  const { pending } = options;
  if (pending !== undefined) {
    const decide = (requestId: string, decision: "approved" | "rejected") => {
      const index = pending.findIndex((each) => each.requestId === requestId);
      const [decided] = index < 0 ? [] : pending.splice(index, 1);
      if (decided === undefined) throw new Error("unknown requestId");
      emit("device.pair.resolved", { requestId, deviceId: decided.deviceId, decision, ts: now });
      return decided;
    };
    handlers["device.pair.list"] = () => ({ pending, paired: [] });
    handlers["device.pair.approve"] = async ({ requestId }) => {
      const { deviceId, publicKey, roles, scopes } = decide(requestId, "approved");
      const times = { createdAtMs: now, approvedAtMs: now };
      return {
        requestId,
        device: { deviceId, publicKey, roles, scopes, tokens: [], ...times, approvedVia: "owner" },
      };
    };
    handlers["device.pair.reject"] = async ({ requestId }) => ({
      requestId,
      deviceId: decide(requestId, "rejected").deviceId,
    });
  }

  function hello(params: ConnectParams): HelloOk {
    return {
      type: "hello-ok",
      protocol: 4,
      server: { version: "0.1.0", connId: `c-${nextId++}` },
      features: { methods: Object.keys(handlers), events: ["agent", "chat", "health", "tick", "shutdown"] },
      snapshot: {
        presence: [],
        health: health(control.model, now),
        stateVersion: { presence: 1, health: 1 },
        uptimeMs: 5_000,
        sessionDefaults: {
          defaultAgentId: "main",
          mainKey: "main",
          mainSessionKey: MAIN,
          scope: "per-sender",
        },
      },
      auth: {
        method: "none",
        role: "operator",
        scopes: options.scopes ?? params.scopes ?? [],
        ...(options.pageToken !== undefined && { deviceToken: options.pageToken }),
      },
      policy: {
        maxPayload: options.maxPayload ?? 524_288,
        maxBufferedBytes: 1_572_864,
        tickIntervalMs: options.tickIntervalMs ?? 30_000,
      },
    };
  }

  function connect(socket: ServerWebSocket<Connection>, id: string, params: ConnectParams) {
    connects.push(params);
    const given = params.auth?.token;
    const opens = given !== undefined && (given === control.secret || given === options.pageToken);
    if (control.secret !== undefined && !opens) {
      const word = params.auth?.token === undefined ? "MISSING" : "MISMATCH";
      const text = `unauthorized: gateway token ${word.toLowerCase()}`;
      const error = { code: "INVALID_REQUEST", message: text, details: { code: `AUTH_TOKEN_${word}` } };
      socket.send(JSON.stringify({ type: "res", id, ok: false, error }));
      socket.close(1008, text);
      return;
    }
    socket.data.greeted = true;
    socket.send(JSON.stringify({ type: "res", id, ok: true, payload: hello(params) }));
  }

  function receive(socket: ServerWebSocket<Connection>, text: string) {
    largestFrame = Math.max(largestFrame, Buffer.byteLength(text));
    const { id, method, params } = JSON.parse(text) as RequestFrame;
    if (method === "connect") return connect(socket, id, params as ConnectParams);
    requests.push({ method, params });
    const fail = (code: string, reason: string) =>
      socket.send(JSON.stringify({ type: "res", id, ok: false, error: { code, message: reason } }));
    const handler = handlers[method as MethodName] as ((params: unknown) => unknown) | undefined;
    if (handler === undefined) return fail("INVALID_REQUEST", `unknown method: ${method}`);
    if (method === "chat.send" && control.refuseSends > 0) {
      control.refuseSends -= 1;
      return fail("UNAVAILABLE", "the gateway is busy; try again");
    }
    const payload = handler(params);
    if (payload instanceof Promise) {
      void payload.then(
        (result) => socket.send(JSON.stringify({ type: "res", id, ok: true, payload: result })),
        (error: unknown) => fail("INVALID_REQUEST", error instanceof Error ? error.message : String(error)),
      );
      return;
    }
    if (method === "chat.send" && control.loseAnswer) {
      control.loseAnswer = false;
      return socket.terminate();
    }
    socket.send(JSON.stringify({ type: "res", id, ok: true, payload }));
  }

  const server = Bun.serve<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, self) {
      if (request.headers.get("upgrade") === "websocket") {
        if (control.down) return new Response("down", { status: 503 });
        return self.upgrade(request, { data: { greeted: false, seq: 0 } })
          ? undefined
          : new Response("no upgrade", { status: 400 });
      }
      const response = page.respond(new URL(request.url).pathname, request);
      if (options.policy !== undefined) response?.headers.set("content-security-policy", options.policy);
      return response ?? new Response("not found", { status: 404 });
    },
    websocket: {
      open(socket) {
        sockets.add(socket);
        const payload = { nonce: crypto.randomUUID(), ts: now };
        const challenge = JSON.stringify({ type: "event", event: "connect.challenge", payload });
        if (options.listens === undefined) socket.send(challenge);
        else void options.listens.then(() => socket.send(challenge));
      },
      message: (socket, text) => void receive(socket, String(text)),
      close: (socket) => void sockets.delete(socket),
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}${options.basePath ?? ""}/`,
    port: Number(server.port),
    control,
    sockets,
    requests,
    connects,
    sessions,
    emit,
    /** Says what was spent. */
    spend(spend: NonNullable<ReturnType<typeof health>["spend"]>) {
      emit("health", { ...health(control.model, now), spend });
    },
    largestFrame: () => largestFrame,
    /** Everything that chat.send was asked to do. */
    sends: () =>
      requests
        .filter(({ method }) => method === "chat.send")
        .map(({ params }) => params as Params<"chat.send">),
    calls: (method: MethodName) => requests.filter((request) => request.method === method).length,
    /** Puts a conversation there, oldest first, the person beginning. */
    seed(texts: readonly string[], key = MAIN, more: Partial<ChatMessage> = {}) {
      texts.forEach((text, index) => {
        const mine = index % 2 === 0;
        session(key).messages.push(mine ? message("user", text) : message("assistant", text, more));
      });
    },
    /** Puts messages there as they are. */
    keep(messages: readonly ChatMessage[], key = MAIN) {
      session(key).messages.push(...messages);
    },
    /** Starts a run as if another client had asked for it. */
    begin: startRun,
    run: (index: number): ScriptedRun | undefined => [...runs.values()][index],
    /** Cuts every connection without a close frame. */
    drop() {
      for (const socket of sockets) socket.terminate();
    },
    /** Uses up a number, as if the listener had been too slow for an event. */
    skipSeq() {
      for (const socket of sockets) socket.data.seq += 1;
    },
    shutdown() {
      emit("shutdown", { reason: "restart", restartExpectedMs: 300 });
      for (const socket of sockets) socket.close(1012, "service restart");
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
}

export type ScriptedGateway = Awaited<ReturnType<typeof openScriptedGateway>>;
