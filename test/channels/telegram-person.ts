import type { GatewayClient } from "#src/client/client.ts";
import type { Started } from "../binary/executable.ts";
import { openLink } from "../fakes/link.ts";
import { startTelegram } from "../fakes/telegram.ts";
import type { FakeUpdate } from "../fakes/telegram-updates.ts";
import { createWatch } from "../fakes/watch.ts";
import type { Person, PersonOptions, Standing } from "./person.ts";

const who = 77;

/** Somebody with Telegram on their phone; what is said of the connection is the gateway's health. */
export async function personOnTelegram({ wrong }: PersonOptions = {}): Promise<Person> {
  const telegram = await startTelegram();
  telegram.chat(who);
  const link = await openLink(Number(new URL(telegram.url).port));
  let client: GatewayClient | null = null;
  let standing: Standing | null = null;
  let last: FakeUpdate | null = null;
  const answers = () => telegram.ours(who).map(({ text }) => text);
  const watch = createWatch(() => ({
    standing,
    answers: answers(),
    pending: telegram.updates.pending.length,
  }));

  function hear(channels: Record<string, unknown>) {
    const { connected, state, lastError } = Object(channels.telegram) as Record<string, unknown>;
    standing = { connected: connected === true, is: String(state), why: String(lastError) };
    watch.changed();
  }

  return {
    channels: {
      telegram: {
        botToken: wrong === true ? "99:nobody" : telegram.token,
        apiRoot: `http://127.0.0.1:${link.port}`,
        timeoutSeconds: 1,
        allowFrom: [who],
      },
    },
    async gatewayIs(gateway: Started, secret) {
      await client?.[Symbol.asyncDispose]();
      client = await gateway.connect({ auth: { token: secret } });
      client.events("health", ({ channels }) => hear(channels));
      hear(client.hello.snapshot.health.channels);
    },
    write(text) {
      last = telegram.say({ chat: who, from: who, text }).update;
    },
    async bringAgain() {
      if (last === null) throw new Error("nothing was written");
      telegram.updates.again(last);
      await watch.until(() => telegram.updates.pending.length === 0);
    },
    answers,
    standing: () => standing,
    until: watch.until,
    cables: [
      { name: "the link swallows everything", pull: () => link.pull(), plug: () => link.plug() },
      {
        name: "the question is taken and never answered",
        pull: () => telegram.pause(),
        plug: () => telegram.resume(),
      },
    ],
    loseWord: () => telegram.fault("sendMessage", { is: "lost" }),
    async wordIsLost() {
      await watch.until(() => answers().length > 0);
    },
    connects: () => telegram.asked,
    refusal: "needs login",
    async [Symbol.asyncDispose]() {
      await client?.[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
      await telegram[Symbol.asyncDispose]();
    },
  };
}
