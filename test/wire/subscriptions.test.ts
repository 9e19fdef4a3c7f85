import { describe, expect, test } from "bun:test";
import type { Payload } from "#protocol";
import type { GatewayClient } from "#src/client/client.ts";
import { chatOf, startModelHouse } from "./model-house.ts";
import { answerTo, connectFrame, openRaw } from "./raw-socket.ts";
import { allScopes, startHouse } from "./start-house.ts";

const withoutPage = {
  config: { gateway: { controlUi: { enabled: false } } },
  flags: { token: "secret" },
};
const asAdmin = { auth: { token: "secret" } };

type Changed = Payload<"sessions.changed">;
type Message = Payload<"session.message">;

function heardBy(client: GatewayClient) {
  const changed: Changed[] = [];
  const messages: Message[] = [];
  client.events("sessions.changed", (event) => void changed.push(event));
  client.events("session.message", (event) => void messages.push(event));
  return { changed, messages };
}

/** Once this is answered, everything that was sent before it is there. */
const settled = (client: GatewayClient) => client.call("health", {});

describe("changes of sessions", () => {
  test("reach those who subscribed, with the row as it is now, and nobody else", async () => {
    await using house = await startHouse(withoutPage);
    await using asking = await house.connect(asAdmin);
    await using other = await house.connect(asAdmin);
    await using acting = await house.connect(asAdmin);
    const heard = heardBy(asking);
    const unheard = heardBy(other);
    expect(await asking.call("sessions.subscribe", {})).toEqual({ subscribed: true });
    const { key } = await acting.call("sessions.create", { label: "One" });
    await acting.call("sessions.patch", { key, thinkingLevel: "high" });
    await acting.call("sessions.reset", { key });
    await acting.call("sessions.delete", { key });
    await settled(asking);
    await settled(other);
    expect(heard.changed.map(({ reason }) => reason)).toEqual([
      "create",
      "patch",
      "patch",
      "reset",
      "delete",
    ]);
    expect(heard.changed.every(({ sessionKey }) => sessionKey === key)).toBe(true);
    expect(heard.changed[2]?.session).toMatchObject({ key, label: "One", thinkingLevel: "high" });
    expect(heard.changed[4]?.session).toBeNull();
    expect(unheard).toEqual({ changed: [], messages: [] });
  });

  test("come with the list as it is at that moment, where filters are given", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect(asAdmin);
    await client.call("sessions.create", { key: "one", label: "One" });
    const { list } = await client.call("sessions.subscribe", { limit: 10, includeDerivedTitles: true });
    expect(list).toMatchObject({ count: 1, totalCount: 1, hasMore: false, nextOffset: null });
    expect(list?.sessions[0]).toMatchObject({ key: "agent:main:one", derivedTitle: "One" });
  });

  test("end with unsubscribing", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect(asAdmin);
    const heard = heardBy(client);
    await client.call("sessions.subscribe", {});
    expect(await client.call("sessions.unsubscribe", {})).toEqual({ subscribed: false });
    await client.call("sessions.create", { key: "one" });
    await settled(client);
    expect(heard.changed).toEqual([]);
  });

  test("that were refused are not told", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect(asAdmin);
    await client.call("sessions.create", { key: "one", label: "Taken" });
    const heard = heardBy(client);
    await client.call("sessions.subscribe", {});
    await expect(client.call("sessions.create", { key: "two", label: "Taken" })).rejects.toThrow(
      "label already in use: Taken",
    );
    await settled(client);
    expect(heard.changed).toEqual([]);
    expect(await client.call("sessions.describe", { key: "two" })).toEqual({ session: null });
  });
});

