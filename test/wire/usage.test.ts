import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayClient } from "#src/client/client.ts";
import { type ModelEndpoint, startModelEndpoint } from "../fakes/model-endpoint.ts";
import { chatOf, textOfEvent } from "./model-house.ts";
import { startHouse } from "./start-house.ts";

/** One dollar a token, so that the fake's words are dollars. */
const cost = { input: 1_000_000, output: 1_000_000, cacheRead: 1_000_000, cacheWrite: 1_000_000 };
const noon = Date.parse("2026-11-21T12:00:00Z");
const hour = 3_600_000;

function config(paidUrl: string, freeUrl: string, more: Record<string, unknown> = {}) {
  const api = "openai-completions";
  return {
    models: {
      providers: {
        paid: { baseUrl: paidUrl, api, models: [{ id: "p", cost }] },
        free: { baseUrl: freeUrl, api, models: [{ id: "f" }] },
      },
    },
    agents: { defaults: { model: "paid/p", userTimezone: "Europe/Berlin", ...more } },
  };
}

async function say(client: GatewayClient, runId: string, message = "one two three four") {
  const chat = chatOf(client, runId);
  await client.call("chat.send", { sessionKey: "main", message, idempotencyKey: runId });
  return (await chat).at(-1);
}

/** The last that is heard of a run that is stopped at its first word, before the server counted. */
async function stoppedAtFirstWord(client: GatewayClient, model: ModelEndpoint) {
  const first = Promise.withResolvers<void>();
  client.events("chat", () => first.resolve());
  const stopped = say(client, "a");
  await model.waitForRequest();
  model.release(1);
  await first.promise;
  await client.call("chat.abort", { sessionKey: "main" });
  return await stopped;
}

