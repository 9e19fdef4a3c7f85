import { describe, expect, test } from "bun:test";
import type { AgentEvent } from "#protocol/domains/agents.ts";
import { RequestError } from "#src/client/errors.ts";
import { chatOf, startModelHouse, textOfEvent } from "./model-house.ts";
import { startHouse } from "./start-house.ts";

const said = "one two three four five six";

describe("a reply", () => {
  test("streams: the text so far with what is new, the whole text once more, then the final", async () => {
    await using world = await startModelHouse({ mode: "paced", reply: () => said });
    await using client = await world.house.connect();
    const agent: AgentEvent[] = [];
    client.events("agent", (event) => void agent.push(event));
    const chat = chatOf(client, "k");
    await client.call("chat.send", { sessionKey: "Main", message: "count", idempotencyKey: "k" });
    await world.model.waitForRequest();
    world.model.release();
    const events = await chat;
    expect(events.every((event) => event.sessionKey === "Main" && event.runId === "k")).toBe(true);
    const deltas = events.filter((event) => event.state === "delta");
    let text = "";
    for (const delta of deltas) {
      text += delta.deltaText;
      expect(textOfEvent(delta)).toBe(text);
    }
    expect(text).toBe(said);
    const final = events.at(-1);
    expect(final).toMatchObject({
      state: "final",
      message: { provider: "fake", model: "m", stopReason: "stop" },
    });
    expect(textOfEvent(final)).toBe(said);
    expect(final?.message?.runtime).toBeUndefined();
    expect(final?.message?.usage?.totalTokens).toBeGreaterThan(0);
    expect(agent[0]).toMatchObject({ stream: "lifecycle", seq: 1, data: { phase: "start" } });
    expect(agent.at(-1)).toMatchObject({ stream: "lifecycle", data: { phase: "end" } });
    expect(agent.map((event) => event.seq)).toEqual(agent.map((_, index) => index + 1));
    const { sessions } = await client.call("sessions.list", {
      includeDerivedTitles: true,
      includeLastMessage: true,
    });
    expect(sessions[0]).toMatchObject({
      key: "agent:main:main",
      derivedTitle: "count",
      lastMessagePreview: said,
    });
    expect(sessions[0]?.totalTokens).toBeGreaterThan(0);
  });

  test("with a time limit of many years is not ended by the first tick of a timer that cannot count so far", async () => {
    await using world = await startModelHouse({ mode: "paced", reply: () => said });
    await using client = await world.house.connect();
    const chat = chatOf(client, "k");
    const timeoutMs = 800_957_924_691_000;
    await client.call("chat.send", { sessionKey: "main", message: "count", idempotencyKey: "k", timeoutMs });
    await world.model.waitForRequest();
    world.model.release();
    const final = (await chat).at(-1);
    expect(final).toMatchObject({ state: "final" });
    expect(textOfEvent(final)).toBe(said);
  });

  test("shows in the history while it is being written", async () => {
    await using world = await startModelHouse({ mode: "paced", reply: () => said });
    await using client = await world.house.connect();
    const first = Promise.withResolvers<void>();
    client.events("chat", () => first.resolve());
    await client.call("chat.send", { sessionKey: "main", message: "count", idempotencyKey: "k" });
    await client.call("chat.send", { sessionKey: "main", message: "next", idempotencyKey: "k2" });
    await world.model.waitForRequest();
    world.model.release(2);
    await first.promise;
    const history = await client.call("chat.history", { sessionKey: "main" });
    expect(history.inFlightRun).toMatchObject({ runId: "k", text: expect.stringContaining("one") });
    expect(history.messages.map((message) => message.idempotencyKey)).toEqual(["k", "k2"]);
    world.model.release();
  });

  test("that is aborted keeps what was said, and the model's server knows", async () => {
    await using world = await startModelHouse({ mode: "paced", reply: () => said });
    await using client = await world.house.connect();
    const first = Promise.withResolvers<void>();
    client.events("chat", () => first.resolve());
    const chat = chatOf(client, "k");
    await client.call("chat.send", { sessionKey: "main", message: "count", idempotencyKey: "k" });
    await world.model.waitForRequest();
    world.model.release(2);
    await first.promise;
    expect(await client.call("chat.abort", { sessionKey: "main", runId: "k" })).toEqual({
      ok: true,
      aborted: true,
      runIds: ["k"],
    });
    const end = (await chat).at(-1);
    expect(end).toMatchObject({ state: "aborted", stopReason: "rpc" });
    expect(textOfEvent(end)).toStartWith("one");
    await world.model.waitForAbort();
    const history = await client.call("chat.history", { sessionKey: "main" });
    expect(history.messages.at(-1)).toMatchObject({ role: "assistant", stopReason: "aborted" });
    expect(await client.call("chat.abort", { sessionKey: "main", runId: "k" })).toMatchObject({
      aborted: false,
    });
  });

  test("that fails is one plain sentence with the way out, in the person's language", async () => {
    await using world = await startModelHouse({ mode: "unauthorized" });
    await using client = await world.house.connect();
    const chat = chatOf(client, "k");
    await client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" });
    const end = (await chat).at(-1);
    expect(end).toMatchObject({
      state: "error",
      errorKind: "unknown",
      errorMessage: expect.stringContaining("fake"),
    });
    const history = await client.call("chat.history", { sessionKey: "main" });
    expect(history.messages.at(-1)).toMatchObject({ stopReason: "error", errorMessage: expect.any(String) });
    expect(JSON.stringify(history)).not.toContain("Bearer");
  });
});

