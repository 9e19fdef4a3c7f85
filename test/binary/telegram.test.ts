/** Telegram as a new user meets it: the compiled executable, a strict Bot API and a model. */
import { expect, test } from "bun:test";
import { typeInto } from "../cli/typing.ts";
import { type FakeTelegram, startTelegram } from "../fakes/telegram.ts";
import { executable, plainEnvironment } from "./executable.ts";
import { openTelegramHouse } from "./telegram-house.ts";

const owner = 77;

/** What the bot's messages in a chat say. */
const said = (telegram: FakeTelegram, chat: number) => telegram.ours(chat).map(({ text }) => text);

test("paste the token, press Start, be the owner, get a streamed answer", async () => {
  await using house = await openTelegramHouse({ model: { paceMs: 300 } });
  const { telegram, home } = house;
  await using _gateway = await house.start();
  telegram.chat(owner);
  const settings = JSON.stringify({ apiRoot: telegram.url });
  const env = plainEnvironment(home, { NO_COLOR: "1" });
  using add = typeInto([executable(), "channels", "add", "telegram", "--settings", settings], {
    cwd: home,
    env,
  });
  await add.shows("Bot token: ");
  add.type("12345678:not-this-one\r");
  await add.shows("Telegram does not know this token");
  await add.shows("Bot token: ");
  add.type(`Use this token to access the HTTP API: ${telegram.token}\r`);
  await add.shows("press Start");
  const [, code] = /start=(\w+)/.exec(add.screen()) ?? [];
  telegram.say({ from: owner, text: `/start ${code}` });
  await add.shows("works without restart");
  expect(await add.exited).toBe(0);
  expect(add.screen()).not.toContain(telegram.token);
  await telegram.until(() => said(telegram, owner).length === 1);

  telegram.say({ from: owner, text: "what is the time of day now" });
  const draft = await telegram.until(() => [...telegram.chat(owner).drafts.values()].at(-1));
  expect("You said: what is the time of day now").toStartWith(draft.replace(/\s*…$/, ""));
  await telegram.until(() => said(telegram, owner).at(-1) === "You said: what is the time of day now");
  const status = await house.moltbot("channels", "status");
  expect(status.stdout).toMatch(/^Telegram default {2}connected as @gate_test_bot · /);
});

test("a Chinese terminal is spoken to in Chinese, and told once where tokens come from", async () => {
  await using house = await openTelegramHouse();
  const { telegram, home } = house;
  await using _gateway = await house.start();
  const settings = JSON.stringify({ apiRoot: telegram.url });
  const env = plainEnvironment(home, { NO_COLOR: "1", LANG: "zh_CN.UTF-8" });
  using add = typeInto([executable(), "channels", "add", "telegram", "--settings", settings], {
    cwd: home,
    env,
  });
  await add.shows("在 Telegram 中向 @BotFather");
  await add.shows("机器人令牌: ");
  add.type("nonsense\r");
  await add.shows("这不是机器人令牌");
  await add.shows("机器人令牌: ");
  add.type(`${telegram.token}\r`);
  await add.shows("要成为机器人的所有者");
  const [, code] = /start=(\w+)/.exec(add.screen()) ?? [];
  await add.shows("等待你在");
  telegram.say({ from: owner, text: `/start ${code}` });
  await add.shows("你是它的所有者");
  expect(await add.exited).toBe(0);
  expect(add.screen().split("/newbot").length).toBe(2);
});

/** A bot that its owner, 77, has set up already. */
const ownersBot = (telegram: FakeTelegram) => ({
  channels: { telegram: { botToken: telegram.token, apiRoot: telegram.url, allowFrom: [owner] } },
});

test("a stranger gets a code and nothing else; approved, their first message is answered", async () => {
  await using house = await openTelegramHouse({ config: ownersBot });
  const { telegram, model } = house;
  await using _gateway = await house.start();
  telegram.say({ chat: 500, from: 500, text: "hello, who is there?" });
  const [notice = ""] = await telegram.until(() => said(telegram, 500).length === 1 && said(telegram, 500));
  const [, code = ""] = /Pairing code: (\w{8})/.exec(notice) ?? [];
  telegram.say({ chat: 500, from: 500, text: "anybody?" });
  telegram.say({ chat: owner, from: owner, text: "are you there" });
  await telegram.until(() => said(telegram, owner).length === 1);
  expect(said(telegram, 500)).toEqual([notice]);
  expect(telegram.calls.filter(({ params }) => params.chat_id === 500).map(({ method }) => method)).toEqual([
    "sendMessage",
  ]);
  expect(model.requests.length).toBe(1);
  const listed = await house.moltbot("pairing", "list");
  expect(listed.stdout).toContain(code);
  const approved = await house.moltbot("pairing", "approve", "telegram", code);
  expect(approved.code).toBe(0);
  const answers = await telegram.until(() => said(telegram, 500).length > 1 && said(telegram, 500).slice(1));
  expect(answers.join("\n")).toContain("hello, who is there?");
});

