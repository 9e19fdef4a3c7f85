import { describe, expect, test } from "bun:test";
import type { GatewayClient } from "#src/client/client.ts";
import { chatOf, startModelHouse } from "./model-house.ts";
import { startHouse } from "./start-house.ts";

const setup = {
  config: {
    gateway: { controlUi: { enabled: false } },
    agents: { list: [{ id: "main", default: true }, { id: "work" }] },
  },
  flags: { token: "secret" },
};
const asAdmin = { auth: { token: "secret" } };

async function say(client: GatewayClient, sessionKey: string, message: string): Promise<void> {
  const idempotencyKey = crypto.randomUUID();
  const chat = chatOf(client, idempotencyKey);
  await client.call("chat.send", { sessionKey, message, idempotencyKey });
  await chat;
}

describe("sessions.create", () => {
  test("makes a session under a key of its own, or under the one that is given", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    const made = await client.call("sessions.create", { label: "Trip", agentId: "work" });
    expect(made.key).toMatch(/^agent:work:dashboard:[0-9a-f-]{36}$/);
    expect(made).toMatchObject({
      ok: true,
      entry: { label: "Trip", sessionId: made.sessionId },
      runStarted: false,
    });
    expect(await client.call("sessions.create", { key: "tui-1" })).toMatchObject({ key: "agent:main:tui-1" });
    expect(await client.call("sessions.create", { key: "tui-1", agentId: "work" })).toMatchObject({
      key: "agent:work:tui-1",
    });
  });

  test("changes one that is there, and keeps what was said in it", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    await say(client, "trip", "hello");
    const before = await client.call("sessions.describe", { key: "trip" });
    const again = await client.call("sessions.create", { key: "trip", label: "Trip" });
    expect(again.sessionId).toBe(before.session?.sessionId ?? "");
    expect(await client.call("chat.history", { sessionKey: "trip" })).toMatchObject({ totalMessages: 2 });
  });

  test("says the first thing, where one is given", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    const { runStarted, runId = "" } = await client.call("sessions.create", {
      key: "errand",
      task: "/echo done",
    });
    expect(runStarted).toBe(true);
    expect(await client.call("agent.wait", { runId })).toMatchObject({ status: "ok" });
    const { messages } = await client.call("chat.history", { sessionKey: "errand" });
    expect(messages.map(({ content }) => content)).toEqual([
      [{ type: "text", text: "/echo done" }],
      [{ type: "text", text: "done" }],
    ]);
  });

  test("takes over the model and the levels of the session that it comes from", async () => {
    await using world = await startModelHouse({}, { config: { gateway: setup.config.gateway } });
    await using client = await world.house.connect();
    await client.call("sessions.patch", {
      key: "parent",
      model: "fake/m",
      thinkingLevel: "high",
      label: "P",
    });
    const child = await client.call("sessions.create", { parentSessionKey: "parent" });
    expect(child.entry).toMatchObject({
      modelOverride: "m",
      providerOverride: "fake",
      thinkingLevel: "high",
    });
    expect(child.entry.label).toBeUndefined();
  });

  test("takes the thinking level that is asked for", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    const { entry } = await client.call("sessions.create", { key: "deep", thinkingLevel: "high" });
    expect(entry).toMatchObject({ thinkingLevel: "high" });
  });

  const wrong: [string, Record<string, string>, string][] = [
    ["an agent that is not there", { agentId: "nobody" }, 'unknown agent id "nobody"'],
    ["a key of an agent that is not there", { key: "agent:nobody:x" }, 'unknown agent id "nobody"'],
    ["a key of another agent", { agentId: "work", key: "agent:main:x" }, "does not match session key agent"],
    ["a parent that is not there", { parentSessionKey: "nobody" }, "No session found: nobody"],
    ["a model that is not there", { model: "none/such" }, "unknown model: none/such"],
  ];
  test.each(wrong)("refuses %s, and makes nothing", async (_, params, message) => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    await expect(client.call("sessions.create", params)).rejects.toThrow(message);
    expect(await client.call("sessions.list", {})).toMatchObject({ count: 0 });
  });
});

describe("an agent that is not there", () => {
  test("is refused wherever a session would be made or something said in its name", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    const key = "agent:nobody:x";
    const message = 'unknown agent id "nobody"';
    const idempotencyKey = "k";
    const said = { message: "/echo hello", idempotencyKey };
    await expect(client.call("chat.send", { sessionKey: key, ...said })).rejects.toThrow(message);
    await expect(
      client.call("chat.send", { sessionKey: "main", agentId: "nobody", ...said }),
    ).rejects.toThrow(message);
    await expect(client.call("agent", { sessionKey: key, ...said })).rejects.toThrow(message);
    await expect(client.call("sessions.patch", { key, label: "X" })).rejects.toThrow(message);
    await expect(client.call("sessions.reset", { key })).rejects.toThrow(message);
    expect(await client.call("sessions.list", {})).toMatchObject({ count: 0 });
  });
});

