import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonOf, opcodes, openBare, wireFrame } from "./bare-socket.ts";
import { openMutePeer } from "./mute-peer.ts";
import { answerTo, connectFrame, type Frame, openRaw, type RawSocket } from "./raw-socket.ts";
import { type House, startHouse } from "./start-house.ts";

const read = { scopes: ["operator.read", "operator.write"] };

async function greeted(house: House, more: Frame = read): Promise<RawSocket> {
  const socket = await openRaw(house.socketUrl);
  socket.send(connectFrame(more));
  await socket.next(answerTo("c1"));
  return socket;
}

/** Connects with every scope: the key in the state directory is ours. */
function owner(house: House): Promise<RawSocket> {
  const token = readFileSync(join(house.stateDir, "local.key"), "utf8").trim();
  return greeted(house, { auth: { token }, scopes: ["operator.read", "operator.write", "operator.admin"] });
}

describe("sockets that say nothing", () => {
  test("are bounded, the oldest going first, and never keep the owner out", async () => {
    await using house = await startHouse();
    const silent = await Promise.all(Array.from({ length: 100 }, () => openRaw(house.socketUrl)));
    await Promise.all(silent.slice(0, 36).map((socket) => socket.closed));
    expect(silent.filter((socket) => socket.socket.readyState === WebSocket.OPEN)).toHaveLength(64);
    using client = await greeted(house);
    client.send({ type: "req", id: "h", method: "health", params: { probe: true } });
    const { payload } = await client.next(answerTo("h"));
    expect(payload.process.sheds["silent-before-hello"]).toBe(36);
    for (const socket of silent) socket[Symbol.dispose]();
  });

  test("honest clients that reconnect in one instant all get in", async () => {
    await using house = await startHouse();
    const clients = await Promise.all(Array.from({ length: 400 }, () => greeted(house)));
    expect(clients).toHaveLength(400);
    for (const socket of clients) socket[Symbol.dispose]();
  });
});

describe("requests", () => {
  test("after hello-ok bad frames are answered or ignored, and the connection stays", async () => {
    await using house = await startHouse();
    using socket = await greeted(house);
    socket.send("not json");
    socket.send({ type: "req", method: "health" });
    expect(await socket.next(answerTo("invalid"))).toMatchObject({
      ok: false,
      error: { code: "INVALID_REQUEST", message: "invalid request frame: must have required property 'id'" },
    });
    socket.send({ type: "res", id: "odd", ok: true });
    expect((await socket.next(answerTo("odd"))).error.message).toStartWith("invalid request frame: ");
    socket.send({ type: "req", id: "u", method: "no.such" });
    expect(await socket.next(answerTo("u"))).toMatchObject({ error: { message: "unknown method: no.such" } });
    socket.send({ type: "req", id: "e", method: "system.echo", params: { text: "", more: 1 } });
    expect((await socket.next(answerTo("e"))).error.message).toStartWith("invalid system.echo params: ");
    const nested = JSON.parse(`${'{"a":'.repeat(70)}1${"}".repeat(70)}`);
    socket.send({ type: "req", id: "d", method: "system.echo", params: nested });
    expect((await socket.next(answerTo("d"))).error.message).toContain("nested");
    const wide = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, 0]));
    socket.send({ type: "req", id: "w", method: "system.echo", params: wide });
    expect((await socket.next(answerTo("w"))).ok).toBe(false);
    socket.send({ type: "req", id: "n", method: "health", params: null });
    expect(await socket.next(answerTo("n"))).toMatchObject({ ok: true });
  });

  test("each gets one answer, even when all carry the same id", async () => {
    await using house = await startHouse();
    using socket = await greeted(house);
    for (let index = 0; index < 500; index += 1) {
      socket.send({ type: "req", id: "same", method: "system.echo", params: { text: "x" } });
    }
    socket.send({ type: "req", id: "last", method: "system.echo", params: { text: "y" } });
    await socket.next(answerTo("last"));
    expect(socket.frames.filter(answerTo("same"))).toHaveLength(500);
  });

  test("beyond 256 unanswered are told to come again, and aborting still works", async () => {
    const { startModelEndpoint } = await import("../fakes/model-endpoint.ts");
    await using model = await startModelEndpoint({ mode: "slow" });
    await using house = await startHouse({ config: modelConfig(model.baseUrl) });
    using socket = await greeted(house);
    const message = { sessionKey: "main", message: "hi", idempotencyKey: "run" };
    socket.send({ type: "req", id: "s", method: "chat.send", params: message });
    await socket.next(answerTo("s"));
    await model.waitForRequest();
    for (let index = 0; index < 300; index += 1) {
      socket.send({
        type: "req",
        id: `w${index}`,
        method: "agent.wait",
        params: { runId: "run", timeoutMs: 60_000 },
      });
    }
    const refusals = () =>
      socket.frames.filter((frame) => frame.error?.code === "UNAVAILABLE").map(({ id }) => id);
    await socket.next(answerTo("w299"));
    expect(refusals()).toEqual(Array.from({ length: 44 }, (_, index) => `w${256 + index}`));
    expect((await socket.next(answerTo("w256"))).error).toMatchObject({ retryable: true, retryAfterMs: 250 });
    socket.send({ type: "req", id: "a", method: "chat.abort", params: { sessionKey: "main" } });
    expect(await socket.next(answerTo("a"))).toMatchObject({ payload: { aborted: true, runIds: ["run"] } });
    expect(await socket.next(answerTo("w0"))).toMatchObject({ payload: { status: "error" } });
    expect(await socket.next(answerTo("w255"))).toMatchObject({ ok: true });
  });

  test("a frame over the limit ends the connection", async () => {
    await using house = await startHouse();
    using socket = await greeted(house);
    socket.send({ type: "req", id: "1", method: "system.echo", params: { text: "x".repeat(524_288) } });
    expect((await socket.closed).code).toBeOneOf([1006, 1009]);
  });
});

