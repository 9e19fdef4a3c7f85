import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answerTo, connectFrame, type Frame, openRaw } from "./raw-socket.ts";
import { type House, startHouse } from "./start-house.ts";

let house: House;
let guarded: House;
beforeAll(async () => {
  house = await startHouse({ config: { gateway: { handshakeTimeoutMs: 300 } } });
  guarded = await startHouse({ flags: { token: "right" } });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

describe("the first frame", () => {
  test("the challenge comes at once, without a number", async () => {
    using socket = await openRaw(house.socketUrl);
    expect(socket.frames[0]).toEqual({
      type: "event",
      event: "connect.challenge",
      payload: { nonce: expect.any(String), ts: expect.any(Number) },
    });
  });

  const hard: [string, string | Frame, { code: number; reason: string }][] = [
    ["not JSON", "hello", { code: 1000, reason: "" }],
    ["no request", { type: "event", event: "x" }, { code: 1008, reason: "invalid request frame" }],
    ["an array", [1], { code: 1008, reason: "invalid request frame" }],
    ["null", "null", { code: 1008, reason: "invalid request frame" }],
    [
      "a request with an unknown member",
      { type: "req", id: "1", method: "connect", x: 1 },
      { code: 1008, reason: "invalid request frame" },
    ],
    [
      "deeper than anything honest",
      `${"[".repeat(70)}${"]".repeat(70)}`,
      { code: 1008, reason: "invalid request frame" },
    ],
    [
      "another method",
      { type: "req", id: "1", method: "health" },
      { code: 1008, reason: "invalid handshake: first request must be connect" },
    ],
    [
      "larger than 64 KiB",
      { type: "req", id: "1", method: "connect", params: { x: "x".repeat(66_000) } },
      { code: 1009, reason: "preauth payload too large" },
    ],
  ];
  test.each(hard)("%s is a hard close", async (_, frame, close) => {
    using socket = await openRaw(house.socketUrl);
    socket.send(frame);
    expect(await socket.closed).toEqual(close);
    expect(socket.frames.filter((each) => each.payload?.type === "hello-ok")).toEqual([]);
  });

  test("another method is answered before the close", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send({ type: "req", id: "r1", method: "config.get" });
    expect(await socket.next(answerTo("r1"))).toMatchObject({
      ok: false,
      error: { code: "INVALID_REQUEST", message: "invalid handshake: first request must be connect" },
    });
  });

  test("silence ends at the deadline", async () => {
    using socket = await openRaw(house.socketUrl);
    expect(await socket.closed).toEqual({ code: 1000, reason: "" });
  });
});

describe("versions", () => {
  const served: [number, number, number][] = [
    [3, 3, 3],
    [4, 4, 4],
    [3, 4, 4],
    [1, 3, 3],
    [3, 9, 4],
  ];
  test.each(served)("a client of %d..%d is served in %d", async (minProtocol, maxProtocol, protocol) => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ minProtocol, maxProtocol, scopes: ["operator.read"] }));
    expect(await socket.next(answerTo("c1"))).toMatchObject({ ok: true, payload: { protocol } });
  });
  test.each([
    [2, 2],
    [5, 6],
  ])("a client of %d..%d is refused with what is served", async (minProtocol, maxProtocol) => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ minProtocol, maxProtocol }));
    expect(await socket.next(answerTo("c1"))).toMatchObject({
      ok: false,
      error: {
        code: "INVALID_REQUEST",
        message: "protocol mismatch",
        details: {
          code: "PROTOCOL_MISMATCH",
          expectedProtocol: 4,
          minimumProbeProtocol: 3,
          clientMinProtocol: minProtocol,
          clientMaxProtocol: maxProtocol,
        },
      },
    });
    expect(await socket.closed).toEqual({ code: 1002, reason: "protocol mismatch" });
  });
});