describe("finding a session", () => {
  test("by key, id or label", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    const { key, sessionId } = await client.call("sessions.create", { key: "trip", label: "Trip" });
    for (const by of [
      { key: "Trip" },
      { key },
      { sessionId },
      { label: "Trip" },
      { label: "Trip", agentId: "main" },
    ]) {
      expect(await client.call("sessions.resolve", by)).toEqual({ ok: true, key });
    }
    const { session } = await client.call("sessions.describe", { key: "trip", includeDerivedTitles: true });
    expect(session).toMatchObject({ key, sessionId, kind: "direct", label: "Trip", derivedTitle: "Trip" });
    expect(await client.call("sessions.describe", { key: "nobody" })).toEqual({ session: null });
  });

  test("says in the words that clients know why there is none", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    await client.call("sessions.create", { key: "trip", label: "Trip" });
    const wrong: [Record<string, string>, string][] = [
      [{}, "Either key, sessionId, or label is required"],
      [{ key: "trip", label: "Trip" }, "Provide either key, sessionId, or label (not multiple)"],
      [{ key: "nobody" }, "No session found: nobody"],
      [{ sessionId: "nobody" }, "No session found: nobody"],
      [{ label: "Nobody" }, "No session found with label: Nobody"],
      [{ label: "Trip", agentId: "work" }, "No session found with label: Trip"],
      [{ key: "trip", spawnedBy: "agent:main:main" }, "No session found: trip"],
    ];
    for (const [params, message] of wrong) {
      await expect(client.call("sessions.resolve", params)).rejects.toThrow(message);
    }
    expect(await client.call("sessions.resolve", { key: "nobody", allowMissing: true })).toEqual({
      ok: false,
    });
  });

  test("shows the last lines of several at once", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    await say(client, "one", "/echo first");
    await say(client, "one", `/echo ${"中".repeat(100)}`);
    await client.call("sessions.create", { key: "empty" });
    const keys = ["one", "agent:main:empty", "nobody"];
    const { previews } = await client.call("sessions.preview", { keys, limit: 3, maxChars: 20 });
    expect(previews).toEqual([
      {
        key: "one",
        status: "ok",
        items: [
          { role: "assistant", text: "first" },
          { role: "user", text: `/echo ${"中".repeat(13)}…` },
          { role: "assistant", text: `${"中".repeat(19)}…` },
        ],
      },
      { key: "agent:main:empty", status: "empty", items: [] },
      { key: "nobody", status: "missing", items: [] },
    ]);
    const many = Array.from({ length: 70 }, (_, index) => `k${index}`);
    expect((await client.call("sessions.preview", { keys: many })).previews).toHaveLength(64);
  });
});

describe("sessions.compact", () => {
  test("keeps the last messages and puts the others aside", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    for (const word of ["a", "b", "c"]) await say(client, "main", `/echo ${word}`);
    expect(await client.call("sessions.compact", { key: "main", maxLines: 6 })).toEqual({
      ok: true,
      key: "agent:main:main",
      compacted: false,
      kept: 6,
    });
    const before = await client.call("chat.history", { sessionKey: "main" });
    const done = await client.call("sessions.compact", { key: "main", maxLines: 2 });
    expect(done).toMatchObject({ compacted: true, kept: 2, archived: expect.stringContaining(".bak.") });
    const after = await client.call("chat.history", { sessionKey: "main" });
    expect(after).toMatchObject({ totalMessages: 2, hasMore: false, sessionId: before.sessionId });
    expect(after.messages).toEqual(before.messages.slice(-2));
    await say(client, "main", "/echo d");
    expect(await client.call("chat.history", { sessionKey: "main" })).toMatchObject({ totalMessages: 4 });
  });

  test("says why there is nothing to do", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    expect(await client.call("sessions.compact", { key: "nobody" })).toMatchObject({
      reason: "no sessionId",
    });
    await client.call("sessions.create", { key: "empty" });
    expect(await client.call("sessions.compact", { key: "empty" })).toMatchObject({
      reason: "no transcript",
    });
  });
});

test("an agent that is named beside a key decides whose session it is, wherever one may name it", async () => {
  await using house = await startHouse(setup);
  await using client = await house.connect(asAdmin);
  const chat = chatOf(client, "k");
  await client.call("chat.send", {
    sessionKey: "main",
    agentId: "work",
    message: "/echo hi",
    idempotencyKey: "k",
  });
  expect((await chat).at(-1)).toMatchObject({ sessionKey: "main", state: "final" });
  expect(await client.call("chat.history", { sessionKey: "main", agentId: "work" })).toMatchObject({
    sessionKey: "main",
    totalMessages: 2,
    thinkingLevel: "off",
    sessionInfo: { key: "agent:work:main" },
  });
  expect(await client.call("chat.history", { sessionKey: "main" })).toMatchObject({ totalMessages: 0 });
  await client.call("sessions.patch", { key: "main", agentId: "work", thinkingLevel: "high" });
  const { session } = await client.call("sessions.describe", { key: "agent:work:main" });
  expect(session?.thinkingLevel).toBe("high");
});

describe("sessions.list", () => {
  test("searches for every sign as it is, and for a text of any length", async () => {
    await using house = await startHouse(setup);
    await using client = await house.connect(asAdmin);
    for (const label of ["100% sure", "snake_case", "back\\slash", "nul\u0000 inside", "plain"]) {
      await client.call("sessions.create", { label });
    }
    const found = async (search: string) => {
      const { sessions } = await client.call("sessions.list", { search });
      return sessions.map((session) => session.label);
    };
    expect(await found("0%")).toEqual(["100% sure"]);
    expect(await found("%")).toEqual(["100% sure"]);
    expect(await found("E_C")).toEqual(["snake_case"]);
    expect(await found("\\")).toEqual(["back\\slash"]);
    expect(await found("\u0000")).toEqual(["nul\u0000 inside"]);
    expect(await found("PLAIN")).toEqual(["plain"]);
    expect(await found("x".repeat(100_000))).toEqual([]);
  });
});
