import { expect, test } from "bun:test";
import { type Peer, type ScriptOptions, scriptedGateway } from "../../test/cli/scripted-gateway.ts";
import { type ConnectOptions, connectGateway } from "./client.ts";
import {
  ConnectFailed,
  ConnectionClosed,
  InvalidAnswer,
  RequestError,
  RequestTimeout,
  RequestTooLarge,
} from "./errors.ts";
import type { Timer } from "./timer.ts";

const client = { id: "test", version: "1", platform: "linux", mode: "test" } as const;

function connect(url: string, more: Partial<ConnectOptions> = {}) {
  return connectGateway({ url, client, scopes: ["operator.read"], ...more });
}

/** A gateway, a client of it, and the gateway's side of their socket. */
async function meet(script: ScriptOptions = {}, more: Partial<ConnectOptions> = {}) {
  const gateway = scriptedGateway(script);
  const greeted = gateway.greeted();
  const connected = await connect(gateway.url, more);
  return { gateway, client: connected, peer: await greeted };
}

/** Time that moves only when it is told to. */
function handTimer(): Timer & { advance(ms: number): void } {
  let now = 0;
  const waiting = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    advance(ms) {
      now += ms;
      for (const entry of [...waiting].filter(({ at }) => at <= now)) {
        waiting.delete(entry);
        entry.run();
      }
    },
  };
}

test("it waits for the challenge, introduces itself and keeps what it was greeted with", async () => {
  const { gateway, client: connected } = await meet({}, { auth: { token: "t" }, caps: ["tool-events"] });
  using _ = gateway;
  expect(connected.hello.server.version).toBe("9.9.9");
  expect(gateway.requests).toEqual([
    {
      type: "req",
      id: "1",
      method: "connect",
      params: {
        minProtocol: 3,
        maxProtocol: 4,
        client,
        role: "operator",
        scopes: ["operator.read"],
        caps: ["tool-events"],
        auth: { token: "t" },
      },
    } as never,
  ]);
  await connected.close();
});

test("a device signs the challenge of its socket", async () => {
  using gateway = scriptedGateway();
  const proof = { id: "d", publicKey: "k", signature: "s", signedAt: 1, nonce: "n-1" };
  await using _ = await connect(gateway.url, {
    device: (challenge) => ({ ...proof, nonce: challenge.nonce, signedAt: challenge.ts }),
  });
  expect(gateway.requests[0]?.params.device).toEqual(proof);
});

test("a refused connect rejects with the gateway's own code, text and details", async () => {
  using gateway = scriptedGateway({
    connect: ({ id }, peer) => {
      peer.refuse(id, {
        code: "INVALID_REQUEST",
        message: "unauthorized: token mismatch",
        details: { code: "X" },
      });
      peer.close(1008, "unauthorized: token mismatch");
    },
  });
  const failure = await connect(gateway.url).catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(RequestError);
  expect(failure).toMatchObject({
    method: "connect",
    code: "INVALID_REQUEST",
    message: "unauthorized: token mismatch",
    details: { code: "X" },
    retryable: false,
  });
});

test("a socket that is closed before hello-ok says how", async () => {
  using gateway = scriptedGateway({ connect: (_, peer) => peer.close(1002, "protocol mismatch") });
  const failure = await connect(gateway.url).catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(ConnectionClosed);
  expect(failure).toMatchObject({ code: 1002, reason: "protocol mismatch" });
});

test("nothing that listens, no gateway, or no address: ConnectFailed", async () => {
  const gone = scriptedGateway();
  gone[Symbol.dispose]();
  await expect(connect(gone.url)).rejects.toBeInstanceOf(ConnectFailed);
  using page = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response("a page", { status: 403 }),
  });
  await expect(connect(`ws://127.0.0.1:${page.port}`)).rejects.toThrow("403");
  await expect(connect("no address")).rejects.toBeInstanceOf(ConnectFailed);
});

test("a gateway that never greets is given up after the time allowed", async () => {
  using gateway = scriptedGateway({ challenge: false });
  const timer = handTimer();
  const connecting = connect(gateway.url, { timer, timeoutMs: 500 });
  while (gateway.peers.length === 0) await Bun.sleep(1);
  timer.advance(500);
  await expect(connecting).rejects.toThrow("not greeted within 500 ms");
});

test("a call resolves with the result", async () => {
  const { gateway, client: connected } = await meet({
    methods: { "system.echo": ({ id, params }, peer) => peer.answer(id, { ok: true, text: params.text }) },
  });
  using _ = gateway;
  await using __ = connected;
  expect(await connected.call("system.echo", { text: "你好" })).toEqual({ ok: true, text: "你好" });
});