describe("clients of every generation", () => {
  const ids = ["cli", "clawdbot-control-ui", "openclaw-tui", "moltbot-macos", "node-host", "my-own-thing"];
  test.each(ids)("%s is let in", async (id) => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({}, { id }));
    expect(await socket.next(answerTo("c1"))).toMatchObject({ ok: true });
  });

  test("unknown keys in connect are dropped, wrong types are named", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(
      connectFrame({ novelty: { a: 1 }, scopes: ["operator.read"] }, { buildId: "b", future: true }),
    );
    expect(await socket.next(answerTo("c1"))).toMatchObject({ ok: true });
    using wrong = await openRaw(house.socketUrl);
    wrong.send(connectFrame({ scopes: "operator.read" }));
    const refused = await wrong.next(answerTo("c1"));
    expect(refused.error.message).toStartWith("invalid connect params: at /scopes: must be array");
    expect((await wrong.closed).code).toBe(1008);
  });

  test("a role that there is not is refused", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ role: "admin" }));
    expect(await socket.closed).toEqual({ code: 1008, reason: "invalid role" });
  });

  test("a second connect is refused and changes nothing", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ scopes: [] }));
    socket.send({ ...connectFrame({ scopes: ["operator.read"] }), id: "c2" });
    expect(await socket.next(answerTo("c2"))).toMatchObject({
      ok: false,
      error: { message: "connect is only valid as the first request" },
    });
    socket.send({ type: "req", id: "s", method: "status" });
    expect(await socket.next(answerTo("s"))).toMatchObject({
      error: { message: "missing scope: operator.read" },
    });
  });
});

describe("hello-ok", () => {
  test("carries snapshot, features, policy and auth; a health event follows", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ scopes: ["operator.read", "operator.admin"] }));
    const { payload } = await socket.next(answerTo("c1"));
    expect(payload).toMatchObject({
      type: "hello-ok",
      protocol: 3,
      server: { version: "0.0.0-test", connId: expect.any(String) },
      auth: { method: "none", role: "operator", scopes: ["operator.read"] },
      policy: { maxPayload: 524_288, maxBufferedBytes: 1_572_864, tickIntervalMs: 30_000 },
      snapshot: {
        presence: [expect.objectContaining({ mode: "gateway" })],
        health: { ok: true, model: "none" },
        stateVersion: { presence: expect.any(Number), health: expect.any(Number) },
        uptimeMs: expect.any(Number),
        sessionDefaults: { mainSessionKey: "agent:main:main", mainKey: "main", scope: "per-sender" },
      },
    });
    expect(payload.features.methods).toContain("system.echo");
    expect(payload.features.events).toContain("chat");
    expect(payload.snapshot.configPath).toBeUndefined();
    const health = await socket.next((frame) => frame.event === "health");
    expect(health).toMatchObject({
      seq: 1,
      payload: { ok: true },
      stateVersion: { health: expect.any(Number) },
    });
  });

  test("the seed's own minimal client works as printed", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({}, { displayName: "example" }));
    await socket.next(answerTo("c1"));
    socket.send({ type: "req", id: "h1", method: "health" });
    expect(await socket.next(answerTo("h1"))).toMatchObject({ ok: true, payload: { ok: true } });
  });
});

describe("secrets", () => {
  async function outcome(auth: Frame, client: Frame = {}) {
    using socket = await openRaw(guarded.socketUrl);
    socket.send(connectFrame({ ...auth, scopes: ["operator.read", "operator.admin"] }, client));
    const answer = await socket.next(answerTo("c1"));
    return { answer, close: answer.ok === true ? null : await socket.closed };
  }

  test("the right token grants what was asked, in either field", async () => {
    for (const auth of [{ token: "right" }, { password: "right" }]) {
      const { answer } = await outcome({ auth });
      expect(answer.payload.auth).toMatchObject({
        method: "token",
        scopes: ["operator.read", "operator.admin"],
      });
    }
  });
  test("a wrong one and none are refused in the words that clients know", async () => {
    const wrong = await outcome({ auth: { token: "wrong" } });
    const message =
      "unauthorized: gateway token mismatch (set gateway.remote.token to match gateway.auth.token)";
    expect(wrong.answer.error).toMatchObject({
      code: "INVALID_REQUEST",
      message,
      details: { code: "AUTH_TOKEN_MISMATCH" },
    });
    expect(wrong.close).toEqual({ code: 1008, reason: message });
    const page = { id: "webchat-ui", mode: "webchat" };
    const none = await outcome({}, page);
    expect(none.answer.error).toMatchObject({
      message:
        "unauthorized: gateway token missing (open a tokenized dashboard URL or paste token in Control UI settings)",
      details: { code: "AUTH_TOKEN_MISSING" },
    });
    expect((await outcome({}, { id: "x", mode: "backend" })).close?.reason).toBe(
      "unauthorized: gateway token missing (provide gateway auth token)",
    );
  });
  test("a token in the query is tolerated, never used, never logged", async () => {
    using socket = await openRaw(`${guarded.socketUrl}?token=right`);
    socket.send(connectFrame());
    expect((await socket.closed).reason).toContain("gateway token missing");
    house.log.flush();
    guarded.log.flush();
    const text = readFileSync(join(guarded.stateDir, "logs", "moltbot.log"), "utf8");
    expect(text).toContain("client refused");
    expect(text).not.toContain("right");
  });
  test("our own key in the state directory opens everything, from this host", async () => {
    const token = readFileSync(join(guarded.stateDir, "local.key"), "utf8").trim();
    const { answer } = await outcome({ auth: { token } });
    expect(answer.payload.auth).toMatchObject({
      method: "local-key",
      scopes: ["operator.read", "operator.admin"],
    });
    expect(answer.payload.snapshot.stateDir).toBe(guarded.stateDir);
  });
});