describe("a session", () => {
  test("answers one message at a time, in order; another session does not wait", async () => {
    await using world = await startModelHouse({
      mode: "slow",
      reply: (turns) => `re: ${turns.at(-1)?.content}`,
    });
    await using client = await world.house.connect();
    const runs = ["a", "b", "c"].map((key) => chatOf(client, key));
    await client.call("chat.send", { sessionKey: "main", message: "first", idempotencyKey: "a" });
    await client.call("chat.send", { sessionKey: "main", message: "second", idempotencyKey: "b" });
    await client.call("chat.send", {
      sessionKey: "agent:main:other",
      message: "elsewhere",
      idempotencyKey: "c",
    });
    await world.model.waitForRequest(1);
    await world.model.waitForRequest(2);
    expect(world.model.requests.map((request) => request.messages.at(-1)?.content)).toEqual([
      "first",
      "elsewhere",
    ]);
    world.model.release();
    world.model.setMode("normal");
    const ends = (await Promise.all(runs)).map((events) => textOfEvent(events.at(-1)));
    expect(ends).toEqual(["re: first", "re: second", "re: elsewhere"]);
    const last = world.model.requests.at(-1);
    expect(last?.messages.map((turn) => turn.content)).toEqual(["first", "re: first", "second"]);
    const history = await client.call("chat.history", { sessionKey: "main" });
    expect(history.messages.map((message) => message.role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
    ]);
  });

  test("a word that stops runs stops those that wait, too", async () => {
    await using world = await startModelHouse({ mode: "slow" });
    await using client = await world.house.connect();
    const runs = ["a", "b"].map((key) => chatOf(client, key));
    await client.call("chat.send", { sessionKey: "main", message: "first", idempotencyKey: "a" });
    await client.call("chat.send", { sessionKey: "main", message: "second", idempotencyKey: "b" });
    await world.model.waitForRequest();
    const answer = await client.call("chat.send", {
      sessionKey: "main",
      message: "/stop",
      idempotencyKey: "s",
    });
    expect(answer).toEqual({ ok: true, aborted: true, runIds: ["a", "b"] });
    for (const events of await Promise.all(runs))
      expect(events.at(-1)).toMatchObject({ state: "aborted", stopReason: "stop" });
    expect(
      await client.call("chat.send", { sessionKey: "main", message: "/stop", idempotencyKey: "s" }),
    ).toEqual(answer);
    expect(world.model.requests).toHaveLength(1);
  });

  test("owner commands are answered at once, also during a run", async () => {
    await using world = await startModelHouse({ mode: "slow" });
    await using client = await world.house.connect();
    await client.call("chat.send", { sessionKey: "main", message: "first", idempotencyKey: "a" });
    await world.model.waitForRequest();
    const chat = chatOf(client, "m");
    await client.call("chat.send", { sessionKey: "main", message: "/model", idempotencyKey: "m" });
    const end = (await chat).at(-1);
    expect(end).toMatchObject({ state: "final", message: { runtime: "concierge", stopReason: "injected" } });
    expect(textOfEvent(end)).toContain("fake/m");
    const fresh = chatOf(client, "n");
    const stopped = chatOf(client, "a");
    await client.call("chat.send", { sessionKey: "main", message: "/new", idempotencyKey: "n" });
    await fresh;
    expect((await stopped).at(-1)).toMatchObject({ state: "aborted" });
    expect((await client.call("chat.history", { sessionKey: "main" })).messages).toEqual([]);
  });

  test("is patched, reset and deleted; its label is its own", async () => {
    await using house = await startHouse();
    await using client = await house.connect({ auth: { token: await localKey(house.stateDir) } });
    const key = "agent:main:work";
    const patched = await client.call("sessions.patch", { key, label: "Work", thinkingLevel: "high" });
    expect(patched).toMatchObject({ ok: true, key, entry: { label: "Work", thinkingLevel: "high" } });
    await expect(client.call("sessions.patch", { key: "agent:main:b", label: "Work" })).rejects.toThrow(
      "label already in use: Work",
    );
    await expect(client.call("sessions.patch", { key, model: "no/such" })).rejects.toThrow(
      "unknown model: no/such",
    );
    await client.call("chat.inject", { sessionKey: key, message: "hello", label: "cron" });
    const before = await client.call("chat.history", { sessionKey: key });
    expect(before.messages[0]).toMatchObject({ content: [{ type: "text", text: "[cron]\n\nhello" }] });
    const reset = await client.call("sessions.reset", { key });
    expect(reset.entry.label).toBe("Work");
    expect(reset.entry.sessionId).not.toBe(before.sessionId as string);
    expect(await client.call("chat.history", { sessionKey: key })).toMatchObject({
      messages: [],
      totalMessages: 0,
    });
    expect(await client.call("sessions.delete", { key })).toMatchObject({ deleted: true });
    expect(await client.call("sessions.delete", { key })).toMatchObject({ deleted: false });
    await expect(client.call("sessions.delete", { key: "main" })).rejects.toThrow(
      "Cannot delete the main session",
    );
  });
});

