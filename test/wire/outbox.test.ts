import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountsOf } from "../fakes/open-outbox.ts";
import { createFakePlatform } from "../fakes/platform.ts";
import { startHouse } from "./start-house.ts";

const nextKey = () => crypto.randomUUID();

const to = { to: "4711", channel: "fake" };

test("send delivers once under its key, over a restart too, and refuses another message under it", async () => {
  const platform = createFakePlatform();
  const accounts = accountsOf({ "fake default": platform.account });
  const stateDir = await mkdtemp(join(tmpdir(), "moltbot-send-"));
  try {
    const params = { ...to, message: "**hello**", sessionKey: "main", idempotencyKey: "k1" };
    const wanted = { runId: "k1", messageId: "m1", channel: "fake", conversationId: "4711", chatId: "4711" };
    {
      await using house = await startHouse({ accounts, stateDir });
      await using client = await house.connect();
      const both = [client.call("send", params), client.call("send", params)];
      expect(await Promise.all(both)).toEqual([wanted, wanted]);
      const { messages } = await client.call("chat.history", { sessionKey: "main" });
      expect(messages.map(({ role, content }) => [role, content])).toEqual([
        ["assistant", [{ type: "text", text: "**hello**" }]],
      ]);
      // The session says where it was last answered.
      expect(
        await client.call("send", { to: "last", message: "more", sessionKey: "main", idempotencyKey: "k2" }),
      ).toMatchObject({ messageId: "m2", conversationId: "4711" });
    }
    await using house = await startHouse({ accounts, stateDir });
    await using client = await house.connect();
    expect(await client.call("send", params)).toEqual(wanted);
    await expect(client.call("send", { ...params, message: "other" })).rejects.toThrow(
      "was used for another request",
    );
    expect(platform.texts()).toEqual(["hello", "more"]);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
});

test("what is sent without a session key is known in the session that the target's messages go to", async () => {
  const platform = createFakePlatform();
  const config = {
    channels: { fake: { allowFrom: ["1"], groups: { "-5": { agent: "work" } } } },
    agents: { list: [{ id: "main", default: true }, { id: "work" }] },
    session: { dmScope: "main" },
  };
  await using house = await startHouse({
    accounts: accountsOf({ "fake default": platform.account }),
    config,
  });
  await using client = await house.connect();
  const said = async (sessionKey: string) => {
    const { messages } = await client.call("chat.history", { sessionKey });
    return messages.map(({ role, content }) => [role, ...content.map((part) => "text" in part && part.text)]);
  };
  const send = (more: object) =>
    client.call("send", { ...to, message: "x", idempotencyKey: nextKey(), ...more });
  await send({ message: "to a stranger" });
  await send({ to: "1", message: "to its owner" });
  await send({ to: "-5", message: "to a group" });
  await client.call("poll", {
    to: "-5",
    channel: "fake",
    question: "q",
    options: ["a", "b"],
    idempotencyKey: "p",
  });
  await send({ message: "elsewhere", sessionKey: "agent:main:other" });
  expect(await said("agent:main:fake:dm:4711")).toEqual([["assistant", "to a stranger"]]);
  expect(await said("agent:main:main")).toEqual([["assistant", "to its owner"]]);
  expect(await said("agent:work:fake:group:-5")).toEqual([
    ["assistant", "to a group"],
    ["assistant", "q\n- a\n- b"],
  ]);
  expect(await said("agent:main:other")).toEqual([["assistant", "elsewhere"]]);
  await send({ to: "last", message: "again", sessionKey: "agent:work:fake:group:-5" });
  expect(platform.messages.at(-1)).toMatchObject({ conversation: "group/-5", text: "again" });
});

test("whoever speaks Chinese is told in Chinese why nothing was sent", async () => {
  const platform = createFakePlatform();
  await using house = await startHouse({ accounts: accountsOf({ "fake default": platform.account }) });
  await using client = await house.connect({ locale: "zh-CN" });
  const send = (more: object) =>
    client.call("send", { ...to, message: "x", idempotencyKey: nextKey(), ...more });
  await expect(send({ accountId: "other" })).rejects.toThrow("fake 的账号 other 未连接");
  await expect(send({ threadId: "7" })).rejects.toThrow("那里没有话题");
  await expect(send({ mediaUrl: "../package.json" })).rejects.toThrow("不在媒体目录之下；媒体目录是 ");
  await expect(send({ mediaUrl: house.url })).rejects.toThrow("位于私有网络");
  await expect(send({ mediaUrl: "ftp://x/y" })).rejects.toThrow("不获取 ftp: 地址");
  // What programs match on is one text for all.
  await expect(send({ channel: "morse" })).rejects.toThrow("unsupported channel: morse");
  expect(platform.messages).toEqual([]);
});

test("what is wrong with a target, a file or a poll is said, and nothing is sent", async () => {
  const platform = createFakePlatform();
  await using house = await startHouse({ accounts: accountsOf({ "fake default": platform.account }) });
  await using client = await house.connect();
  const send = (more: object) =>
    client.call("send", { ...to, message: "x", idempotencyKey: nextKey(), ...more });
  await expect(send({ channel: "morse" })).rejects.toThrow("unsupported channel: morse");
  await expect(send({ channel: "webchat" })).rejects.toThrow("unsupported channel: webchat");
  await expect(send({ to: "nobody" })).rejects.toThrow("nobody is no number of a chat");
  await expect(send({ accountId: "other" })).rejects.toThrow("account other of fake is not open");
  await expect(send({ to: "last" })).rejects.toThrow("needs the sessionKey");
  await expect(send({ threadId: "7" })).rejects.toThrow("there are no threads there");
  await expect(send({ message: " " })).rejects.toThrow("must not be empty");
  for (const mediaUrl of ["file:///etc/passwd", "/etc/passwd", "../package.json", "~/.x", `${house.url}`])
    await expect(send({ mediaUrl })).rejects.toThrow(/media directory|private network/);
  const poll = (more: object) =>
    client.call("poll", {
      ...to,
      question: "q",
      options: ["a", "b"],
      idempotencyKey: nextKey(),
      ...more,
    });
  await expect(poll({ options: ["a", "b", "c", "d", "e"] })).rejects.toThrow(
    "Poll supports at most 4 options",
  );
  await expect(poll({ maxSelections: 3 })).rejects.toThrow("maxSelections cannot exceed option count");
  await expect(poll({ options: ["a", "b", "c"], maxSelections: 2 })).rejects.toThrow(
    "in a poll on fake people choose 1 answer or any number of them, not at most 2; give maxSelections 1 or 3",
  );
  await expect(poll({ options: ["a", "b".repeat(21)] })).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining("an answer has at most 20 characters here: bbb"),
  });
  expect(platform.calls).toEqual([]);
  expect(await poll({ maxSelections: 2 })).toMatchObject({ messageId: "m1" });
  expect(platform.texts()).toEqual(["poll: q [a, b] multiple"]);
});

