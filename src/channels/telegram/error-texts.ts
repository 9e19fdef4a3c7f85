import type { ChannelError } from "../channel.ts";

interface ErrorTexts {
  unreachable: (why: string) => string;
  checkRoot: string;
  foreign: (status: number) => string;
  noAnswer: string;
  broke: string;
  nothingAnswers: string;
  noName: string;
  says: (description: string) => string;
  badToken: string;
  newToken: string;
  webhookElsewhere: string;
  endWebhook: string;
  otherReader: string;
  endReader: string;
  mustStart: string;
  blocked: string;
  addBot: string;
  noSecret: string;
  wrongSecret: string;
  setSecret: string;
  notKept: (why: string) => string;
  staysThere: string;
  pause: string;
  givenUp: string;
  textTooLong: (length: number, max: number) => string;
  captionTooLong: (length: number, max: number) => string;
  pollTooLong: (hours: number) => string;
  noReaction: (emoji: string) => string;
  ownReaction: string;
  noToken: string;
  wrongToken: string;
  noTokenFile: (why: string) => string;
  foreignWebhook: string;
  webhookNotSet: string;
  webhookFailed: (why: string) => string;
  shutOut: (why: string) => string;
  letIn: string;
  manyWait: (count: number) => string;
  privacy: string;
  noGroups: string;
}