describe("who may do what", () => {
  test("without a secret nobody becomes admin by asking", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ scopes: ["operator.admin", "operator.write"] }));
    const { payload } = await socket.next(answerTo("c1"));
    expect(payload.auth.scopes).toEqual(["operator.write"]);
    socket.send({ type: "req", id: "1", method: "sessions.reset", params: {} });
    expect(await socket.next(answerTo("1"))).toMatchObject({
      error: { code: "INVALID_REQUEST", message: "missing scope: operator.admin" },
    });
  });
  test("generation 4 hears FORBIDDEN with the scope", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ minProtocol: 4, maxProtocol: 4 }));
    await socket.next(answerTo("c1"));
    socket.send({ type: "req", id: "1", method: "chat.send", params: { nonsense: true } });
    expect(await socket.next(answerTo("1"))).toMatchObject({
      error: {
        code: "FORBIDDEN",
        message: "missing scope: operator.write",
        details: { code: "MISSING_SCOPE", missingScope: "operator.write" },
      },
    });
  });
  test("missing and empty scopes grant health and nothing else", async () => {
    for (const scopes of [undefined, []]) {
      using socket = await openRaw(house.socketUrl);
      socket.send(connectFrame(scopes === undefined ? {} : { scopes }));
      const { payload } = await socket.next(answerTo("c1"));
      expect(payload.auth.scopes).toEqual([]);
      for (const method of payload.features.methods as string[]) {
        socket.send({ type: "req", id: method, method, params: {} });
        const answer = await socket.next(answerTo(method));
        if (method === "health") expect(answer.ok).toBe(true);
        else expect(answer.error.message).toStartWith("missing scope: ");
      }
    }
  });
  test("a node may call nothing that is an operator's", async () => {
    using socket = await openRaw(house.socketUrl);
    socket.send(
      connectFrame({ role: "node", scopes: ["operator.admin"], caps: ["canvas"], commands: ["canvas.eval"] }),
    );
    expect((await socket.next(answerTo("c1"))).payload.auth).toMatchObject({ role: "node", scopes: [] });
    socket.send({ type: "req", id: "1", method: "status" });
    expect(await socket.next(answerTo("1"))).toMatchObject({ error: { message: "unauthorized role: node" } });
  });
});

describe("a device that is sent is verified", () => {
  function device(nonce: string, change: (text: string) => string = (text) => text) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
    const id = createHash("sha256").update(raw).digest("hex");
    const signedAt = Date.now();
    const text = `v2|${id}|cli|cli|operator|operator.read|${signedAt}||${nonce}`;
    const signature = sign(null, Buffer.from(change(text)), privateKey).toString("base64url");
    return { id, publicKey: raw.toString("base64url"), signature, signedAt, nonce };
  }

  test("and known by it", async () => {
    using socket = await openRaw(house.socketUrl);
    const nonce = String(socket.frames[0]?.payload.nonce);
    socket.send(connectFrame({ scopes: ["operator.read"], device: device(nonce) }));
    expect(await socket.next(answerTo("c1"))).toMatchObject({ ok: true });
  });
  test("and refused when it was signed for something else", async () => {
    using socket = await openRaw(house.socketUrl);
    const nonce = String(socket.frames[0]?.payload.nonce);
    const forged = device(nonce, (text) => text.replace("operator.read", "operator.admin"));
    socket.send(connectFrame({ scopes: ["operator.read"], device: forged }));
    expect(await socket.next(answerTo("c1"))).toMatchObject({
      error: { message: "device signature invalid", details: { code: "DEVICE_AUTH_SIGNATURE_INVALID" } },
    });
    expect(await socket.closed).toEqual({ code: 1008, reason: "device signature invalid" });
  });
});