test("a refusal may be asked again under its key; an unknown outcome stays, is listed, and is the owner's", async () => {
  const platform = createFakePlatform();
  await using house = await startHouse({ accounts: accountsOf({ "fake default": platform.account }) });
  await using client = await house.connect();
  const params = { ...to, message: "hello", idempotencyKey: "k1" };
  platform.decide(() => ({ is: "refused", error: { kind: "gone", message: "they left" }, retry: false }));
  await expect(client.call("send", params)).rejects.toThrow("the message was not sent: they left");
  // Who asked knows it: there is nothing for the owner to look after.
  expect((await client.call("outbox.list", {})).rows).toEqual([]);
  platform.decide(() => ({ is: "answer lost" }));
  await expect(client.call("send", params)).rejects.toThrow("may or may not have arrived");
  await expect(client.call("send", params)).rejects.toThrow("may or may not have arrived");
  expect(platform.texts()).toEqual(["hello"]);
  const { rows, counts } = await client.call("outbox.list", {});
  expect(counts).toEqual({ queued: 0, sending: 0, rejected: 0, unknown: 1 });
  expect(rows[0]).toMatchObject({ state: "unknown", preview: "hello", conversationId: "4711", attempts: 1 });
  const { problems, queues } = await client.call("health", { probe: true });
  expect(queues).toEqual({
    turns: { running: 0, waiting: 0 },
    commitsWaiting: 0,
    outbox: { queued: 0, unknown: 1 },
    inbound: { open: 0, held: 0 },
  });
  expect(problems?.find(({ id }) => id === "outbox")?.message).toContain("moltbot outbox list");
  const [unknown] = rows.map(({ id }) => id);
  expect(await client.call("outbox.discard", { id: unknown ?? 0 })).toEqual({ ok: true, id: unknown ?? 0 });
  await expect(client.call("outbox.discard", { id: unknown ?? 0 })).rejects.toThrow("there is no message");
  platform.decide((_, text) =>
    text === "begin"
      ? { is: "works" }
      : { is: "refused", error: { kind: "gone", message: "they left" }, retry: false },
  );
  const long = { ...params, message: `begin\n\n${"word ".repeat(39)}`, idempotencyKey: "k2" };
  await expect(client.call("send", long)).rejects.toThrow("only the beginning of the message was sent");
  const left = await client.call("outbox.list", { states: ["rejected"] });
  expect(left.rows).toHaveLength(1);
  platform.decide(() => ({ is: "works" }));
  await client.call("outbox.retry", { id: left.rows[0]?.id ?? 0 });
  while (platform.messages.length < 3) await new Promise((resolve) => setImmediate(resolve));
});

