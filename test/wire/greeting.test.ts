import { expect, test } from "bun:test";
import { type FakeTelegram, startTelegram } from "../fakes/telegram.ts";
import { startModelHouse } from "./model-house.ts";
import { startHouse } from "./start-house.ts";

const inChinese = { id: 77, is_bot: false, first_name: "Wei", language_code: "zh-hans" };

function config({ token, url }: FakeTelegram) {
  const telegram = { botToken: token, apiRoot: url, ackReaction: "", streamMode: "off" };
  return {
    gateway: { auth: { mode: "token", token: "a-token-for-pairing" } },
    agents: { defaults: {}, list: [{ id: "main", default: true, identity: { name: "Molty" } }] },
    channels: { telegram: { ...telegram, allowFrom: [77], groups: {} } },
  };
}

async function answerTo(telegram: FakeTelegram, said: Parameters<FakeTelegram["say"]>[0], chat: number) {
  const before = telegram.ours(chat).length;
  telegram.say(said);
  await telegram.until(() => telegram.ours(chat).length > before);
  return telegram.ours(chat).at(-1)?.text;
}

test("/start is greeted with who answers, in the language of the app; a stranger gets a code", async () => {
  await using telegram = await startTelegram();
  const { agents, ...rest } = config(telegram);
  await using rooms = await startModelHouse(
    {},
    {
      config: { agents: { ...agents, defaults: { model: "fake/m" } }, ...rest },
    },
  );
  await telegram.called("getUpdates", 1);
  expect(await answerTo(telegram, { text: "/start" }, 77)).toBe(
    "Hello, this is Molty. Just write to me, as you would to anybody.",
  );
  expect(await answerTo(telegram, { text: "/start", extra: { from: inChinese } }, 77)).toBe(
    "你好，我是 Molty。直接给我写消息就行。",
  );
  const notice = await answerTo(telegram, { chat: 500, from: 500, text: "/start" }, 500);
  const [, code = ""] = /: ([A-Z2-9]{8})/.exec(notice ?? "") ?? [];
  expect(notice).not.toContain("Molty");
  await using client = await rooms.house.connect({
    scopes: ["operator.pairing"],
    auth: { token: "a-token-for-pairing" },
  });
  // What they wrote first is answered now.
  const before = telegram.ours(500).length;
  await client.call("pairing.approve", { channel: "telegram", code });
  await telegram.until(() => telegram.ours(500).length > before);
  expect(telegram.ours(500).at(-1)?.text).toContain("this is Molty");
  expect(rooms.model.requests).toHaveLength(0);
});

test("without a model, the owner is told so in the greeting, and nobody else is answered", async () => {
  await using telegram = await startTelegram();
  await using _house = await startHouse({ config: config(telegram) });
  await telegram.called("getUpdates", 1);
  expect(await answerTo(telegram, { text: "/start" }, 77)).toBe(
    "Hello, this is Molty, your own gateway. No AI model is set up yet, so only commands are answered: /help",
  );
});