test("in a group it answers who names it, and shows the answer in one message that it edits", async () => {
  await using house = await openTelegramHouse({
    model: { paceMs: 300, reply: () => "At seven, as you said yourself a moment ago." },
    config: (telegram) => {
      const bot = ownersBot(telegram).channels.telegram;
      return { channels: { telegram: { ...bot, groups: { "-1001": {} } } } };
    },
  });
  const { telegram, model } = house;
  await using _gateway = await house.start();
  telegram.chat(-1001, { title: "Family" });
  telegram.say({ chat: -1001, from: owner, text: "dinner is at seven" });
  const text = "@gate_test_bot when is dinner";
  const mention = { type: "mention", offset: 0, length: "@gate_test_bot".length };
  const { id } = telegram.say({ chat: -1001, from: owner, text, extra: { entities: [mention] } });
  await telegram.until(() => said(telegram, -1001)[0]?.endsWith("…"));
  await telegram.until(() => said(telegram, -1001)[0] === "At seven, as you said yourself a moment ago.");
  expect(telegram.ours(-1001)).toMatchObject([{ replyTo: id }]);
  expect(telegram.ours(-1001)[0]?.edits).toBeGreaterThan(0);
  expect(model.requests.length).toBe(1);
  expect(model.requests[0]?.messages.at(-1)?.content).toContain("dinner is at seven");
  expect(
    telegram
      .shown(-1001)
      .filter(({ reactions }) => reactions.size > 0)
      .map((each) => each.id),
  ).toEqual([id]);
});

test("the cable is pulled, three messages are written, it is plugged in: three answers", async () => {
  await using house = await openTelegramHouse({
    config: (telegram) => ({ ...ownersBot(telegram), messages: { queue: { mode: "followup" } } }),
  });
  const { telegram } = house;
  await using _gateway = await house.start();
  telegram.say({ text: "before" });
  await telegram.until(() => said(telegram, owner).length === 1);
  telegram.pause();
  for (const text of ["one", "two", "three"]) telegram.say({ text });
  telegram.resume();
  await telegram.until(() => said(telegram, owner).length === 4);
  expect(said(telegram, owner)).toEqual([
    "You said: before",
    "You said: one",
    "You said: two",
    "You said: three",
  ]);
});

test("while Telegram is away the status says so, answers wait; a send that may have arrived is listed", async () => {
  await using house = await openTelegramHouse({ config: ownersBot });
  const { telegram } = house;
  telegram.chat(owner);
  await using _gateway = await house.start();
  const to = ["--channel", "telegram", "--to", "77"];
  const sent = await house.moltbot("message", "send", ...to, "--message", "**hi**");
  expect(sent).toMatchObject({ code: 0, stderr: "" });
  expect(said(telegram, owner)).toEqual(["hi"]);
  expect((await house.moltbot("outbox", "list")).stdout).toContain("nothing waits");
  await telegram.called("getUpdates", 2);
  telegram.fault("getUpdates", { is: "html" }, 1000);
  telegram.say({ text: "still there?" });
  await telegram.called("getUpdates", 4);
  const away = await house.moltbot("channels", "status");
  expect(away.code).toBe(1);
  expect(away.stdout).toContain("Telegram default  waiting · tries again in ");
  expect(away.stdout).toContain("Telegram is not reachable");
  const waiting = await house.moltbot("outbox", "list");
  expect(waiting.stdout).toContain("You said: still there?");
  expect(said(telegram, owner)).toEqual(["hi"]);
  telegram.healed();
  await telegram.until(() => said(telegram, owner).length === 2);
  expect((await house.moltbot("channels", "status")).stdout).toContain("connected as @gate_test_bot");

  telegram.fault("sendMessage", { is: "lost" });
  const lost = await house.moltbot("message", "send", ...to, "--message", "once");
  expect(lost.stderr).toContain("may or may not have arrived");
  expect(lost.code).not.toBe(0);
  const outbox = await house.moltbot("outbox", "list");
  expect(outbox.stdout).toContain("once");
  expect((await house.moltbot("health", "--probe")).stdout).toContain("may or may not have arrived");
  expect(said(telegram, owner)).toEqual(["hi", "You said: still there?", "once"]);
});

test("a second bot is added by a script, and works without restart beside the first", async () => {
  await using house = await openTelegramHouse({ config: ownersBot });
  await using other = await startTelegram({ token: "4712:fake-token-of-another", username: "work_test_bot" });
  await using _gateway = await house.start();
  const settings = JSON.stringify({ apiRoot: other.url, allowFrom: [8] });
  const args = ["--account", "work", "--token", other.token, "--settings", settings];
  const added = await house.moltbot("channels", "add", "telegram", ...args);
  expect(added).toMatchObject({ code: 0, stderr: "" });
  other.say({ chat: 8, from: 8, text: "hello work" });
  await other.until(() => said(other, 8).length === 1);
  house.telegram.say({ text: "hello home" });
  await house.telegram.until(() => said(house.telegram, owner).length === 1);
  expect([said(other, 8), said(house.telegram, owner)]).toEqual([
    ["You said: hello work"],
    ["You said: hello home"],
  ]);
});