test("message.action sends, polls, reacts, edits and deletes, and says what a platform cannot", async () => {
  const platform = createFakePlatform();
  const poor = createFakePlatform({ without: ["edit", "remove", "react", "poll"] });
  await using house = await startHouse({
    accounts: accountsOf({ "fake default": platform.account, "poor default": poor.account }),
  });
  await using client = await house.connect();
  const act = (action: string, params: Record<string, unknown>, channel = "fake") =>
    client.call("message.action", {
      action,
      channel,
      params: { to: "4711", ...params },
      idempotencyKey: nextKey(),
    });
  const { messageId } = await act("send", { message: "hello" });
  await act("poll", { pollQuestion: "q", pollOption: ["a", "b"] });
  await act("edit", { messageId, message: "*better*" });
  await act("react", { messageId, emoji: "👍" });
  expect(platform.messages).toMatchObject([{ text: "better", reaction: "👍" }, { text: "poll: q [a, b]" }]);
  expect(await act("delete", { messageId })).toMatchObject({ ok: true, action: "delete", messageId });
  expect(platform.messages).toHaveLength(1);
  await expect(act("edit", { messageId, message: "x" })).rejects.toThrow("there is no such message");
  for (const action of ["edit", "delete", "react"])
    await expect(act(action, { messageId, emoji: "x", message: "x" }, "poor")).rejects.toThrow(
      `channel poor does not support ${action}`,
    );
  await expect(act("poll", { pollQuestion: "q", pollOption: ["a", "b"] }, "poor")).rejects.toThrow(
    "unsupported poll channel: poor",
  );
  await expect(act("dance", {})).rejects.toThrow("unsupported action: dance");
  await expect(act("edit", { message: "x" })).rejects.toThrow("messageId must name a message");
});

test("a file comes with the request itself, judged like any other, under the name that people see", async () => {
  const platform = createFakePlatform();
  await using house = await startHouse({ accounts: accountsOf({ "fake default": platform.account }) });
  await using client = await house.connect();
  const send = (more: object) => client.call("send", { ...to, idempotencyKey: nextKey(), ...more });
  const buffer = Buffer.from("a;b\n1;2\n").toString("base64");
  await send({ message: "numbers", buffer, filename: "../sums.csv", contentType: "text/csv" });
  await send({ buffer: `data:text/csv;base64,${buffer}`, contentType: "text/csv" });
  await client.call("message.action", {
    action: "send",
    channel: "fake",
    params: { to: "4711", buffer, filename: "again.txt" },
    idempotencyKey: nextKey(),
  });
  expect(platform.sends).toMatchObject([
    { is: "media", media: [{ kind: "document", fileName: "sums.csv", mimeType: "text/csv", bytes: 8 }] },
    { is: "media", media: [{ fileName: "file.csv" }] },
    { is: "media", media: [{ fileName: "again.txt" }] },
  ]);
  for (const wrong of ["no base64!", "="]) {
    await expect(send({ buffer: wrong })).rejects.toThrow("buffer must be a file in base64");
  }
  expect(platform.sends).toHaveLength(3);
});

test("a text is HTML where its sender says so, and a way of writing that is not known is refused", async () => {
  const platform = createFakePlatform();
  await using house = await startHouse({ accounts: accountsOf({ "fake default": platform.account }) });
  await using client = await house.connect();
  const send = (more: object) => client.call("send", { ...to, idempotencyKey: nextKey(), ...more });
  await send({ message: "<b>bold</b> **stars** &amp; more", parseMode: "HTML" });
  await send({ message: "**bold**", parseMode: "Markdown" });
  expect(platform.sends.map((part) => part.is === "text" && part.document.blocks)).toEqual([
    [
      {
        is: "paragraph",
        children: [
          { is: "strong", children: [{ is: "text", text: "bold" }] },
          { is: "text", text: " **stars** & more" },
        ],
      },
    ],
    [{ is: "paragraph", children: [{ is: "strong", children: [{ is: "text", text: "bold" }] }] }],
  ]);
  await expect(send({ message: "x", parseMode: "MarkdownV2" })).rejects.toThrow(
    "parseMode MarkdownV2 is not understood; there are HTML and Markdown",
  );
  await expect(send({ message: "<b> </b>", parseMode: "HTML" })).rejects.toThrow(
    "there is nothing in it to send",
  );
});
