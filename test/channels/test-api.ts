import TelegramServer from "telegram-test-api";

/** A Telegram of telegram-test-api, with one bot and one person, 7. */
export async function testApi() {
  const free = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
  const { port } = free;
  await free.stop(true);
  const server = new TelegramServer({ host: "127.0.0.1", ...(port === undefined ? {} : { port }) });
  await server.start();
  const token = "666:sample";
  const client = server.getClient(token, { userId: 7, chatId: 7 });
  return {
    token,
    apiRoot: server.config.apiURL,
    client,
    /** The person writes in their direct chat. */
    write: (text: string) => client.sendMessage(client.makeMessage(text)),
    /** What the bot has written, oldest first. */
    answers: (): string[] =>
      server.storage.botMessages
        .toSorted((one, other) => one.time - other.time)
        .map(({ message }) => ("text" in message ? String(message.text) : "")),
    [Symbol.asyncDispose]: async () => void (await server.stop()),
  };
}
