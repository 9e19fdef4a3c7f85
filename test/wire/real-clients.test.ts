import { describe, expect, test } from "bun:test";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { type ModelHouse, startModelHouse } from "./model-house.ts";
import { answerTo, type Frame, openRaw, type RawSocket } from "./raw-socket.ts";

const said = "one two three four five six";

function world(): Promise<ModelHouse> {
  return startModelHouse(
    { reply: () => said, paceMs: 20 },
    { config: { gateway: { controlUi: { enabled: false } } }, flags: { token: "secret" } },
  );
}

interface Shipped {
  client: Frame;
  protocol: { minProtocol: number; maxProtocol: number };
  scopes: string[];
  caps: string[];
  /** Which payload the device signs. */
  signs: "v2" | "v3";
}

/** The old page, as it is shipped with the releases of generation 3. */
const controlUi: Shipped = {
  client: { id: "clawdbot-control-ui", version: "dev", platform: "Linux x86_64", mode: "webchat" },
  protocol: { minProtocol: 3, maxProtocol: 3 },
  scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
  caps: [],
  signs: "v2",
};

/** The terminal client of generation 4. */
const terminal: Shipped = {
  client: {
    id: "openclaw-tui",
    displayName: "openclaw-tui",
    version: "2026.9.6",
    platform: "linux",
    mode: "ui",
    instanceId: "0e6a5f1c-0000-4000-8000-000000000000",
  },
  protocol: { minProtocol: 4, maxProtocol: 4 },
  scopes: ["operator.admin", "operator.read", "operator.write", "operator.approvals"],
  caps: ["agent-kind", "plugin-approvals", "task-suggestions", "tool-events"],
  signs: "v3",
};

/** A device as these clients make it: the key's hash is its name, and it signs this socket's challenge. */
function proofOf({ client, scopes, signs }: Shipped, challenge: Frame): Frame {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  const id = createHash("sha256").update(key).digest("hex");
  const { nonce, ts: signedAt } = challenge;
  const fields = [signs, id, client.id, client.mode, "operator", scopes.join(","), signedAt, "secret", nonce];
  if (signs === "v3") fields.push(client.platform, "");
  const signature = sign(null, Buffer.from(fields.join("|")), privateKey).toString("base64url");
  return { id, publicKey: key.toString("base64url"), signature, signedAt, nonce };
}

/** Connects as the client does; `ask` fails for every answer that is not ok. */
async function connect(shipped: Shipped, { house }: ModelHouse) {
  const socket = await openRaw(house.socketUrl);
  const challenge = (await socket.next((frame) => frame.event === "connect.challenge")).payload;
  let count = 0;
  const ask = async (method: string, params?: Frame): Promise<Frame> => {
    count += 1;
    const id = `r${count}`;
    socket.send({ type: "req", id, method, ...(params === undefined ? {} : { params }) });
    const answer = await socket.next(answerTo(id));
    if (answer.ok !== true) throw new Error(`${method} was refused: ${JSON.stringify(answer.error)}`);
    return answer.payload;
  };
  const hello = await ask("connect", {
    ...shipped.protocol,
    client: shipped.client,
    role: "operator",
    scopes: shipped.scopes,
    caps: shipped.caps,
    auth: { token: "secret" },
    device: proofOf(shipped, challenge),
    locale: "en-US",
    userAgent: "test",
  });
  return { socket, ask, hello, [Symbol.dispose]: () => socket.socket.close() };
}

/** The chat events of a run, once its last one is there. */
async function chatOf(socket: RawSocket, runId: string): Promise<Frame[]> {
  const isOfRun = (frame: Frame) => frame.event === "chat" && frame.payload.runId === runId;
  await socket.next((frame) => isOfRun(frame) && frame.payload.state !== "delta");
  return socket.frames.filter(isOfRun).map(({ payload }) => payload);
}

function textOf(message: Frame | undefined): string {
  return message?.content[0].text;
}

function expectGapless(socket: RawSocket): void {
  const numbers = socket.frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
}

