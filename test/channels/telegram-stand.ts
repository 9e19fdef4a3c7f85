import { openAccount } from "#src/channels/telegram/account.ts";
import { render } from "#src/channels/telegram/format.ts";
import { telegram } from "#src/channels/telegram/index.ts";
import type { TelegramSettings } from "#src/channels/telegram/settings.ts";
import { type Fault, startTelegram } from "../fakes/telegram.ts";
import { readHtml, trimmed } from "../fakes/telegram-html.ts";
import type { Stand, Weather } from "./stand.ts";
import { TestHost } from "./test-host.ts";

const faults: Record<Weather, Fault> = {
  lost: { is: "lost" },
  cut: { is: "cut" },
  page: { is: "html-done" },
  "slow-down": {
    is: "error",
    code: 429,
    description: "Too Many Requests: retry after 7",
    parameters: { retry_after: 7 },
  },
  refused: { is: "error", code: 401, description: "Unauthorized" },
  conflict: {
    is: "error",
    code: 409,
    description:
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  },
};

/** Telegram, with a bot that one person and one group know. */
export async function standTelegram(): Promise<Stand> {
  const fake = await startTelegram();
  fake.chat(77);
  fake.chat(-1001, { title: "Family", is_forum: true });
  fake.topic(-1001, 5);
  fake.chat(-1000000000009, { type: "channel", title: "News", username: "daily_news" });
  const settings: TelegramSettings = { botToken: fake.token, apiRoot: fake.url };
  const host = new TestHost("telegram", settings);
  const open = (over: Partial<TelegramSettings>, values: Iterable<[string, string]> = []) => {
    const other = new TestHost("telegram", { ...settings, ...over });
    for (const [key, value] of values) other.values.set(key, value);
    return { host: other, account: openAccount(other) };
  };
  return {
    channel: telegram,
    host,
    account: openAccount(host),
    restarted: () => open({}, host.values),
    stranger: () => open({ botToken: "99:nobody" }),
    direct: { kind: "direct", id: "77" },
    group: { kind: "group", id: "-1001" },
    targets: {
      good: [
        ["77", { kind: "direct", id: "77" }],
        ["tg:77", { kind: "direct", id: "77" }],
        ["telegram:-1001:topic:5", { kind: "group", id: "-1001", thread: "5" }],
        ["-1001:5", { kind: "group", id: "-1001", thread: "5" }],
        ["@daily_news", { kind: "channel", id: "-1000000000009" }],
        ["https://t.me/daily_news", { kind: "channel", id: "-1000000000009" }],
        ["-1000000000009", { kind: "channel", id: "-1000000000009" }],
      ],
      bad: [
        "",
        "somebody",
        "@no",
        "@nobody_here",
        "12:34:56",
        "77:topic:0",
        "https://example.org/x",
        "../etc",
      ],
    },
    write: (text) => String(fake.say({ text }).id),
    shown: ({ id }) => fake.ours(Number(id)).map(({ text }) => text),
    visible: (document) => trimmed(readHtml(render(document).html)).text,
    weather: (on, weather, times = 1) =>
      fake.fault(
        on === "send" ? "sendMessage" : weather === "refused" ? "*" : "getUpdates",
        faults[weather],
        times,
      ),
    pause: () => fake.pause(),
    resume: () => fake.resume(),
    connects: () => fake.calls.filter(({ method }) => method === "getMe" || method === "getUpdates").length,
    login: {
      flow: "token",
      answers: { token: fake.token },
      act: (code) => void fake.say({ text: `/start ${code}` }),
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}
