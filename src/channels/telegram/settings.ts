// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { type Static, type TSchema, Type } from "@sinclair/typebox";

function maybe<T extends TSchema>(schema: T, description: string) {
  return Type.Optional({ ...schema, description });
}

const text = Type.String({ minLength: 1 });

/** What only Telegram knows, under `channels.telegram` and under each of its accounts. */
export const telegramKeys = {
  botToken: maybe(text, "what @BotFather gave: ${NAME} from the environment, or ${secret:NAME}"),
  tokenFile: maybe(text, "a file that holds the bot token and nothing else"),
  apiRoot: maybe(text, "where the Bot API answers; https://api.telegram.org unless given"),
  proxy: maybe(text, "an HTTP or HTTPS proxy for everything that this account asks"),
  webhookUrl: maybe(
    text,
    "the public https address that Telegram calls; without it the gateway asks by itself",
  ),
  webhookSecret: maybe(
    Type.String({ pattern: "^([A-Za-z0-9_-]{8,256}|\\$\\{secret:[^}]+\\})$" }),
    "what Telegram proves itself with at the webhook; compulsory with webhookUrl",
  ),
  webhookPath: maybe(text, "the path of the webhook on this gateway; that of webhookUrl unless given"),
  timeoutSeconds: maybe(
    Type.Integer({ minimum: 1, maximum: 50 }),
    "how long one request for news is kept open, 30 unless given; a third longer without an answer, and the link is dead",
  ),
  linkPreview: maybe(Type.Boolean(), "whether Telegram shows a preview of the first link; yes unless given"),
  messagesPerSecond: maybe(
    Type.Integer({ minimum: 0, maximum: 10_000 }),
    "what Telegram takes from this bot, all chats together; 30 unless given, as for most bots; with 0 nothing is held back, in no chat, until Telegram itself says that it is too much",
  ),
};

export type TelegramSettings = Static<typeof TelegramSettings>;
export const TelegramSettings = Type.Object(telegramKeys, { additionalProperties: true });