describe("the page of generation 3", () => {
  test("finds all that it asks for on connecting", async () => {
    await using house = await world();
    using page = await connect(controlUi, house);
    const { hello, ask, socket } = page;
    expect(hello).toMatchObject({ type: "hello-ok", protocol: 3, auth: { role: "operator" } });
    expect(hello.snapshot.sessionDefaults).toEqual({
      defaultAgentId: "main",
      mainKey: "main",
      mainSessionKey: "agent:main:main",
      scope: "per-sender",
    });
    expect((await socket.next((frame) => frame.event === "health")).payload).toMatchObject({ ok: true });
    const face = await ask("agent.identity.get", { sessionKey: "agent:main:main" });
    expect(Object.keys(face).sort()).toEqual(["agentId", "avatar", "name"]);
    expect(await ask("agents.list", {})).toMatchObject({
      defaultId: "main",
      mainKey: "main",
      scope: "per-sender",
    });
    expect(await ask("chat.history", { sessionKey: "agent:main:main", limit: 200 })).toMatchObject({
      sessionKey: "agent:main:main",
      messages: [],
      thinkingLevel: "off",
    });
    expect(
      await ask("sessions.list", { includeGlobal: true, includeUnknown: false, limit: 120 }),
    ).toMatchObject({
      count: 0,
      path: expect.any(String),
      defaults: { modelProvider: "fake", model: "m" },
      sessions: [],
    });
  });

  test("has a chat: what is written, the answer as it grows, and both in the history", async () => {
    await using house = await world();
    using page = await connect(controlUi, house);
    const { ask, socket } = page;
    const runId = crypto.randomUUID();
    const sessionKey = "agent:main:main";
    const sent = await ask("chat.send", {
      sessionKey,
      message: "hello",
      deliver: false,
      idempotencyKey: runId,
    });
    expect(sent).toEqual({ runId, status: "started" });
    const chat = await chatOf(socket, runId);
    expect(chat.every((event) => event.sessionKey === sessionKey && event.runId === runId)).toBe(true);
    const texts = chat.filter(({ state }) => state === "delta").map(({ message }) => textOf(message));
    for (const [index, text] of texts.entries()) expect(text).toStartWith(texts[index - 1] ?? "");
    expect(texts.at(-1)).toBe(said);
    expect(textOf(chat.at(-1)?.message)).toBe(said);
    const { messages } = await ask("chat.history", { sessionKey, limit: 200 });
    expect(messages).toMatchObject([
      { role: "user", content: [{ type: "text", text: "hello" }], timestamp: expect.any(Number) },
      {
        role: "assistant",
        content: [{ type: "text", text: said }],
        provider: "fake",
        model: "m",
        stopReason: "stop",
        usage: { input: expect.any(Number), output: expect.any(Number), totalTokens: expect.any(Number) },
      },
    ]);
    expect(await ask("chat.abort", { sessionKey, runId })).toEqual({ ok: true, aborted: false, runIds: [] });
    expectGapless(socket);
  });

  test("finds what its other screens show", async () => {
    await using house = await world();
    using page = await connect(controlUi, house);
    const { ask } = page;
    expect(await ask("system-presence", {})).toBeArray();
    expect(await ask("status", {})).toMatchObject({ sessions: { count: 0, paths: [expect.any(String)] } });
    expect(await ask("health", {})).toMatchObject({
      ok: true,
      channelOrder: [],
      agents: [{ heartbeat: { enabled: false, everyMs: null, prompt: "", target: "none", ackMaxChars: 0 } }],
    });
    expect((await ask("models.list", {})).models).toMatchObject([{ id: "m", name: "M", provider: "fake" }]);
    expect(await ask("last-heartbeat", {})).toBeNull();
    expect((await ask("logs.tail", { limit: 500, maxBytes: 250_000 })).lines).toBeArray();
    expect(await ask("config.get", {})).toMatchObject({
      valid: true,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await ask("sessions.patch", { key: "agent:main:x", label: "X", thinkingLevel: null, verboseLevel: "on" });
    const { sessions } = await ask("sessions.list", { activeMinutes: 60, limit: 50, includeGlobal: true });
    expect(sessions).toMatchObject([{ key: "agent:main:x", kind: "direct", label: "X", verboseLevel: "on" }]);
    expect(await ask("sessions.delete", { key: "agent:main:x", deleteTranscript: true })).toMatchObject({
      ok: true,
      deleted: true,
    });
    await expect(ask("nobody.knows", {})).rejects.toThrow("unknown method: nobody.knows");
  });
});

describe("the terminal client of generation 4", () => {
  const minimum = [
    "sessions.subscribe",
    "sessions.messages.subscribe",
    "sessions.messages.unsubscribe",
    "sessions.describe",
    "sessions.create",
    "commands.list",
    "question.list",
    "taskSuggestions.list",
    "plugin.approval.list",
    "exec.approval.list",
    "models.list",
    "chat.history",
    "agents.list",
  ];

  test("is told that all it cannot do without is there", async () => {
    await using house = await world();
    using tui = await connect(terminal, house);
    expect(tui.hello).toMatchObject({ protocol: 4, auth: { role: "operator", scopes: terminal.scopes } });
    expect(minimum.filter((name) => !tui.hello.features.methods.includes(name))).toEqual([]);
    for (const event of ["sessions.changed", "session.message", "session.tool"]) {
      expect(tui.hello.features.events).toContain(event);
    }
  });

  test("starts", async () => {
    await using house = await world();
    using tui = await connect(terminal, house);
    const { ask } = tui;
    expect(await ask("sessions.subscribe", {})).toEqual({ subscribed: true });
    expect((await ask("agents.list", {})).agents).toMatchObject([{ id: "main" }]);
    const { commands } = await ask("commands.list", { agentId: "main", scope: "text", includeArgs: true });
    expect(commands.map(({ name }: Frame) => name)).toContain("status");
    for (const command of commands) {
      expect(command).toMatchObject({ source: "native", scope: "text", acceptsArgs: expect.any(Boolean) });
    }
    expect(await ask("plugin.approval.list", {})).toEqual([]);
    expect(await ask("exec.approval.list", {})).toEqual([]);
    expect(await ask("question.list", {})).toEqual({ questions: [] });
    expect(await ask("taskSuggestions.list", {})).toEqual({ suggestions: [] });
    expect(await ask("sessions.describe", { key: "agent:main:main", agentId: "main" })).toEqual({
      session: null,
    });
    expect(await ask("sessions.list", { agentId: "main", limit: 1 })).toMatchObject({
      defaults: { modelProvider: "fake", model: "m" },
    });
    expect(
      await ask("chat.history", { sessionKey: "agent:main:main", agentId: "main", limit: 200 }),
    ).toMatchObject({
      sessionKey: "agent:main:main",
      messages: [],
      hasMore: false,
      totalMessages: 0,
    });
    expect((await ask("models.list", { agentId: "main" })).models).toMatchObject([
      { provider: "fake", id: "m" },
    ]);
    expect(await ask("status")).toMatchObject({ sessions: expect.any(Object) });
  });

  test("has a chat, with the keys that only it sends", async () => {
    await using house = await world();
    using tui = await connect(terminal, house);
    const { ask, socket } = tui;
    await ask("sessions.subscribe", {});
    const created = await ask("sessions.create", {
      key: "agent:main:tui-1",
      agentId: "main",
      emitCommandHooks: false,
      succeedsParent: true,
    });
    expect(created).toMatchObject({
      ok: true,
      key: "agent:main:tui-1",
      entry: { updatedAt: expect.any(Number) },
    });
    await ask("sessions.messages.subscribe", { key: created.key, agentId: "main" });
    const runId = crypto.randomUUID();
    const sent = await ask("chat.send", {
      sessionKey: created.key,
      agentId: "main",
      sessionId: created.sessionId,
      message: "hello",
      deliver: false,
      timeoutMs: 600_000,
      idempotencyKey: runId,
      expectedSessionRoutingContract: "x",
      mentions: [],
    });
    expect(sent).toEqual({ runId, status: "started" });
    const chat = await chatOf(socket, runId);
    let text = "";
    for (const delta of chat.filter(({ state }) => state === "delta")) {
      text += delta.deltaText;
      expect(textOf(delta.message)).toBe(text);
    }
    expect(text).toBe(said);
    expect(textOf(chat.at(-1)?.message)).toBe(said);
    const told = socket.frames
      .filter(({ event }) => event === "session.message")
      .map(({ payload }) => payload);
    const origin = { provider: "webchat", surface: "webchat", chatType: "direct" };
    const [running, over] = [
      { status: "running", startedAt: expect.any(Number), totalTokens: 0, totalTokensFresh: false, origin },
      { endedAt: expect.any(Number), runtimeMs: expect.any(Number), totalTokensFresh: true, origin },
    ];
    const answerId = told[1]?.messageId;
    expect(answerId).toBeString();
    expect(told).toMatchObject([
      { sessionKey: created.key, messageSeq: 1, message: { role: "user", __openclaw: { seq: 1 } } },
      {
        sessionKey: created.key,
        messageSeq: 2,
        message: { role: "assistant", __openclaw: { id: answerId, seq: 2 } },
        session: { key: created.key },
        ...over,
      },
    ]);
    const changed = socket.frames
      .filter(({ event }) => event === "sessions.changed")
      .map(({ payload }) => payload);
    expect(changed.map(({ reason }) => reason)).toEqual(["create", "message", "message"]);
    for (const { session, ...beside } of changed) {
      const { key, ...row } = session;
      expect(beside).toMatchObject(row);
      expect(key).toBe(beside.sessionKey);
    }
    expect(changed.slice(1)).toMatchObject([
      { ...running, session: running, lastChannel: "webchat", deliveryContext: { channel: "webchat" } },
      { ...over, session: over, kind: "direct", chatType: "direct", abortedLastRun: false },
    ]);
    expect(changed[2]).not.toHaveProperty("status");
    expect(await ask("chat.history", { sessionKey: created.key, agentId: "main", limit: 200 })).toMatchObject(
      {
        totalMessages: 2,
        sessionInfo: { key: created.key, totalTokens: expect.any(Number) },
      },
    );
    expect(
      await ask("chat.abort", { sessionKey: created.key, agentId: "main", preserveSideRuns: true }),
    ).toEqual({ ok: true, aborted: false, runIds: [] });
    expect(
      await ask("sessions.patch", { key: created.key, model: "fake/m", expectedSessionId: "x" }),
    ).toMatchObject({
      ok: true,
      key: created.key,
      resolved: { modelProvider: "fake", model: "m" },
    });
    expect(await ask("sessions.reset", { key: created.key, agentId: "main", reason: "new" })).toMatchObject({
      ok: true,
      key: created.key,
      entry: { totalTokens: 0 },
    });
    expectGapless(socket);
  });
});
