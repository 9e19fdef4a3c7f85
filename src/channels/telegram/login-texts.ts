interface LoginTexts {
  token: string;
  hint: string;
  noToken: string;
  asking: string;
  unknown: string;
  start: (link: string, as: string, code: string) => string;
  waiting: (as: string) => string;
  late: (as: string) => string;
  write: (as: string) => string;
}

/** What the person who links a bot is told and asked. */
export const loginTexts: Record<"en" | "zh", LoginTexts> = {
  en: {
    token: "Bot token",
    hint: "On Telegram, write /newbot to @BotFather (https://t.me/BotFather); it answers with the token.",
    noToken: "That is no bot token. It looks like 123456789:AAE… and comes from @BotFather.",
    asking: "Asking Telegram …",
    unknown: "Telegram does not know this token. Copy it again from @BotFather.",
    start: (link, as, code) =>
      `To become its owner, open ${link} and press Start, or write /start ${code} to ${as}.`,
    waiting: (as) => `Waiting for Start in the chat with ${as} …`,
    late: (as) =>
      `Nobody pressed Start. Write to ${as}; it answers with a code. Then run: moltbot pairing approve telegram CODE`,
    write: (as) => `You are its owner. Write to ${as} on Telegram.`,
  },
  zh: {
    token: "机器人令牌",
    hint: "在 Telegram 中向 @BotFather（https://t.me/BotFather）发送 /newbot，它会回复令牌。",
    noToken: "这不是机器人令牌。令牌形如 123456789:AAE…，由 @BotFather 提供。",
    asking: "正在询问 Telegram …",
    unknown: "Telegram 不认识此令牌。请从 @BotFather 重新复制。",
    start: (link, as, code) =>
      `要成为机器人的所有者，请打开 ${link} 并点按“开始”，或向 ${as} 发送 /start ${code}。`,
    waiting: (as) => `等待你在与 ${as} 的聊天中点按“开始” …`,
    late: (as) =>
      `没有人点按“开始”。向 ${as} 发消息，它会回复配对码，然后运行：moltbot pairing approve telegram 配对码`,
    write: (as) => `你是它的所有者。在 Telegram 上给 ${as} 发消息吧。`,
  },
};