describe("listeners", () => {
  test("who stops reading is ended, and the others hear everything, numbered without a hole", async () => {
    await using house = await startHouse();
    using admin = await owner(house);
    using listener = await greeted(house);
    using deaf = await openMutePeer(house.port, read);
    deaf.stopReading();
    admin.send({ type: "req", id: "p", method: "sessions.patch", params: { key: "main", label: "x" } });
    await admin.next(answerTo("p"));
    const text = "x".repeat(200_000);
    let sent = 0;
    let sheds: Frame = {};
    while (sheds["slow-consumer"] === undefined && sent < 100) {
      sent += 1;
      const params = { sessionKey: "main", message: text };
      admin.send({ type: "req", id: `i${sent}`, method: "chat.inject", params });
      admin.send({ type: "req", id: `p${sent}`, method: "health", params: { probe: true } });
      await admin.next(answerTo(`i${sent}`));
      sheds = (await admin.next(answerTo(`p${sent}`))).payload.process.sheds;
    }
    expect(sent).toBeLessThan(100);
    admin.send({
      type: "req",
      id: "end",
      method: "chat.inject",
      params: { sessionKey: "main", message: "last" },
    });
    await listener.next(
      (frame) => frame.event === "chat" && frame.payload.message.content[0].text === "last",
    );
    const seqs = listener.frames.flatMap((frame) => (frame.seq === undefined ? [] : [frame.seq]));
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(listener.frames.filter((frame) => frame.event === "chat")).toHaveLength(sent + 1);
    expect(sheds).toMatchObject({ "slow-consumer": 1 });
  });

  test("large answers reach a client that reads slowly, all of them", async () => {
    await using house = await startHouse();
    using admin = await owner(house);
    admin.send({ type: "req", id: "p", method: "sessions.patch", params: { key: "main", label: "x" } });
    await admin.next(answerTo("p"));
    for (let index = 0; index < 10; index += 1) {
      const params = { sessionKey: "main", message: "y".repeat(100_000) };
      admin.send({ type: "req", id: `i${index}`, method: "chat.inject", params });
      await admin.next(answerTo(`i${index}`));
    }
    using slow = await openMutePeer(house.port, read);
    slow.stopReading();
    for (let index = 0; index < 60; index += 1) {
      slow.send({ type: "req", id: `h${index}`, method: "chat.history", params: { sessionKey: "main" } });
    }
    using other = await greeted(house);
    other.send({ type: "req", id: "h", method: "health" });
    await other.next(answerTo("h"));
    const enough = 60 * 900_000;
    slow.resumeReading();
    await slow.until(() => slow.received() > enough);
    expect(slow.received()).toBeGreaterThan(enough);
  });

  test("a peer that never answers a ping is ended although it is being pushed to", async () => {
    await using house = await startHouse({ config: { gateway: { pingIntervalMs: 40, tickIntervalMs: 15 } } });
    using dead = await openMutePeer(house.port);
    using alive = await greeted(house);
    await dead.ended;
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    expect(alive.frames.some((frame) => frame.event === "tick")).toBe(true);
  });

  test("a peer that pings without end is ended, whether it reads the pongs or not; a thousand are answered", async () => {
    await using house = await startHouse();
    const pings = (count: number) =>
      Buffer.concat(Array.from({ length: count }, () => wireFrame(opcodes.ping, "p".repeat(125))));
    await using honest = await house.connect();
    const floods = async () =>
      (await honest.call("health", { probe: true })).process.sheds["ping-flood"] ?? 0;
    using reads = await openBare(house.port);
    reads.write(pings(1_001));
    expect(await reads.ended).toMatchObject({ code: 1006 });
    using deaf = await openBare(house.port);
    deaf.pause();
    deaf.write(pings(1_001));
    while ((await floods()) < 2) await Bun.sleep(1);
    using busy = await openBare(house.port);
    busy.write(pings(1_000));
    busy.write(wireFrame(opcodes.text, JSON.stringify(connectFrame())));
    await busy.next((frame) => jsonOf(frame)?.id === "c1");
    expect(busy.frames.filter(({ opcode }) => opcode === opcodes.pong)).toHaveLength(1_000);
    expect(await floods()).toBe(2);
  });

  test("the count of pings begins anew with each of the gateway's own", async () => {
    await using house = await startHouse({ config: { gateway: { pingIntervalMs: 60 } } });
    using busy = await openBare(house.port);
    const pings = Buffer.concat(Array.from({ length: 600 }, () => wireFrame(opcodes.ping, "")));
    const asked = () => busy.frames.filter(({ opcode }) => opcode === opcodes.ping).length;
    for (let times = 1; times <= 3; times += 1) {
      while (asked() < times)
        await busy.next(({ opcode }) => opcode === opcodes.ping).then(() => Bun.sleep(1));
      busy.write(pings);
      busy.write(wireFrame(opcodes.pong, ""));
    }
    busy.write(wireFrame(opcodes.text, JSON.stringify(connectFrame())));
    await busy.next((frame) => jsonOf(frame)?.id === "c1");
    expect(busy.frames.filter(({ opcode }) => opcode === opcodes.pong)).toHaveLength(1_800);
  });

  test("ticks reach everybody, nodes and clients without scopes too", async () => {
    await using house = await startHouse({ config: { gateway: { tickIntervalMs: 20 } } });
    using node = await greeted(house, { role: "node" });
    using stranger = await greeted(house, {});
    await Promise.all([node, stranger].map((socket) => socket.next((frame) => frame.event === "tick")));
    expect(node.frames.some((frame) => frame.event === "presence")).toBe(false);
  });

  test("presence is gathered: many come, few events", async () => {
    await using house = await startHouse();
    using watcher = await greeted(house);
    const join = (index: number) =>
      openRaw(house.socketUrl).then(async (socket) => {
        socket.send(
          connectFrame(read, { id: "app", mode: "ui", instanceId: `i${index}`, displayName: `app ${index}` }),
        );
        await socket.next(answerTo("c1"));
        return socket;
      });
    const clients = await Promise.all(Array.from({ length: 250 }, (_, index) => join(index)));
    const full = await watcher.next(
      (frame) => frame.event === "presence" && frame.payload.presence.length === 200,
    );
    expect(full.stateVersion).toEqual({ presence: expect.any(Number), health: expect.any(Number) });
    const rows = full.payload.presence as Frame[];
    expect(rows.at(-1)).toMatchObject({ mode: "gateway", reason: "self" });
    expect(watcher.frames.filter((frame) => frame.event === "presence").length).toBeLessThan(12);
    for (const socket of clients) socket[Symbol.dispose]();
    await watcher.next(
      (frame) => frame.event === "presence" && frame.payload.presence[0].reason === "disconnect",
    );
  });
});

test("at the end everybody hears shutdown and is closed with 1012, the deaf and the silent too", async () => {
  const house = await startHouse();
  using client = await greeted(house);
  using silent = await openRaw(house.socketUrl);
  using deaf = await openMutePeer(house.port);
  deaf.stopReading();
  const stopping = house.stop();
  const shutdown = await client.next((frame) => frame.event === "shutdown");
  expect(shutdown.payload).toEqual({ reason: "test over", restartExpectedMs: null });
  expect(await client.closed).toEqual({ code: 1012, reason: "service restart" });
  expect(await silent.closed).toEqual({ code: 1012, reason: "service restart" });
  await stopping;
  await house[Symbol.asyncDispose]();
});

function modelConfig(baseUrl: string): Record<string, unknown> {
  return {
    models: {
      providers: {
        fake: { baseUrl, apiKey: "k", api: "openai-completions", models: [{ id: "m", name: "M" }] },
      },
    },
    agents: { defaults: { model: "fake/m" } },
  };
}