describe("the history", () => {
  test("comes in pages, newest first, each oldest first within", async () => {
    await using house = await startHouse();
    await using client = await house.connect({ auth: { token: await localKey(house.stateDir) } });
    await client.call("sessions.patch", { key: "main", verboseLevel: "on" });
    for (let index = 0; index < 25; index += 1) {
      await client.call("chat.inject", { sessionKey: "main", message: `m${index}` });
    }
    const texts: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.call("chat.history", {
        sessionKey: "main",
        limit: 10,
        ...(cursor ? { cursor } : {}),
      });
      texts.unshift(
        ...page.messages.map((message) =>
          message.content[0]?.type === "text" ? message.content[0].text : "",
        ),
      );
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(texts).toEqual(Array.from({ length: 25 }, (_, index) => `m${index}`));
    await expect(client.call("chat.history", { sessionKey: "main", cursor: "nope" })).rejects.toThrow(
      "ask without cursor",
    );
  });

  test("that is too large for one answer is trimmed from the front and says so", async () => {
    await using house = await startHouse();
    await using client = await house.connect({ auth: { token: await localKey(house.stateDir) } });
    await client.call("sessions.patch", { key: "main", verboseLevel: "on" });
    for (let index = 0; index < 12; index += 1) {
      await client.call("chat.inject", { sessionKey: "main", message: `${index} ${"汉".repeat(40_000)}` });
    }
    const page = await client.call("chat.history", { sessionKey: "main" });
    expect(page.messages.length).toBeLessThan(12);
    expect(page).toMatchObject({
      hasMore: true,
      totalMessages: 12,
      nextCursor: page.messages[0]?.id as string,
    });
    const last = page.messages.at(-1)?.content[0];
    expect(last?.type === "text" ? last.text.slice(0, 3) : "").toBe("11 ");
  });
});