test("answers may come in any order", async () => {
  const held: Array<() => void> = [];
  const { gateway, client: connected } = await meet({
    methods: {
      "system.echo": ({ id, params }, peer) => {
        held.push(() => peer.answer(id, { ok: true, text: params.text }));
        if (held.length === 2) for (const release of held.toReversed()) release();
      },
    },
  });
  using _ = gateway;
  await using __ = connected;
  const texts = await Promise.all([
    connected.call("system.echo", { text: "one" }),
    connected.call("system.echo", { text: "two" }),
  ]);
  expect(texts.map(({ text }) => text)).toEqual(["one", "two"]);
});

const accepted = { runId: "k", status: "accepted", acceptedAt: 1 } as const;
const final = { runId: "k", status: "ok", summary: "done" } as const;
const twice = {
  agent: ({ id }: { id: string }, peer: Peer) => {
    peer.answer(id, accepted);
    peer.answer(id, final);
  },
};

test("a method that answers twice resolves with the second answer and tells of the first", async () => {
  const { gateway, client: connected } = await meet({ methods: twice });
  using _ = gateway;
  await using __ = connected;
  const first: unknown[] = [];
  const result = await connected.call(
    "agent",
    { message: "hi", idempotencyKey: "k" },
    { onAccepted: (value) => first.push(value) },
  );
  expect(first).toEqual([accepted]);
  expect(result).toEqual(final);
});

test("request takes the first answer as the result unless it is asked to wait for the final", async () => {
  const { gateway, client: connected } = await meet({ methods: twice });
  using _ = gateway;
  await using __ = connected;
  const params = { message: "hi", idempotencyKey: "k" };
  expect(await connected.request("agent", params)).toEqual(accepted);
  expect(await connected.request("agent", params, { expectFinal: true })).toEqual(final);
});

test("an answer that breaks the contract rejects the call, and the connection goes on", async () => {
  const { gateway, client: connected } = await meet({
    methods: {
      "system.echo": ({ id }, peer) => peer.answer(id, { ok: true, txt: "typo" }),
      "chat.subscribe": ({ id, params }, peer) =>
        peer.answer(id, { ok: true, sessionKey: params.sessionKey }),
    },
  });
  using _ = gateway;
  await using __ = connected;
  await expect(connected.call("system.echo", { text: "x" })).rejects.toBeInstanceOf(InvalidAnswer);
  expect(await connected.call("chat.subscribe", { sessionKey: "main" })).toEqual({
    ok: true,
    sessionKey: "main",
  });
});

test("a frame that breaks the contract rejects the call that it answers and is reported", async () => {
  const problems: string[] = [];
  const { gateway, client: connected } = await meet(
    {
      methods: {
        "system.echo": ({ id }, peer) =>
          peer.raw(JSON.stringify({ type: "res", id, ok: "yes", payload: { ok: true, text: "x" } })),
      },
    },
    { onInvalid: ({ problem }) => problems.push(problem) },
  );
  using _ = gateway;
  await using __ = connected;
  await expect(connected.call("system.echo", { text: "x" })).rejects.toBeInstanceOf(InvalidAnswer);
  expect(problems).toHaveLength(1);
});

test("without validation the answer is taken as it is", async () => {
  const { gateway, client: connected } = await meet(
    { methods: { "system.echo": ({ id }, peer) => peer.answer(id, { anything: true }) } },
    { validate: false },
  );
  using _ = gateway;
  await using __ = connected;
  expect(await connected.request("system.echo", { text: "x" })).toEqual({ anything: true });
});

test("an error answer carries code, retry and what came beside it", async () => {
  const { gateway, client: connected } = await meet({
    methods: {
      health: ({ id }, peer) =>
        peer.refuse(id, { code: "UNAVAILABLE", message: "too busy", retryAfterMs: 250 }),
    },
  });
  using _ = gateway;
  await using __ = connected;
  await expect(connected.call("health")).rejects.toMatchObject({
    name: "RequestError",
    method: "health",
    code: "UNAVAILABLE",
    message: "too busy",
    retryable: true,
    retryAfterMs: 250,
  });
});

test("a call that nobody answers times out; its late answer disturbs nobody", async () => {
  const timer = handTimer();
  const ids: string[] = [];
  const {
    gateway,
    client: connected,
    peer,
  } = await meet(
    {
      methods: {
        "system.echo": ({ id, params }, to) => {
          ids.push(id);
          if (params.text === "second") to.answer(id, { ok: true, text: "second" });
        },
      },
    },
    { timer },
  );
  using _ = gateway;
  await using __ = connected;
  const slow = connected.call("system.echo", { text: "first" }, { timeoutMs: 100 });
  while (ids.length === 0) await Bun.sleep(1);
  timer.advance(100);
  await expect(slow).rejects.toBeInstanceOf(RequestTimeout);
  peer.answer(ids[0] ?? "", { ok: true, text: "first" });
  expect(await connected.call("system.echo", { text: "second" })).toEqual({ ok: true, text: "second" });
});

