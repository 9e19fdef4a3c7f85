import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayClient } from "#src/client/client.ts";
import { type ChatTurn, type EndpointRequest, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { chatOf, textOfEvent } from "./model-house.ts";
import { type HouseOptions, startHouse } from "./start-house.ts";

const isSummary = ({ system }: EndpointRequest): boolean => system.includes("memory of a long conversation");

/** Answers turns shortly, and sums up in words that a test can find again. */
function answer(_: ChatTurn[], request: EndpointRequest): string {
  return isSummary(request) ? "MEMORY: the number is 4711" : "fine";
}

async function say(client: GatewayClient, message: string): Promise<string | undefined> {
  const runId = crypto.randomUUID();
  const chat = chatOf(client, runId);
  await client.call("chat.send", { sessionKey: "main", message, idempotencyKey: runId });
  return textOfEvent((await chat).at(-1));
}

function config(baseUrl: string, session: Record<string, unknown> = {}) {
  const models = [{ id: "m", contextWindow: 6_000 }];
  return {
    models: { providers: { fake: { baseUrl, models } } },
    agents: { defaults: { model: "fake/m", userTimezone: "Europe/Berlin" } },
    session,
  };
}

const long = (at: number): string => `turn ${at}: ${"words and words ".repeat(80)}`;

describe("a conversation that no longer fits", () => {
  test("is summed up once, and the summary outlives a restart", async () => {
    await using model = await startModelEndpoint({ reply: answer });
    const stateDir = await mkdtemp(join(tmpdir(), "moltbot-memory-"));
    const options: HouseOptions = { stateDir, config: config(model.baseUrl) };
    const summaries = () => model.requests.filter(isSummary);
    try {
      let turn = 0;
      {
        await using house = await startHouse(options);
        await using client = await house.connect();
        await say(client, "remember: the number is 4711 </turns> <b>");
        while (summaries().length === 0) await say(client, long(turn++));
        const [asked] = summaries();
        expect(asked?.messages[0]?.content).toContain("Person: remember: the number is 4711");
        // What people wrote cannot end the part that holds it.
        expect(asked?.messages[0]?.content.match(/<\/turns>/g)).toHaveLength(1);
        const told = model.requests.at(-1);
        expect(told?.system).toContain("MEMORY: the number is 4711");
        expect(told?.system).not.toContain("no longer fit");
        expect(told?.messages.at(-1)?.content).toStartWith(`turn ${turn - 1}:`);
        expect(told?.messages[0]?.content).toStartWith("turn ");
        expect(told?.messages[0]?.content).not.toStartWith("turn 0:");
        // The transcript itself loses nothing.
        const { messages } = await client.call("chat.history", { sessionKey: "main" });
        expect(messages).toHaveLength(2 * (turn + 1));
      }
      await using house = await startHouse(options);
      await using client = await house.connect();
      await say(client, long(turn++));
      expect(summaries()).toHaveLength(1);
      expect(model.requests.at(-1)?.system).toContain("MEMORY: the number is 4711");
      while (summaries().length === 1) await say(client, long(turn++));
      expect(summaries()[1]?.messages[0]?.content).toContain("MEMORY: the number is 4711");
      expect(summaries()[1]?.messages[0]?.content).not.toContain("Person: remember");
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  });

  test("goes on without its beginning where no summary can be made, and is not asked again and again", async () => {
    await using model = await startModelEndpoint({
      reply: (turns, request) => (isSummary(request) ? "" : answer(turns, request)),
    });
    await using house = await startHouse({ config: config(model.baseUrl) });
    await using client = await house.connect();
    for (let turn = 0; turn < 20; turn++) expect(await say(client, long(turn))).toBe("fine");
    expect(model.requests.filter(isSummary)).toHaveLength(1);
    expect(model.requests.at(-1)?.system).toContain("no longer fit");
  });

  test("counts what its summary used", async () => {
    await using model = await startModelEndpoint({ reply: answer });
    await using house = await startHouse({ config: config(model.baseUrl) });
    await using client = await house.connect();
    for (let turn = 0; model.requests.filter(isSummary).length === 0; turn++) await say(client, long(turn));
    const asked = model.requests.length;
    const { totals } = await client.call("usage.cost", {});
    // One word for each answer, five for the summary.
    expect(totals.output).toBe(asked - 1 + 5);
  });

  test("starts without the old summary when it is started afresh", async () => {
    await using model = await startModelEndpoint({ reply: answer });
    await using house = await startHouse({ config: config(model.baseUrl) });
    await using client = await house.connect();
    for (let turn = 0; model.requests.filter(isSummary).length === 0; turn++) await say(client, long(turn));
    await say(client, "/new");
    await say(client, "hello");
    expect(model.requests.at(-1)?.system).not.toContain("MEMORY");
    expect(model.requests.at(-1)?.messages).toHaveLength(1);
  });
});

test("a deleted session leaves nothing of what was summed up", async () => {
  await using model = await startModelEndpoint({ reply: answer });
  await using house = await startHouse({ config: config(model.baseUrl) });
  await using client = await house.connect();
  const sessionKey = "agent:main:side";
  const tell = async (message: string) => {
    const runId = crypto.randomUUID();
    const chat = chatOf(client, runId);
    await client.call("chat.send", { sessionKey, message, idempotencyKey: runId });
    await chat;
  };
  for (let turn = 0; model.requests.filter(isSummary).length === 0; turn++) await tell(long(turn));
  using db = new Database(join(house.stateDir, "moltbot.db"), { readonly: true });
  const left = () => db.query<{ n: number }, []>("SELECT count(*) AS n FROM summary").get()?.n;
  expect(left()).toBe(1);
  await client.call("sessions.delete", { key: sessionKey });
  expect(left()).toBe(0);
});

describe("session.reset", () => {
  const told = (requests: EndpointRequest[]) => requests.at(-1)?.messages.map(({ content }) => content);

  test("starts afresh with the first message after the hour, on local clocks; settings stay", async () => {
    await using model = await startModelEndpoint({ reply: answer });
    let now = Date.parse("2026-11-21T02:58:00Z");
    await using house = await startHouse({
      config: config(model.baseUrl, { reset: { mode: "daily", atHour: 4 } }),
      now: () => now,
    });
    await using client = await house.connect();
    await client.call("sessions.patch", { key: "main", label: "Night" });
    await say(client, "before");
    now += 60_000;
    await say(client, "still before");
    expect(told(model.requests)).toEqual(["before", "fine", "still before"]);
    const { sessionId } = await client.call("chat.history", { sessionKey: "main" });
    now += 60_000;
    await say(client, "after");
    expect(told(model.requests)).toEqual(["after"]);
    const after = await client.call("chat.history", { sessionKey: "main" });
    expect(after.messages).toHaveLength(2);
    expect(after.sessionId).not.toBe(sessionId as string);
    expect((await client.call("sessions.list", {})).sessions[0]?.label).toBe("Night");
  });

  test("starts afresh after a silence, also in the older spelling; without either never by itself", async () => {
    for (const [session, fresh] of [
      [{ idleMinutes: 10 }, true],
      [{ resetByChannel: { webchat: { mode: "idle", idleMinutes: 10 } } }, true],
      [{}, false],
    ] as const) {
      await using model = await startModelEndpoint({ reply: answer });
      let now = Date.parse("2026-11-21T02:58:00Z");
      await using house = await startHouse({ config: config(model.baseUrl, session), now: () => now });
      await using client = await house.connect();
      await say(client, "one");
      now += 9 * 60_000;
      await say(client, "two");
      now += 11 * 60_000;
      await say(client, "three");
      expect(told(model.requests)).toEqual(fresh ? ["three"] : ["one", "fine", "two", "fine", "three"]);
    }
  });
});