describe("messages of a session", () => {
  test("reach those who subscribed to it, by whatever name they asked, in the order of the transcript", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect(asAdmin);
    const heard = heardBy(client);
    expect(await client.call("sessions.messages.subscribe", { key: "main" })).toEqual({
      subscribed: true,
      key: "agent:main:main",
    });
    for (const [key, runId] of [
      ["Main", "a"],
      ["agent:main:other", "b"],
      ["agent:main:main", "c"],
    ] as const) {
      const chat = chatOf(client, runId);
      await client.call("chat.send", { sessionKey: key, message: `hello ${runId}`, idempotencyKey: runId });
      await chat;
    }
    await settled(client);
    expect(heard.messages.map(({ message, messageSeq }) => [message.role, messageSeq])).toEqual([
      ["user", 1],
      ["assistant", 2],
      ["user", 3],
      ["assistant", 4],
    ]);
    expect(heard.messages[0]).toMatchObject({
      sessionKey: "agent:main:main",
      message: { idempotencyKey: "a", content: [{ type: "text", text: "hello a" }] },
      session: { key: "agent:main:main", derivedTitle: "hello a" },
    });
    expect(heard.changed).toEqual([]);
    const { messages } = await client.call("chat.history", { sessionKey: "main" });
    const told = messages.map((message, index) => {
      return { ...message, __openclaw: { id: String(message.id), seq: index + 1 } };
    });
    expect(heard.messages.map(({ message }) => message)).toEqual(told);
    expect(heard.messages.map(({ messageId }) => messageId)).toEqual(messages.map(({ id }) => String(id)));
    await client.call("sessions.messages.unsubscribe", { key: "agent:main:main" });
    await client.call("chat.inject", { sessionKey: "main", message: "unheard" });
    await settled(client);
    expect(heard.messages).toHaveLength(4);
  });

  test("are told to those who hear the list, too, as a change", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect(asAdmin);
    const heard = heardBy(client);
    await client.call("sessions.create", { key: "one" });
    await client.call("sessions.subscribe", {});
    const { messageId } = await client.call("chat.inject", { sessionKey: "one", message: "note" });
    await settled(client);
    expect(heard.changed).toMatchObject([
      {
        reason: "message",
        phase: "message",
        messageId,
        messageSeq: 1,
        session: { lastMessagePreview: "note" },
      },
    ]);
    expect(heard.messages).toEqual([]);
  });

  test("that never came, since the run was stopped before its first word, are told as a change of the row", async () => {
    await using world = await startModelHouse({ mode: "paced" }, withoutPage);
    const { house, model } = world;
    await using client = await house.connect(asAdmin);
    const heard = heardBy(client);
    await client.call("sessions.subscribe", {});
    const chat = chatOf(client, "a");
    await client.call("chat.send", { sessionKey: "main", message: "hello", idempotencyKey: "a" });
    await model.waitForRequest();
    await client.call("chat.abort", { sessionKey: "main" });
    await chat;
    await settled(client);
    expect(heard.changed.map(({ reason, session }) => [reason, session?.status])).toEqual([
      ["create", "running"],
      ["message", "running"],
      ["patch", undefined],
    ]);
    expect(heard.changed[2]).toMatchObject({ abortedLastRun: true, runtimeMs: expect.any(Number) });
  });

  test("that a compaction put aside leave a count that is no longer known", async () => {
    await using world = await startModelHouse({ reply: () => "one two" }, withoutPage);
    await using client = await world.house.connect(asAdmin);
    const chat = chatOf(client, "a");
    await client.call("chat.send", { sessionKey: "main", message: "hello", idempotencyKey: "a" });
    await chat;
    const row = async () => (await client.call("sessions.describe", { key: "main" })).session;
    expect(await row()).toMatchObject({ totalTokensFresh: true });
    expect(await client.call("sessions.compact", { key: "main", maxLines: 1 })).toMatchObject({ kept: 1 });
    expect(await row()).toMatchObject({ totalTokens: 0, totalTokensFresh: false });
  });

  test("travel without images that are too large for an event, and say so", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect(asAdmin);
    const heard = heardBy(client);
    await client.call("sessions.messages.subscribe", { key: "main" });
    const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(210_000)]);
    const chat = chatOf(client, "k");
    await client.call("chat.send", {
      sessionKey: "main",
      message: "look",
      attachments: [{ content: png.toString("base64") }],
      idempotencyKey: "k",
    });
    await chat;
    await settled(client);
    expect(heard.messages[0]).toMatchObject({ imagesLeftOut: true, messageSeq: 1 });
    expect(heard.messages[0]?.message.content).toEqual([{ type: "text", text: "look" }]);
  });

  test("carry no number, so the numbers of the other events have no hole", async () => {
    await using house = await startHouse(withoutPage);
    using socket = await openRaw(house.socketUrl);
    socket.send(connectFrame({ ...asAdmin, scopes: allScopes }));
    await socket.next(answerTo("c1"));
    const ask = async (id: string, method: string, params: object) => {
      socket.send({ type: "req", id, method, params });
      return socket.next(answerTo(id));
    };
    await ask("s1", "sessions.subscribe", {});
    await ask("s2", "sessions.messages.subscribe", { key: "main" });
    await ask("s3", "chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" });
    await socket.next((frame) => frame.event === "chat" && frame.payload.state === "final");
    const told = socket.frames.filter((frame) => frame.event?.startsWith("session"));
    expect(told.map(({ event }) => event)).toContain("session.message");
    expect(told.map(({ event }) => event)).toContain("sessions.changed");
    for (const frame of told) expect(Object.keys(frame)).toEqual(["type", "event", "payload"]);
    const numbers = socket.frames.flatMap((frame) => (frame.seq === undefined ? [] : [frame.seq]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test("of more than 256 sessions are refused to one connection, and another has room again", async () => {
    await using house = await startHouse(withoutPage);
    {
      await using client = await house.connect(asAdmin);
      const keys = Array.from({ length: 256 }, (_, index) => `s${index}`);
      await Promise.all(keys.slice(0, 200).map((key) => client.call("sessions.messages.subscribe", { key })));
      await Promise.all(keys.slice(200).map((key) => client.call("sessions.messages.subscribe", { key })));
      await client.call("sessions.messages.subscribe", { key: "s0" });
      await expect(client.call("sessions.messages.subscribe", { key: "one more" })).rejects.toThrow(
        "unsubscribe from some first",
      );
      await client.call("sessions.messages.unsubscribe", { key: "s0" });
      await client.call("sessions.messages.subscribe", { key: "one more" });
    }
    await using next = await house.connect(asAdmin);
    expect(await next.call("sessions.messages.subscribe", { key: "s1" })).toMatchObject({ subscribed: true });
  });

  test("need the right to read", async () => {
    await using house = await startHouse(withoutPage);
    await using client = await house.connect({ ...asAdmin, scopes: [] });
    await expect(client.call("sessions.subscribe", {})).rejects.toThrow("missing scope: operator.read");
    await expect(client.call("sessions.messages.subscribe", { key: "main" })).rejects.toThrow(
      "missing scope: operator.read",
    );
  });
});