describe("agent", () => {
  test("answers twice: accepted, then the final with summary and result", async () => {
    await using world = await startModelHouse({ reply: () => "done" });
    await using client = await world.house.connect();
    const accepted: unknown[] = [];
    const final = await client.call(
      "agent",
      { message: "do it", idempotencyKey: "k" },
      { onAccepted: (first) => void accepted.push(first) },
    );
    expect(accepted).toEqual([{ runId: "k", status: "accepted", acceptedAt: expect.any(Number) }]);
    expect(final).toMatchObject({
      runId: "k",
      status: "ok",
      summary: "completed",
      result: {
        payloads: [{ text: "done", mediaUrl: null }],
        meta: { runtime: "model", agentMeta: { provider: "fake" } },
      },
    });
    const again = await client.call(
      "agent",
      { message: "do it", idempotencyKey: "k" },
      { onAccepted: (first) => void accepted.push(first) },
    );
    expect(again).toEqual(final);
    expect(accepted).toHaveLength(1);
    expect(world.model.requests).toHaveLength(1);
    expect(await client.call("agent.wait", { runId: "k" })).toMatchObject({ status: "ok" });
    await expect(client.call("agent", { message: "other", idempotencyKey: "k" })).rejects.toThrow(
      "was used for another",
    );
  });

  test("a repeat during the run gets accepted, and the final when it is there", async () => {
    await using world = await startModelHouse({ mode: "slow", reply: () => "done" });
    await using client = await world.house.connect();
    await using second = await world.house.connect();
    const params = { message: "do it", idempotencyKey: "k" };
    const final = client.call("agent", params);
    await world.model.waitForRequest();
    const accepted = Promise.withResolvers<void>();
    const again = second.call("agent", params, { onAccepted: () => accepted.resolve() });
    await accepted.promise;
    expect(await second.call("agent.wait", { runId: "k", timeoutMs: 1 })).toMatchObject({
      status: "timeout",
    });
    world.model.release();
    expect(await again).toEqual(await final);
    expect(world.model.requests).toHaveLength(1);
  });

  test("a failed run is an error with the sentence, for the repeat as well", async () => {
    await using world = await startModelHouse({ mode: "rate-limited" });
    await using client = await world.house.connect();
    const ask = () =>
      client.call("agent", { message: "x", idempotencyKey: "k" }).catch((error) => error as RequestError);
    const error = await ask();
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect(await ask()).toMatchObject({ code: "UNAVAILABLE", message: (error as RequestError).message });
    expect(world.model.requests).toHaveLength(1);
  });

  test("unknown agents, sessions of others and bad images are named", async () => {
    await using house = await startHouse();
    await using client = await house.connect();
    const ask = (more: object) =>
      client.call("agent", { message: "x", idempotencyKey: crypto.randomUUID(), ...more });
    await expect(ask({ agentId: "nobody" })).rejects.toThrow('unknown agent id "nobody"');
    await expect(ask({ agentId: "main", sessionKey: "agent:work:main" })).rejects.toThrow(
      "does not match session key",
    );
    await expect(ask({ attachments: [{ fileName: "a.txt", content: "aGVsbG8=" }] })).rejects.toThrow(
      "attachment a.txt",
    );
  });
});

async function localKey(stateDir: string): Promise<string> {
  return (await Bun.file(`${stateDir}/local.key`).text()).trim();
}