describe("a daily cap", () => {
  test("ends the spending with one sentence, over restarts; what costs nothing goes on; tomorrow is a new day", async () => {
    await using paid = await startModelEndpoint({ reply: () => "five words are said here" });
    await using free = await startModelEndpoint({ reply: () => "from the free one" });
    const stateDir = await mkdtemp(join(tmpdir(), "moltbot-cap-"));
    let now = noon;
    const options = {
      stateDir,
      config: config(paid.baseUrl, free.baseUrl, { dailyCapUsd: 10 }),
      now: () => now,
    };
    try {
      {
        await using house = await startHouse(options);
        await using client = await house.connect();
        // Four words in, five out.
        expect(textOfEvent(await say(client, "a"))).toBe("five words are said here");
        expect((await client.call("health", { probe: true })).spend).toEqual({
          day: "2026-11-21",
          usd: 9,
          capUsd: 10,
          unpriced: 0,
        });
        expect(textOfEvent(await say(client, "b"))).toBe("five words are said here");
      }
      await using house = await startHouse(options);
      await using client = await house.connect();
      const refused = await say(client, "c");
      expect(refused).toMatchObject({ state: "error", errorKind: "rate_limit" });
      const sentence = refused?.state === "error" ? (refused.errorMessage ?? "") : "";
      expect(sentence).toContain("limit of $10.00");
      expect(sentence).toMatch(/\(\$\d+\.\d\d spent\)/);
      expect(sentence).toContain("agents.defaults.dailyCapUsd");
      expect(paid.requests).toHaveLength(2);
      const status = await client.call("usage.status", {});
      expect(status.providers[0]?.windows[0]).toMatchObject({
        label: "Day",
        resetAt: Date.parse("2026-11-21T23:00:00Z"),
      });
      expect(status.providers[0]?.windows[0]?.usedPercent).toBeGreaterThan(100);
      const [model] = (await client.call("models.list", { includeDetails: true })).models;
      expect(model).toMatchObject({ id: "p", usable: false });
      // The same, but for the way out: nobody is in a chat there.
      const [what = ""] = sentence.split(": ");
      expect(model?.unusableBecause).toStartWith(`${what}: raise agents.defaults.dailyCapUsd`);
      expect(model?.unusableBecause).not.toContain("/model");

      await client.call("sessions.patch", { key: "main", model: "free/f" });
      expect(textOfEvent(await say(client, "d"))).toBe("from the free one");
      await client.call("sessions.patch", { key: "main", model: null });
      now = Date.parse("2026-11-21T23:00:00Z");
      expect(textOfEvent(await say(client, "e"))).toBe("five words are said here");
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  });

  test("lets a configured fallback answer that costs nothing, and names it", async () => {
    await using paid = await startModelEndpoint();
    await using free = await startModelEndpoint({ reply: () => "from the free one" });
    const model = { primary: "paid/p", fallbacks: ["free/f"] };
    await using house = await startHouse({
      config: config(paid.baseUrl, free.baseUrl, { dailyCapUsd: 0, model }),
    });
    await using client = await house.connect();
    const end = await say(client, "a");
    const notice =
      "free/f answered instead of paid/p: today's limit of $0.00 for paid models is reached ($0.00 spent), so paid/p is not asked before tomorrow.";
    expect(end).toMatchObject({ state: "final", message: { provider: "free", model: "f", notice } });
    const { messages } = await client.call("chat.history", { sessionKey: "main" });
    expect(messages.at(-1)?.notice).toBe(notice);
    const { result } = await client.call("agent", { message: "again", idempotencyKey: "b" });
    expect(result?.meta).toMatchObject({ agentMeta: { model: "f" }, notice });
    expect(paid.requests).toEqual([]);
  });
});

describe("a test of a model", () => {
  test("spends nothing above the cap either", async () => {
    await using paid = await startModelEndpoint({ reply: () => "five words are said here" });
    await using house = await startHouse({
      config: config(paid.baseUrl, paid.baseUrl, { dailyCapUsd: 5 }),
      now: () => noon,
    });
    await using client = await house.connect();
    await say(client, "a");
    const asked = paid.requests.length;
    const verdict = await client.call("models.test", {});
    expect(verdict).toMatchObject({ ok: false, error: { kind: "budget" } });
    expect(paid.requests).toHaveLength(asked);
  });
});

describe("usage.cost", () => {
  test("counts as the messages themselves do: what came out of a cache is no input of theirs", async () => {
    await using paid = await startModelEndpoint({ reply: () => "five words are said here" });
    await using house = await startHouse({ config: config(paid.baseUrl, paid.baseUrl), now: () => noon });
    await using client = await house.connect();
    const end = await say(client, "a");
    const counts = { input: 2, output: 5, cacheRead: 2, cacheWrite: 0, totalTokens: 9 };
    const dollars = { input: 2, output: 5, cacheRead: 2, cacheWrite: 0, total: 9 };
    expect(end).toMatchObject({ state: "final", message: { usage: { ...counts, cost: dollars } } });
    const { messages } = await client.call("chat.history", { sessionKey: "main" });
    expect(messages.at(-1)?.usage?.cost).toEqual(dollars);
    expect((await client.call("usage.cost", {})).totals).toMatchObject(counts);
  });

  test("gives days as calendars have them, with the shape that clients parse", async () => {
    await using paid = await startModelEndpoint({ reply: () => "five words are said here" });
    let now = noon;
    await using house = await startHouse({
      config: config(paid.baseUrl, paid.baseUrl),
      now: () => now,
    });
    await using client = await house.connect();
    await say(client, "a");
    now = noon + 11 * hour;
    await say(client, "b", "hello");
    const all = await client.call("usage.cost", { days: "2" });
    expect(all.daily.map(({ date }) => date)).toEqual(["2026-11-21", "2026-11-22"]);
    expect(all).toMatchObject({ updatedAt: now, days: 2 });
    const first = all.daily[0];
    // The fake says that two of the prompt's tokens came out of a cache.
    expect(first).toEqual({
      date: "2026-11-21",
      input: 2,
      output: 5,
      cacheRead: 2,
      cacheWrite: 0,
      totalTokens: 9,
      totalCost: 9,
      inputCost: 2,
      outputCost: 5,
      cacheReadCost: 2,
      cacheWriteCost: 0,
      missingCostEntries: 0,
    });
    const span = { startDate: "2026-11-21", endDate: "2026-11-21" };
    const days = async (more: object) => {
      const report = await client.call("usage.cost", { ...span, ...more });
      return report.daily.map(({ date, output }) => [date, output]);
    };
    expect(await days({ mode: "specific", utcOffset: "UTC+2" })).toEqual([["2026-11-21", 5]]);
    expect(await days({ mode: "specific", utcOffset: "UTC-5:30" })).toEqual([["2026-11-21", 10]]);
    expect(await days({ mode: "utc" })).toEqual([["2026-11-21", 10]]);
    expect(await days({})).toEqual([["2026-11-21", 5]]);
    const own = await client.call("usage.cost", { sessionKey: "main", runId: "b" });
    expect(own.session?.output).toBe(10);
    expect(own.run?.output).toBe(5);
    for (const [params, says] of [
      [{ days: "many" }, "days must be a number"],
      [{ startDate: "2026-02-31" }, "startDate must be a day"],
      [{ startDate: "2026-11-22", endDate: "2026-11-21" }, "must not be after"],
      [{ mode: "specific", utcOffset: "Mars" }, "utcOffset must be"],
      [{ mode: "lunar" }, "mode must be"],
    ] as const) {
      await expect(client.call("usage.cost", params)).rejects.toThrow(says);
    }
  });

  test("counts what nobody knows as missing: a price that is not set, and a reply that was stopped", async () => {
    await using model = await startModelEndpoint({ mode: "paced", reply: () => "one two three" });
    const providers = {
      dark: { baseUrl: model.baseUrl, models: [{ id: "d", cost: { input: 1 } }] },
      paid: { baseUrl: model.baseUrl, models: [{ id: "p", cost }] },
    };
    await using house = await startHouse({
      config: { models: { providers }, agents: { defaults: { model: "paid/p" } } },
    });
    await using client = await house.connect();
    expect((await stoppedAtFirstWord(client, model))?.state).toBe("aborted");
    expect((await client.call("usage.cost", {})).totals).toMatchObject({
      missingCostEntries: 1,
      totalCost: 0,
    });
    expect((await client.call("status", {})).spend).toMatchObject({ usd: 0, unpriced: 1, capUsd: null });
  });

  test("takes no usage for an empty list: nothing was used, and there is no cap", async () => {
    await using house = await startHouse();
    await using client = await house.connect();
    expect(await client.call("usage.cost", {})).toMatchObject({
      days: 30,
      daily: [],
      totals: { totalTokens: 0 },
    });
    expect((await client.call("usage.status", {})).providers).toEqual([]);
  });
});

describe("a session's row", () => {
  const rowOf = async (client: GatewayClient) =>
    (await client.call("sessions.describe", { key: "main" })).session;

  test("says what its transcript cost, from nothing on, and again after a reset", async () => {
    await using paid = await startModelEndpoint({ reply: () => "five words are said here" });
    await using house = await startHouse({
      config: { ...config(paid.baseUrl, paid.baseUrl), gateway: { auth: { token: "secret" } } },
    });
    await using client = await house.connect({ auth: { token: "secret" } });
    const costs: unknown[] = [];
    client.events("sessions.changed", ({ session }) => costs.push(session?.estimatedCostUsd));
    await client.call("sessions.subscribe", {});
    await client.call("sessions.patch", { key: "main", label: "paid" });
    expect(await rowOf(client)).toMatchObject({ estimatedCostUsd: 0, systemSent: false });
    await say(client, "a");
    expect(await rowOf(client)).toMatchObject({ estimatedCostUsd: 9, systemSent: true });
    expect((await client.call("sessions.list", {})).sessions[0]).toMatchObject({ estimatedCostUsd: 9 });
    expect(costs.at(-1)).toBe(9);
    await client.call("sessions.compact", { key: "main", maxLines: 1 });
    expect(await rowOf(client)).toMatchObject({ estimatedCostUsd: 9, systemSent: true });
    await client.call("sessions.reset", { key: "main" });
    expect(await rowOf(client)).toMatchObject({ estimatedCostUsd: 0, systemSent: false });
  });

  test("says none where nobody knows what one of the answers cost", async () => {
    await using paid = await startModelEndpoint({ mode: "paced", reply: () => "one two three" });
    await using house = await startHouse({ config: config(paid.baseUrl, paid.baseUrl) });
    await using client = await house.connect();
    await stoppedAtFirstWord(client, paid);
    const row = await rowOf(client);
    expect(row?.systemSent).toBe(true);
    expect(row).not.toContainKey("estimatedCostUsd");
  });
});
