import type { Params, Result } from "#protocol";
import { type AskFlags, askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../exit.ts";
import { plain } from "../layout.ts";
import { mediaFile } from "../media-file.ts";
import { messageTexts } from "../message-texts.ts";
import { wholeNumber } from "../parse.ts";
import { paintFor, type Terminal } from "../terminal.ts";

const whereArgs = {
  to: {
    type: "string",
    short: "t",
    hint: "TARGET",
    required: true,
    summary: {
      en: "whom or where: 4711, @name, telegram:4711",
      zh: "发给谁或哪里：4711、@name、telegram:4711",
    },
  },
  channel: { type: "string", short: "c", hint: "CHANNEL", summary: { en: "the platform", zh: "平台" } },
  account: { type: "string", hint: "ACCOUNT", summary: { en: "which login on it", zh: "使用哪个账号" } },
} as const;

const messageIdArg = {
  "message-id": {
    type: "string",
    hint: "ID",
    required: true,
    summary: { en: "the message, by its id on the platform", zh: "平台上的消息编号" },
  },
} as const;

interface Where {
  to: string;
  channel?: string | undefined;
  account?: string | undefined;
}

export const messageSend = defineCommand({
  summary: { en: "Send a message to somebody on a platform", zh: "在平台上发送消息" },
  examples: [
    "moltbot message send --to 4711 --message 'Dinner is ready'",
    "moltbot message send --channel telegram --to @family --media picture.png",
  ],
  args: {
    ...whereArgs,
    message: {
      type: "string",
      short: "m",
      hint: "TEXT",
      summary: { en: "the text, as Markdown", zh: "文字（Markdown）" },
    },
    media: {
      type: "string",
      hint: "FILE",
      summary: {
        en: "a file, one of the gateway's media directory, or a URL",
        zh: "文件、网关媒体目录中的文件或网址",
      },
    },
    "reply-to": {
      type: "string",
      hint: "ID",
      summary: { en: "the message that it answers", zh: "要回复的消息编号" },
    },
    silent: { type: "boolean", summary: { en: "without a sound at the other end", zh: "对方不响铃" } },
    ...jsonArg,
    ...askArgs,
  },
  async run({ to, channel, account, message, media, "reply-to": replyTo, silent, json, ...flags }, terminal) {
    if ((message ?? "").trim() === "" && media === undefined)
      throw new UsageError(messageTexts[terminal.language].empty);
    await using file = media === undefined ? null : await mediaFile(media, flags, terminal);
    const params = {
      ...(message === undefined ? {} : { message }),
      ...file?.params,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(silent ? { silent } : {}),
    };
    await act("send", { to, channel, account }, params, json, flags, terminal);
  },
});

export const messagePoll = defineCommand({
  summary: { en: "Ask people something, with answers to choose from", zh: "发起投票" },
  examples: [
    "moltbot message poll --to 4711 --question 'Tea or coffee?' --option Tea --option Coffee",
    "moltbot message poll --to -1001234 --question 'When?' --option 'Six|Eight' --duration-hours 12",
  ],
  args: {
    ...whereArgs,
    question: {
      type: "string",
      short: "q",
      hint: "TEXT",
      required: true,
      summary: { en: "the question", zh: "问题" },
    },
    option: {
      type: "string",
      hint: "TEXT|TEXT",
      required: true,
      many: true,
      summary: { en: "an answer, or several divided by |", zh: "一个选项，或用 | 分隔的多个选项" },
    },
    "duration-hours": {
      type: "string",
      hint: "HOURS",
      summary: { en: "how long people can vote", zh: "投票持续的小时数" },
    },
    multiple: { type: "boolean", summary: { en: "people may choose several", zh: "可多选" } },
    ...jsonArg,
    ...askArgs,
  },
  async run(
    { to, channel, account, question, option, "duration-hours": hours, multiple, json, ...flags },
    terminal,
  ) {
    const pollOption = option
      .flatMap((each) => each.split("|"))
      .map((each) => each.trim())
      .filter((each) => each !== "");
    if (pollOption.length < 2 || pollOption.length > 12)
      throw new UsageError(messageTexts[terminal.language].fewOptions);
    const params = {
      pollQuestion: question,
      pollOption,
      ...(multiple ? { pollMulti: true } : {}),
      ...(hours === undefined
        ? {}
        : {
            pollDurationHours: wholeNumber(
              "--duration-hours",
              hours,
              { min: 1, max: 8_760 },
              terminal.language,
            ),
          }),
    };
    await act("poll", { to, channel, account }, params, json, flags, terminal);
  },
});

export const messageReact = defineCommand({
  summary: {
    en: "React to a message; without an emoji, take the reaction back",
    zh: "对消息添加或取消表情回应",
  },
  examples: [
    "moltbot message react --to 4711 --message-id 812 --emoji 👍",
    "moltbot message react --to 4711 --message-id 812",
  ],
  args: {
    ...whereArgs,
    ...messageIdArg,
    emoji: { type: "string", short: "e", hint: "EMOJI", summary: { en: "the reaction", zh: "表情" } },
    ...jsonArg,
    ...askArgs,
  },
  async run({ to, channel, account, "message-id": messageId, emoji, json, ...flags }, terminal) {
    const params = { messageId, ...(emoji === undefined || emoji === "" ? { remove: true } : { emoji }) };
    await act("react", { to, channel, account }, params, json, flags, terminal);
  },
});

export const messageEdit = defineCommand({
  summary: { en: "Change a message that was sent", zh: "修改已发送的消息" },
  examples: ["moltbot message edit --to 4711 --message-id 812 --message 'Dinner is at eight'"],
  args: {
    ...whereArgs,
    ...messageIdArg,
    message: {
      type: "string",
      short: "m",
      hint: "TEXT",
      required: true,
      summary: { en: "the new text, as Markdown", zh: "新的文字（Markdown）" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ to, channel, account, "message-id": messageId, message, json, ...flags }, terminal) {
    await act("edit", { to, channel, account }, { messageId, message }, json, flags, terminal);
  },
});

export const messageDelete = defineCommand({
  summary: { en: "Delete a message that was sent, for everybody", zh: "为所有人删除已发送的消息" },
  examples: ["moltbot message delete --to 4711 --message-id 812"],
  args: { ...whereArgs, ...messageIdArg, ...jsonArg, ...askArgs },
  async run({ to, channel, account, "message-id": messageId, json, ...flags }, terminal) {
    await act("delete", { to, channel, account }, { messageId }, json, flags, terminal);
  },
});

type Action = "send" | "poll" | keyof (typeof messageTexts)["en"]["done"];

async function act(
  action: Action,
  { to, channel, account }: Where,
  params: Record<string, unknown>,
  json: boolean,
  flags: AskFlags,
  terminal: Terminal,
): Promise<void> {
  const asked: Params<"message.action"> = {
    action,
    params: { to, ...params },
    idempotencyKey: crypto.randomUUID(),
    ...(channel === undefined ? {} : { channel }),
    ...(account === undefined ? {} : { accountId: account }),
  };
  const done: Result<"message.action"> = await withClient(flags, terminal, ["operator.write"], (client) =>
    // Longer than the gateway waits for a platform.
    client.call("message.action", asked, { timeoutMs: 120_000 }),
  );
  if (json) {
    terminal.print(JSON.stringify(done, null, 2));
    return;
  }
  const say = messageTexts[terminal.language];
  const what =
    action === "send" || action === "poll"
      ? say.sent(plain(done.channel), plain(done.messageId))
      : say.done[action];
  terminal.print(`${paintFor(terminal).green("✓")} ${what}`);
}