/** What a person is told when something about Telegram does not work, and what they can do. */
export const errorTexts: Record<"en" | "zh", ErrorTexts> = {
  en: {
    unreachable: (why) => `Telegram is not reachable: ${why}`,
    checkRoot: "check channels.telegram.apiRoot and the proxy",
    foreign: (status) => `the answer was no JSON (HTTP ${status})`,
    noAnswer: "no answer in time",
    broke: "the connection broke before the answer",
    nothingAnswers: "nothing answers there",
    noName: "its name cannot be resolved",
    says: (description) => `Telegram says: ${description}`,
    badToken: "Telegram does not know this bot token",
    newToken: "get the token from @BotFather again",
    webhookElsewhere: "a webhook is set for this bot, so its messages go elsewhere",
    endWebhook: "end the program that sets it, or set channels.telegram.webhookUrl",
    otherReader: "another program reads this bot's messages",
    endReader: "end the other program, or make a bot of its own for this gateway with @BotFather",
    mustStart: "a bot can only write to people who pressed Start, and to groups that it is a member of",
    blocked: "the person blocked the bot",
    addBot: "add the bot to the chat, with the right to write",
    noSecret: "a webhook without a secret would let anybody write in other people's names",
    wrongSecret: "Telegram takes a webhook's secret only of 8 to 256 letters, digits, _ and -",
    setSecret: "set channels.telegram.webhookSecret, or take webhookUrl out",
    notKept: (why) => `what came in could not be kept: ${why}`,
    staysThere: "it stays at Telegram and is fetched again; look at the disk and the log",
    pause: "Telegram wants a pause in this chat",
    givenUp: "it was given up before it was sent",
    textTooLong: (length, max) => `the text has ${length} characters, Telegram takes ${max}`,
    captionTooLong: (length, max) => `the caption has ${length} characters, Telegram takes ${max}`,
    pollTooLong: (hours) => `Telegram closes a poll after ${hours} hours at most`,
    noReaction: (emoji) => `Telegram has no reaction like ${emoji}`,
    ownReaction: "take one of its own, such as 👍",
    noToken: "no bot token; run: moltbot channels add telegram, or set channels.telegram.botToken",
    wrongToken: "the bot token is not in the form 123456:ABC…; copy it again from @BotFather",
    noTokenFile: (why) => `the token file cannot be read: ${why}`,
    foreignWebhook:
      "a webhook is set for this bot by another program; end that program (the gateway removes the webhook when it connects)",
    webhookNotSet: "Telegram does not have this account's webhook; start the gateway, which sets it",
    webhookFailed: (why) =>
      `Telegram could not call the webhook: ${why}; it has to be reachable from outside`,
    shutOut: (why) => `Telegram cannot call the webhook: ${why}`,
    letIn: "channels.telegram.webhookUrl must be reachable from outside; what was written waits at Telegram",
    manyWait: (count) => `${count} messages wait at Telegram; they are fetched while the gateway runs`,
    privacy:
      "privacy mode is on: in groups the bot sees only commands, mentions and replies to it; to change it, tell @BotFather /setprivacy, Disable, and add the bot to the group again",
    noGroups: "the bot cannot be added to groups; to change it, tell @BotFather /setjoingroups",
  },
  zh: {
    unreachable: (why) => `无法连接 Telegram：${why}`,
    checkRoot: "请检查 channels.telegram.apiRoot 和代理设置",
    foreign: (status) => `应答不是 JSON（HTTP ${status}）`,
    noAnswer: "未在限定时间内应答",
    broke: "连接在应答之前中断",
    nothingAnswers: "该地址没有应答",
    noName: "无法解析其域名",
    says: (description) => `Telegram 返回：${description}`,
    badToken: "Telegram 不认识此机器人令牌",
    newToken: "请从 @BotFather 重新获取令牌",
    webhookElsewhere: "此机器人设置了 webhook，消息被发往别处",
    endWebhook: "请停止设置它的程序，或设置 channels.telegram.webhookUrl",
    otherReader: "另一个程序正在读取此机器人的消息",
    endReader: "请停止那个程序，或通过 @BotFather 为本网关另建一个机器人",
    mustStart: "机器人只能给点按过“开始”的人，以及它所在的群组发消息",
    blocked: "对方屏蔽了此机器人",
    addBot: "请把机器人加入该聊天，并允许它发言",
    noSecret: "没有密钥的 webhook 会让任何人都能冒充他人发消息",
    wrongSecret: "Telegram 的 webhook 密钥只能由 8 到 256 个字母、数字、_ 和 - 组成",
    setSecret: "请设置 channels.telegram.webhookSecret，或去掉 webhookUrl",
    notKept: (why) => `收到的消息无法保存：${why}`,
    staysThere: "消息仍在 Telegram，稍后会再次获取；请检查磁盘和日志",
    pause: "Telegram 要求在此聊天中暂停发送",
    givenUp: "在发送之前已放弃",
    textTooLong: (length, max) => `文字有 ${length} 个字符，Telegram 最多接受 ${max} 个`,
    captionTooLong: (length, max) => `说明文字有 ${length} 个字符，Telegram 最多接受 ${max} 个`,
    pollTooLong: (hours) => `Telegram 的投票最多持续 ${hours} 小时`,
    noReaction: (emoji) => `Telegram 没有类似 ${emoji} 的回应表情`,
    ownReaction: "请使用 Telegram 自带的表情，例如 👍",
    noToken: "没有机器人令牌；请运行：moltbot channels add telegram，或设置 channels.telegram.botToken",
    wrongToken: "机器人令牌的格式不是 123456:ABC…；请从 @BotFather 重新复制",
    noTokenFile: (why) => `无法读取令牌文件：${why}`,
    foreignWebhook: "另一个程序为此机器人设置了 webhook；请停止该程序（网关连接时会移除 webhook）",
    webhookNotSet: "Telegram 没有此账号的 webhook；请启动网关，由它设置",
    webhookFailed: (why) => `Telegram 无法调用 webhook：${why}；该地址必须能从外部访问`,
    shutOut: (why) => `Telegram 无法调用 webhook：${why}`,
    letIn: "channels.telegram.webhookUrl 必须能从外部访问；收到的消息在 Telegram 等待",
    manyWait: (count) => `有 ${count} 条消息在 Telegram 等待；网关运行时会获取它们`,
    privacy:
      "隐私模式已开启：在群组中机器人只能看到命令、提及和对它的回复；如需更改，请向 @BotFather 发送 /setprivacy 并选择 Disable，然后重新把机器人加入群组",
    noGroups: "此机器人不能加入群组；如需更改，请向 @BotFather 发送 /setjoingroups",
  },
};

type Words = Pick<ChannelError, "message" | "hint">;

/** The same in every language. */
export function worded(pick: (say: ErrorTexts) => Words): Words & { zh: Words } {
  return { ...pick(errorTexts.en), zh: pick(errorTexts.zh) };
}

export type Say = (say: ErrorTexts) => string;
