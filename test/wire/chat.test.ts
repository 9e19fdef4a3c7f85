import { expect, test } from "bun:test";
import type { ChatEvent } from "#protocol/domains/chat.ts";
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
});
