import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConversationRef, MediaKind, OutboundPart, SendContext } from "#src/channels/channel.ts";
import { type Document, plainDocument } from "#src/channels/document.ts";
import { openAccount } from "#src/channels/telegram/account.ts";
import { telegram } from "#src/channels/telegram/index.ts";
import type { TelegramSettings } from "#src/channels/telegram/settings.ts";
import { type FakeTelegram, type FakeTelegramOptions, startTelegram } from "../fakes/telegram.ts";
import { TestHost } from "./test-host.ts";

const direct: ConversationRef = { kind: "direct", id: "77" };
const group: ConversationRef = { kind: "group", id: "-1001" };

async function stand(over: Partial<TelegramSettings> = {}, options: FakeTelegramOptions = {}) {
  const fake = await startTelegram(options);
  fake.chat(77);
  fake.chat(-1001, { title: "Family", is_forum: true });
  fake.topic(-1001, 5);
  const host = new TestHost("telegram", { botToken: fake.token, apiRoot: `${fake.url}/`, ...over });
  const account = openAccount(host);
  const stop = new AbortController();
  let running: Promise<void> | null = null;
  return {
    fake,
    host,
    account,
    start() {
      running = account.run(stop.signal);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await fake[Symbol.asyncDispose]();
    },
  };
}

function to(conversation: ConversationRef, more: Partial<SendContext> = {}): SendContext {
  return { to: conversation, key: "k1", signal: new AbortController().signal, ...more };
}

function say(text: string): OutboundPart & { is: "text" } {
  return { is: "text", document: plainDocument(text) };
}

test("the number to ask with is kept with the messages, before it is asked with", async () => {
  await using on = await stand();
  on.fake.say({ text: "one" });
  on.start();
  await on.host.until(() => on.host.events.length === 1);
  expect(on.host.values.get("offset")).toBe(`4711:1001:${on.host.clock.now()}`);
  const asked = await on.fake.called("getUpdates", 2);
  expect(asked.params).toMatchObject({ offset: 1001, timeout: 30 });
});

test("the cursor of another bot hides nothing of this one's", async () => {
  await using on = await stand();
  on.host.values.set("offset", `99:999999999:${on.host.clock.now()}`);
  on.fake.say({ text: "one" });
  on.start();
  await on.host.until(() => on.host.events.length === 1);
});

test("a webhook that is left over is removed once, and messages are not thrown away with it", async () => {
  await using on = await stand();
  on.fake.say({ text: "waits" });
  on.fake.updates.webhook = { url: "http://127.0.0.1:1/", secret: "" };
  on.start();
  await on.host.until(() => on.host.events.length === 1);
  expect(on.fake.calls.filter(({ method }) => method === "deleteWebhook")).toHaveLength(1);
});

test("where Telegram cannot read the formatting, the same text goes plain", async () => {
  await using on = await stand();
  const description = "Bad Request: can't parse entities: unsupported start tag";
  on.fake.fault("sendMessage", { is: "error", code: 400, description });
  const strong: Document = {
    blocks: [{ is: "paragraph", children: [{ is: "strong", children: [{ is: "text", text: "a<b" }] }] }],
  };
  const outcome = await on.account.send({ is: "text", document: strong }, to(direct));
  expect(outcome).toMatchObject({ is: "sent" });
  expect(on.fake.ours(77)).toMatchObject([{ text: "a<b", entities: [] }]);
});

test("a reply in a topic goes there, and to a message that is gone it goes all the same", async () => {
  await using on = await stand();
  const { id } = on.fake.say({ chat: -1001, text: "hi", extra: { message_thread_id: 5 } });
  await on.account.send(say("one"), to({ ...group, thread: "5" }, { replyTo: String(id) }));
  await on.account.send(say("two"), to({ ...group, thread: "1" }, { replyTo: "424242" }));
  const [one, two] = on.fake.ours(-1001);
  expect(one).toMatchObject({ text: "one", thread: 5, replyTo: id });
  expect([two?.text, two?.thread, two?.replyTo]).toEqual(["two", undefined, undefined]);
});

