import { expect, test } from "bun:test";
import type { ChatEvent } from "#protocol/domains/chat.ts";
import { chatOf, startModelHouse } from "./model-house.ts";
import { startHouse } from "./start-house.ts";

test("a message is answered by the helper when there is no model, and both are in the history", async () => {
  await using house = await startHouse();
  await using client = await house.connect();
  const chat = client.events("chat");
  const sent = await client.call("chat.send", { sessionKey: "main", message: "hello", idempotencyKey: "k1" });
  expect(sent).toEqual({ runId: "k1", status: "started" });
  const states: ChatEvent[] = [];
  for await (const event of chat) {
    states.push(event);
    if (event.state !== "delta") break;
  }
  const final = states.at(-1);
  expect(final).toMatchObject({ state: "final", runId: "k1", sessionKey: "main" });
  expect(final?.message).toMatchObject({ role: "assistant", runtime: "concierge", stopReason: "stop" });
  const history = await client.call("chat.history", { sessionKey: "main" });
  expect(history.messages.map((message) => message.role)).toEqual(["user", "assistant"]);
  expect(history.messages[0]).toMatchObject({ idempotencyKey: "k1" });
  expect(history).toMatchObject({ sessionKey: "main", hasMore: false, totalMessages: 2 });
  const again = await client.call("chat.send", {
    sessionKey: "main",
    message: "hello",
    idempotencyKey: "k1",
  });
  expect(again).toEqual({ runId: "k1", status: "ok" });
  // A used key stops nothing, either.
  const stop = client.call("chat.send", { sessionKey: "main", message: "/stop", idempotencyKey: "k1" });
  await expect(stop).rejects.toThrow("was used for another request");
});

test("a chat can be read whatever waits in it and however long its last message is", async () => {
  await using world = await startModelHouse({ mode: "paced", reply: () => "y".repeat(1_400_000) });
  await using client = await world.house.connect();
  const sessionKey = "agent:main:main";
  const first = chatOf(client, "k0");
  await client.call("chat.send", { sessionKey, message: "go on", idempotencyKey: "k0" });
  const png = Buffer.concat([Buffer.from("iVBORw0KGgo=", "base64"), Buffer.alloc(300_000)]).toString(
    "base64",
  );
  for (const idempotencyKey of ["k1", "k2", "k3"]) {
    const attachments = [{ type: "image", mimeType: "image/png", content: png }];
    await client.call("chat.send", { sessionKey, message: "look", idempotencyKey, attachments });
  }
  const waiting = await client.call("chat.history", { sessionKey });
  expect(waiting.messages.map((message) => message.idempotencyKey)).toEqual(["k0", "k1", "k2", "k3"]);
  const shown = waiting.messages.map((message) => message.content.some((part) => part.type === "image"));
  expect(shown).toEqual([false, false, true, true]);
  await client.call("chat.abort", { sessionKey });
  await first;

  const last = chatOf(client, "k4");
  await client.call("chat.send", { sessionKey, message: "again", idempotencyKey: "k4" });
  world.model.release();
  await last;
  const { messages, hasMore } = await client.call("chat.history", { sessionKey });
  const [part] = messages.at(-1)?.content ?? [];
  expect(part?.type === "text" && part.text).toMatch(/^y{900000}y+\n\n\[… too long to be shown whole\]$/);
  expect(hasMore).toBe(true);
});
