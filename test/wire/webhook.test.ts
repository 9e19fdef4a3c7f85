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

test("a webhook is called by its public name, which opens nothing else", async () => {
  await using telegram = await startTelegram();
  const account = { botToken: telegram.token, apiRoot: telegram.url, allowFrom: [77] };
  const webhook = { webhookUrl: "https://Pub.Example:8443/hooks/telegram", webhookSecret: "a-long-secret" };
  await using house = await startHouse({ config: { channels: { telegram: { ...account, ...webhook } } } });
  await telegram.called("setWebhook", 1);
  const ask = async (path: string, headers: Record<string, string>, method = "POST") =>
    (
      await fetch(`${house.url}${path}`, {
        method,
        headers: { host: "pub.example:8443", ...headers },
        ...(method === "POST" ? { body: JSON.stringify({ update_id: 1 }) } : {}),
      })
    ).status;
  const right = { "x-telegram-bot-api-secret-token": "a-long-secret" };
  expect(await ask("hooks/telegram", right)).toBe(200);
  expect(await ask("hooks/telegram", {})).toBe(401);
  expect(await ask("hooks/telegram", { ...right, host: "other.example" })).toBe(403);
  expect(await ask("hooks/telegram", { ...right, origin: "https://pub.example:8443" })).toBe(403);
  expect(await ask("hooks/telegram", right, "GET")).toBe(403);
  expect(await ask("hooks/telegram/more", right)).toBe(403);
  expect(await ask("healthz", right, "GET")).toBe(403);
});
