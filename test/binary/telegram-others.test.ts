/** The whole gateway against a Telegram that others wrote. */
import { expect, test } from "bun:test";
import { crabline } from "../channels/crabline.ts";
import { testApi } from "../channels/test-api.ts";
import { openTelegramHouse } from "./telegram-house.ts";

test("crabline: what waited, a forum and a stranger are answered by the executable, each in its place", async () => {
  await using server = await crabline();
  const { botToken, endpoints } = server.manifest;
  await using house = await openTelegramHouse({
    model: { reply: (messages) => `heard <${/waited|forum/.exec(messages.at(-1)?.content ?? "")?.[0]}>` },
    config: () => ({
      channels: {
        telegram: {
          botToken,
          apiRoot: endpoints.apiRoot,
          timeoutSeconds: 1,
          allowFrom: [100001],
          groups: { "-1001234567890": { requireMention: false } },
        },
      },
    }),
  });
  await server.write({ chatId: "100001", fromId: 100001, text: "this waited" });
  await using _gateway = await house.start();
  const forum = { chatId: "-1001234567890", messageThreadId: 42, isForum: true };
  await server.write({ ...forum, fromId: 100001, text: "in the forum" });
  await server.write({ chatId: "500", fromId: 500, text: "let me in" });
  const wanted = ["heard &lt;waited&gt;", "heard &lt;forum&gt;", "Pairing code:"];
  let record = "";
  while (!wanted.every((text) => record.includes(text))) {
    await Bun.sleep(20);
    record = await server.record();
  }
  const status = await house.moltbot("channels", "status", "--probe");
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining("Telegram default  connected") });
  expect(house.model.requests.length).toBe(2);
});

test("telegram-test-api: two messages that waited and one that did not are answered by the executable, in order", async () => {
  await using server = await testApi();
  await using house = await openTelegramHouse({
    config: () => ({
      messages: { queue: { mode: "followup" } },
      channels: {
        telegram: { botToken: server.token, apiRoot: server.apiRoot, timeoutSeconds: 1, allowFrom: [7] },
      },
    }),
  });
  await server.write("one");
  await server.write("two");
  await using _gateway = await house.start();
  while (server.answers().length < 2) await Bun.sleep(20);
  await server.write("three");
  while (server.answers().length < 3) await Bun.sleep(20);
  expect(server.answers()).toEqual(["You said: one", "You said: two", "You said: three"]);
});