test("a signal ends the waiting with its reason", async () => {
  const { gateway, client: connected } = await meet({ methods: {} });
  using _ = gateway;
  await using __ = connected;
  const controller = new AbortController();
  const call = connected.call("health", {}, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
});

test("a request that the gateway would not take is not sent: it would cost the connection", async () => {
  const { gateway, client: connected } = await meet({ policy: { maxPayload: 100 } });
  using _ = gateway;
  await using __ = connected;
  await expect(connected.call("system.echo", { text: "x".repeat(100) })).rejects.toBeInstanceOf(
    RequestTooLarge,
  );
  expect(gateway.requests).toHaveLength(1);
});

test("events reach handlers, loops and the one who connected", async () => {
  const seen: string[] = [];
  const { gateway, client: connected, peer } = await meet({}, { onEvent: ({ event }) => seen.push(event) });
  using _ = gateway;
  const ticks: number[] = [];
  const leave = connected.events("tick", ({ ts }) => ticks.push(ts));
  const stream = connected.events("tick");
  peer.event("tick", { ts: 1 }, 1);
  peer.event("tick", { ts: 2 }, 2);
  expect(await stream.next()).toEqual({ done: false, value: { ts: 1 } });
  expect(await stream.next()).toEqual({ done: false, value: { ts: 2 } });
  leave();
  peer.event("tick", { ts: 3 }, 3);
  expect(await stream.next()).toEqual({ done: false, value: { ts: 3 } });
  expect(ticks).toEqual([1, 2]);
  expect(seen).toEqual(["connect.challenge", "tick", "tick", "tick"]);
  await connected.close();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("an event that breaks the contract is reported and dropped; one of a newer gateway is passed over", async () => {
  const problems: string[] = [];
  const {
    gateway,
    client: connected,
    peer,
  } = await meet({}, { onInvalid: ({ problem }) => problems.push(problem) });
  using _ = gateway;
  await using __ = connected;
  const stream = connected.events("tick");
  peer.raw("no json at all");
  peer.event("tick", { ts: "noon" }, 1);
  peer.event("moon.risen", { full: true }, 2);
  peer.event("tick", { ts: 5 }, 3);
  expect(await stream.next()).toEqual({ done: false, value: { ts: 5 } });
  expect(problems).toHaveLength(2);
});

test("a jump in seq is a gap; targeted events without a number are none", async () => {
  const gaps: unknown[] = [];
  const { gateway, client: connected, peer } = await meet({}, { onGap: (gap) => gaps.push(gap) });
  using _ = gateway;
  await using __ = connected;
  const stream = connected.events("tick");
  for (const seq of [7, undefined, 8, 12]) peer.event("tick", { ts: seq ?? 0 }, seq);
  for (let i = 0; i < 4; i++) await stream.next();
  expect(gaps).toEqual([{ expected: 9, received: 12 }]);
});

test("closing codes and reasons reach those who wait, once", async () => {
  const closes: ConnectionClosed[] = [];
  const { gateway, client: connected, peer } = await meet({}, { onClose: (closed) => closes.push(closed) });
  using _ = gateway;
  const call = connected.call("health");
  peer.close(1012, "service restart");
  await expect(call).rejects.toMatchObject({
    name: "ConnectionClosed",
    code: 1012,
    reason: "service restart",
  });
  expect((await connected.closed).reason).toBe("service restart");
  await expect(connected.call("health")).rejects.toBeInstanceOf(ConnectionClosed);
  await connected.close();
  expect(closes).toHaveLength(1);
});

test("a gateway that says nothing for two ticks is left with 4000, anything it says counts", async () => {
  const timer = handTimer();
  const { gateway, client: connected, peer } = await meet({ policy: { tickIntervalMs: 1000 } }, { timer });
  using _ = gateway;
  const stream = connected.events("tick");
  timer.advance(1900);
  peer.event("tick", { ts: 1 });
  await stream.next();
  timer.advance(1900);
  const stillOpen = await Promise.race([connected.closed, Bun.sleep(0).then(() => "open")]);
  expect(stillOpen).toBe("open");
  timer.advance(100);
  expect(await connected.closed).toMatchObject({ code: 4000, reason: "tick timeout" });
});

test("a client that is disposed of ends its connection", async () => {
  const { gateway, client: connected } = await meet();
  using _ = gateway;
  {
    using __ = connected;
  }
  expect(await connected.closed).toMatchObject({ code: 1000 });
});
