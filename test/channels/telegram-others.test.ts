import { expect, test } from "bun:test";
import type { Account, ConversationRef, SendContext } from "#src/channels/channel.ts";
import { plainDocument } from "#src/channels/document.ts";
import { openAccount } from "#src/channels/telegram/account.ts";
import { crabline } from "./crabline.ts";
import { testApi } from "./test-api.ts";
import { TestHost } from "./test-host.ts";

// Against servers that others wrote: what our own fake misunderstands, these need not.

function say(account: Account, to: ConversationRef, text: string) {
  const context: SendContext = { to, key: "k1", signal: new AbortController().signal };
  return account.send({ is: "text", document: plainDocument(text) }, context);
}

function running(account: Account) {
  const stop = new AbortController();
  const ended = account.run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

test("crabline: messages come in once and in order, also in a forum; answers go out", async () => {
  await using server = await crabline();
  const { botToken, recorderPath, endpoints } = server.manifest;
  const host = new TestHost("telegram", { botToken, apiRoot: endpoints.apiRoot, timeoutSeconds: 1 });
  const account = openAccount(host);
  await server.write({ chatId: "100001", fromId: 100001, text: "waited" });
  await using _ = running(account);
  await host.untilState("connected");
  await server.write({
    chatId: "-1001234567890",
    messageThreadId: 42,
    isForum: true,
    fromId: 100001,
    text: "in a forum",
  });
  await host.until(() => host.events.length === 2);
  expect(host.events).toMatchObject([
    { type: "message", text: "waited", conversation: { kind: "direct", id: "100001" } },
    { type: "message", text: "in a forum", conversation: { kind: "group", id: "-1001234567890" } },
  ]);
  const outcome = await say(account, { kind: "direct", id: "100001" }, "an <answer> & more");
  expect(outcome).toMatchObject({ is: "sent" });
  expect(await Bun.file(recorderPath).text()).toContain("answer");
});

test("crabline: two that ask at once are a conflict, which both get over", async () => {
  await using server = await crabline();
  const { botToken, endpoints } = server.manifest;
  const host = new TestHost("telegram", { botToken, apiRoot: endpoints.apiRoot });
  await using _ = running(openAccount(host));
  await host.untilState("connected");
  const other = await fetch(`${endpoints.apiRoot}/bot${botToken}/getUpdates?timeout=0`);
  const { error } = other.ok ? await host.untilState("waiting") : { error: { kind: "conflict" } };
  expect(error.kind).toBe("conflict");
  const { last } = host;
  if (last?.is === "waiting") host.clock.pass(last.until - host.clock.now());
  await host.untilState("connected");
});

test("telegram-test-api: text in, text out, an edit and a deletion", async () => {
  await using server = await testApi();
  const { client } = server;
  const host = new TestHost("telegram", { botToken: server.token, apiRoot: server.apiRoot });
  const account = openAccount(host);
  await server.write("hello");
  await using _ = running(account);
  const event = await host.until(() => host.events[0]);
  expect(event).toMatchObject({ type: "message", text: "hello", sender: { id: "7" } });
  const outcome = await say(account, event.conversation, "hi");
  if (outcome.is !== "sent") throw new Error(JSON.stringify(outcome));
  const { signal } = new AbortController();
  expect(await account.edit?.(outcome.ref, plainDocument("hi there"), signal)).toMatchObject({
    is: "sent",
  });
  const { result } = await client.getUpdates();
  expect(JSON.stringify(result)).toContain("hi there");
  expect(await account.remove?.(outcome.ref, signal)).toMatchObject({ is: "sent" });
});