test("into a topic that is gone nothing is sent, rather than beside it", async () => {
  await using on = await stand();
  const outcome = await on.account.send(say("one"), to({ ...group, thread: "99" }));
  expect(outcome).toMatchObject({ is: "rejected", retry: false, error: { kind: "gone" } });
  expect(on.fake.ours(-1001)).toEqual([]);
});

test("typing in the general topic names it, which messages may not", async () => {
  await using on = await stand();
  await on.account.typing?.({ ...group, thread: "1" }, new AbortController().signal);
  expect(on.fake.chat(-1001).actions).toEqual([{ action: "typing", thread: 1 }]);
});

test("a group that became a supergroup gets the message under its new id", async () => {
  await using on = await stand();
  on.fake.chat(-55, { type: "group" }).movedTo = -1001;
  const outcome = await on.account.send(say("moved"), to({ kind: "group", id: "-55" }));
  expect(outcome).toMatchObject({ is: "sent", ref: { conversation: { id: "-1001" } } });
  expect(on.fake.ours(-1001)).toMatchObject([{ text: "moved" }]);
});

test("a pressed button gives its value back, however long, and is confirmed; also after a restart", async () => {
  await using on = await stand();
  const long = `value ${"x".repeat(200)}`;
  const buttons = [[{ label: "Short", value: "yes" }], [{ label: "Long", value: long }]];
  await on.account.send({ ...say("choose"), buttons }, to(direct));
  on.start();
  await on.host.untilState("connected");
  const press = on.fake.press(77, "Long");
  on.fake.press(77, "Short");
  await on.host.until(() => on.host.events.length === 2);
  const [message] = on.fake.ours(77);
  const common = {
    type: "action",
    conversation: { kind: "direct", id: "77" },
    messageId: String(message?.id),
  };
  expect(on.host.events).toMatchObject([
    { ...common, value: long },
    { ...common, value: "yes" },
  ]);
  await on.fake.until(() => on.fake.presses.get(press)?.answered === "");
});

test("reactions go out as what Telegram has, and come in as given and taken back", async () => {
  await using on = await stand();
  const { id } = on.fake.say({ text: "nice" });
  const ref = { conversation: direct, id: String(id) };
  const { signal } = new AbortController();
  expect(await on.account.react?.(ref, "✅", signal)).toMatchObject({ is: "sent" });
  expect(on.fake.shown(77)[0]?.reactions.get(4711)).toEqual(["👌"]);
  expect(await on.account.react?.(ref, "", signal)).toMatchObject({ is: "sent" });
  expect(on.fake.shown(77)[0]?.reactions.get(4711)).toEqual([]);
  expect(await on.account.react?.(ref, "🧦", signal)).toMatchObject({ error: { kind: "unsupported" } });
  on.start();
  await on.host.untilState("connected");
  on.fake.react(77, id, ["🔥"]);
  await on.host.until(() => on.host.events.some(({ type }) => type === "reaction"));
});

test("a poll is sent open, and a vote comes back in words", async () => {
  await using on = await stand();
  const part = { is: "poll", question: "Lunch?", options: ["Pizza", "Soup"], multiple: true } as const;
  const outcome = await on.account.send(part, to(direct));
  if (outcome.is !== "sent") throw new Error(JSON.stringify(outcome));
  on.start();
  await on.host.untilState("connected");
  on.fake.vote(77, Number(outcome.ref.id), [1]);
  const vote = await on.host.until(() => on.host.events.find(({ type }) => type === "vote"));
  expect(vote).toMatchObject({ id: outcome.ref.id, conversation: direct, options: ["Soup"] });
});

test("an edit of a person is told", async () => {
  await using on = await stand();
  on.start();
  await on.host.untilState("connected");
  const { id } = on.fake.say({ text: "helo" });
  on.fake.edit(77, id, "hello");
  const edit = await on.host.until(() => on.host.events.find(({ type }) => type === "edit"));
  expect(edit).toMatchObject({ id: String(id), text: "hello" });
});

