import { expect, test } from "bun:test";
import { startTelegram } from "../fakes/telegram.ts";
import { startHouse } from "./start-house.ts";

test("who guesses the secret of a webhook is told to come later, and the platform is still listened to", async () => {
  await using telegram = await startTelegram();
  const account = { botToken: telegram.token, apiRoot: telegram.url, allowFrom: [77] };
  const webhook = { webhookUrl: "https://gate.example/hooks/telegram", webhookSecret: "a-long-secret" };
  await using house = await startHouse({ config: { channels: { telegram: { ...account, ...webhook } } } });
  await telegram.called("setWebhook", 1);
  const post = (secret: string, update: object) =>
    fetch(`${house.url}hooks/telegram`, {
      method: "POST",
      headers: { "x-telegram-bot-api-secret-token": secret },
      body: JSON.stringify(update),
    });
  for (let count = 0; count < 10; count += 1) expect((await post("a-long-guess", {})).status).toBe(401);
  const refused = await post("a-long-guess", {});
  expect([refused.status, Number(refused.headers.get("retry-after")) > 200]).toEqual([429, true]);
  const from = { id: 77, is_bot: false, first_name: "Ada" };
  const message = {
    message_id: 1,
    date: 1,
    chat: { id: 77, type: "private", first_name: "Ada" },
    from,
    text: "/help",
  };
  telegram.chat(77);
  expect((await post("a-long-secret", { update_id: 1, message })).status).toBe(200);
  await telegram.until(() => telegram.ours(77).length === 1);
});