test("files go out as what they are, an album as one, and what is too large is refused", async () => {
  await using on = await stand();
  const folder = await mkdtemp(join(tmpdir(), "moltbot-tg-"));
  try {
    const file = async (kind: MediaKind, mimeType: string, fileName: string, bytes = 3) => {
      const path = join(folder, fileName);
      await Bun.write(path, new Uint8Array(bytes).fill(7));
      return { kind, path, mimeType, fileName, bytes };
    };
    const photo = await file("image", "image/png", "a.png");
    const voice = await file("voice", "audio/ogg", "v.ogg");
    const large = await file("image", "image/png", "large.png", 10_000_001);
    const caption = plainDocument("look & see");
    expect(await on.account.send({ is: "media", media: [photo], caption }, to(direct))).toMatchObject({
      is: "sent",
    });
    await on.account.send({ is: "media", media: [voice] }, to(direct));
    await on.account.send({ is: "media", media: [large] }, to(direct));
    await on.account.send(
      { is: "media", media: [photo, await file("video", "video/mp4", "b.mp4")] },
      to(direct),
    );
    const kinds = on.fake.ours(77).map(({ media, text }) => [media?.kind, media?.name, media?.bytes, text]);
    expect(kinds).toEqual([
      ["photo", "a.png", 3, "look & see"],
      ["voice", "v.ogg", 3, ""],
      ["document", "large.png", 10_000_001, ""],
      ["photo", "a.png", 3, ""],
      ["video", "b.mp4", 3, ""],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a file that came in is fetched by what its event says, also by another process", async () => {
  await using on = await stand();
  const bytes = new Uint8Array([1, 2, 3, 4]);
  on.fake.sendFile("document", bytes, { name: "notes.txt" });
  on.start();
  const event = await on.host.until(() => on.host.events[0]);
  if (event.type !== "message") throw new Error(event.type);
  const [file] = event.attachments;
  expect(file).toMatchObject({ kind: "document", fileName: "notes.txt", bytes: 4 });
  const later = openAccount(new TestHost("telegram", on.host.settings));
  const stream = await later.fetchAttachment?.(file?.ref ?? "", new AbortController().signal);
  expect(await new Response(stream).bytes()).toEqual(bytes);
});

test("a draft is shown in a chat with one person; where there are none, edits take its place", async () => {
  await using on = await stand();
  expect(on.account.capabilities(direct).stream).toBe("draft");
  expect(on.account.capabilities(group).stream).toBe("edit");
  await on.account.draft?.(direct, 1, plainDocument("typing…"));
  expect([...on.fake.chat(77).drafts.values()]).toEqual(["typing…"]);
  on.fake.fault("sendMessageDraft", { is: "error", code: 404, description: "Not Found: method not found" });
  await expect(on.account.draft?.(direct, 1, plainDocument("more"))).rejects.toThrow();
  expect(on.account.capabilities(direct).stream).toBe("edit");
});

test("commands are offered once, and again when they differ", async () => {
  await using on = await stand();
  const commands = [{ name: "/new", description: "Start afresh" }];
  await on.account.offerCommands?.(commands, "en");
  await on.account.offerCommands?.(commands, "en");
  expect(on.fake.calls.filter(({ method }) => method === "setMyCommands")).toHaveLength(1);
  expect(on.fake.commands).toEqual([{ command: "new", description: "Start afresh" }]);
});

test("a look at the account names privacy mode, a foreign webhook, and groups that it cannot join", async () => {
  await using on = await stand({}, { me: { can_read_all_group_messages: false, can_join_groups: false } });
  on.fake.updates.webhook = { url: "https://other.example/hook", secret: "" };
  const { ok, as, findings } = await on.account.probe(new AbortController().signal);
  expect([ok, as]).toEqual([false, { id: "4711", name: "@gate_test_bot" }]);
  expect(findings.map((text) => text.slice(0, 20))).toEqual([
    "a webhook is set for",
    "privacy mode is on: ",
    "the bot cannot be ad",
  ]);
});

test("one good token refused for a moment bothers nobody", async () => {
  await using on = await stand();
  on.start();
  await on.host.untilState("connected");
  on.fake.fault("getUpdates", { is: "error", code: 401, description: "Unauthorized" });
  on.fake.say({ text: "wakes the one that listens" });
  const { until } = await on.host.untilState("waiting");
  on.host.clock.pass(until - on.host.clock.now());
  await on.host.untilState("connected");
});

test("a webhook without a secret is not opened", async () => {
  await using on = await stand({ webhookUrl: "https://gate.example/telegram" });
  on.start();
  const { error } = await on.host.untilState("blocked");
  expect(error.hint).toContain("webhookSecret");
  expect(on.account.webhook).toBeUndefined();
  expect(on.fake.calls).toEqual([]);
  await using short = await stand({ webhookUrl: "https://gate.example/telegram", webhookSecret: "short" });
  short.start();
  expect((await short.host.untilState("blocked")).error.message).toContain("8 to 256 letters");
});

/** An account behind a real server, which the fake calls. */
async function called(over: Partial<TelegramSettings> = {}, before: (fake: FakeTelegram) => void = () => {}) {
  let hook: ((request: Request) => Promise<Response>) | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => hook?.(request) ?? new Response("", { status: 404 }),
  });
  const webhookUrl = `http://127.0.0.1:${server.port}/telegram`;
  const on = await stand({ webhookUrl, webhookSecret: "a-long-secret", ...over });
  on.fake.updates.now = () => on.host.clock.now();
  before(on.fake);
  hook = on.account.webhook;
  on.start();
  await on.host.untilState("connected");
  return {
    ...on,
    webhookUrl,
    async [Symbol.asyncDispose]() {
      await on[Symbol.asyncDispose]();
      await server.stop(true);
    },
  };
}

test("a webhook's message is kept before it is confirmed, and comes again if it was not", async () => {
  await using on = await called();
  let tries = 0;
  on.host.onReceive = () => {
    if (++tries === 1) throw new Error("disk full");
  };
  const { id } = on.fake.say({ text: "precious" });
  await on.host.until(() => on.host.events.length === 1);
  expect([on.host.events[0]?.id, tries]).toEqual([String(id), 2]);
});

test("nobody without the secret is listened to, nor anything that is no update or too much", async () => {
  await using on = await called();
  const secret = { "X-Telegram-Bot-Api-Secret-Token": "a-long-secret" };
  const post = async (headers: Record<string, string>, body: string) =>
    (await fetch(on.webhookUrl, { method: "POST", headers, body })).status;
  const update = JSON.stringify({ update_id: 1, message: { text: "forged" } });
  expect(await post({}, update)).toBe(401);
  expect(await post({ "X-Telegram-Bot-Api-Secret-Token": "a-long-secreT" }, update)).toBe(401);
  expect(await post(secret, "no json")).toBe(400);
  expect(await post(secret, "x".repeat(1_048_577))).toBe(413);
  expect((await fetch(on.webhookUrl)).status).toBe(405);
  expect(on.host.events).toEqual([]);
});

test("a body that does not come is not waited for", async () => {
  await using on = await called();
  const headers = { "X-Telegram-Bot-Api-Secret-Token": "a-long-secret" };
  let isCancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from('{"update_id":')),
    cancel() {
      isCancelled = true;
    },
  });
  const answer = on.account.webhook?.(new Request(on.webhookUrl, { method: "POST", headers, body }));
  on.host.clock.pass(10_000);
  expect((await answer)?.status).toBe(408);
  expect(isCancelled).toBe(true);
});

/** A minute later the webhook has been looked at once more, and found to work. */
async function lookedAgain(host: TestHost<TelegramSettings>): Promise<void> {
  const { alives } = host;
  host.clock.pass(60_000);
  await host.until(() => host.alives > alives);
}

test("a webhook that Telegram cannot call is no connection, until something gets in; what goes out goes on", async () => {
  await using on = await called();
  let isShut = true;
  on.host.onReceive = () => {
    if (isShut) throw new Error("disk full");
  };
  on.host.clock.pass(5_000);
  on.fake.say({ text: "precious" });
  await on.fake.until(() => on.fake.updates.webhookError !== null);
  on.host.clock.pass(60_000);
  const { error } = await on.host.untilState("waiting");
  expect(error.message).toContain("Wrong response from the webhook: 503");
  expect(error.kind).toBe("inbound");
  expect((await on.account.send(say("out"), to(direct))).is).toBe("sent");
  isShut = false;
  on.host.clock.pass(5_000);
  await on.host.until(() => on.host.events.length === 1);
  await on.host.until(() => on.host.last?.is === "connected");
  // Telegram never takes the old error back; it is older than what got in.
  await lookedAgain(on.host);
  await lookedAgain(on.host);
  expect(on.host.last?.is).toBe("connected");
});

test("an error from before that nothing waits behind is over", async () => {
  await using on = await called({}, (fake) => {
    fake.updates.webhookError = { message: "Connection refused", date: 1_600_000_000 };
  });
  await lookedAgain(on.host);
  await lookedAgain(on.host);
  expect(on.host.states.some(({ is }) => is === "waiting")).toBe(false);
});

test("a webhook that another program took away is set again", async () => {
  await using on = await called();
  on.fake.updates.webhook = { url: "https://other.example/", secret: "" };
  on.host.clock.pass(60_000);
  await on.fake.called("setWebhook", 2);
  expect(on.fake.updates.webhook.url).toBe(on.webhookUrl);
});

test("a login takes a bad token, says so, takes a good one, and who presses Start is the owner", async () => {
  await using on = await stand();
  const host = new TestHost<TelegramSettings>("telegram", { apiRoot: on.fake.url });
  on.fake.say({ from: 5, chat: 5, text: "a stranger was first" });
  const steps = telegram.login("token", host, new AbortController().signal);
  const seen: string[] = [];
  let answer = "";
  for (;;) {
    const { value, done } = await steps.next(answer);
    if (done) {
      expect(value).toMatchObject({
        as: "@gate_test_bot",
        settings: { botToken: on.fake.token, allowFrom: ["77"] },
      });
      break;
    }
    answer = "";
    if ("ask" in value)
      answer =
        ["nonsense", "99:wrong", `Use this token: ${on.fake.token}`][
          seen.filter((s) => s === "ask").length
        ] ?? "";
    if ("show" in value && value.show === "code") {
      expect(value.text).toContain(`https://t.me/gate_test_bot?start=${value.code}`);
      on.fake.say({ text: `/start ${value.code}` });
    }
    seen.push(Object.keys(value)[0] ?? "");
  }
  expect(seen).toEqual(["ask", "tell", "ask", "wait", "tell", "ask", "wait", "show", "wait"]);
  // The stranger's message is still there for the account.
  expect(on.fake.updates.pending).toHaveLength(2);
});

test("a login behind a foreign webhook takes the bot over", async () => {
  await using on = await stand();
  on.fake.updates.webhook = { url: "http://127.0.0.1:1/", secret: "" };
  const host = new TestHost<TelegramSettings>("telegram", { apiRoot: on.fake.url });
  const steps = telegram.login("token", host, new AbortController().signal);
  let answer = "";
  for (;;) {
    const { value, done } = await steps.next(answer);
    if (done) {
      expect(value.settings).toMatchObject({ allowFrom: ["77"] });
      return;
    }
    answer = "ask" in value ? on.fake.token : "";
    if ("show" in value && value.show === "code") on.fake.say({ text: `/start ${value.code}` });
  }
});

test("two tokens of one bot are the same account", () => {
  const same = (one: string, other: string) =>
    telegram.identity?.({ botToken: one }) === telegram.identity?.({ botToken: other });
  expect([same("12:a", "12:b"), same("12:a", "13:a")]).toEqual([true, false]);
});

test("the fake is a program, too", async () => {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/../fakes/telegram.ts`, "--token", "5:abc"], {
    stdout: "pipe",
  });
  try {
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    const { url } = JSON.parse(new TextDecoder().decode(value)) as { url: string };
    const control = async (act: string, ...args: unknown[]) =>
      (await fetch(`${url}/control/${act}`, { method: "POST", body: JSON.stringify(args) })).json();
    await control("say", { text: "hello" });
    const account: Pick<FakeTelegram, "token"> = { token: "5:abc" };
    const host = new TestHost("telegram", { botToken: account.token, apiRoot: url });
    await openAccount(host).send(say("answer"), to(direct));
    expect(await control("ours", 77)).toMatchObject({ result: [{ text: "answer" }] });
  } finally {
    child.kill();
    await child.exited;
  }
});
