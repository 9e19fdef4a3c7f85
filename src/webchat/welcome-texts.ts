import type { LanguageName, Translation } from "./language.ts";

const en = {
  welcome: "What can I do for you?",
  helperWelcome: "Hi. I am the built-in helper.",
  helperIntro:
    "No AI model is set up yet, so I only know a few commands. I am not an AI and will not pretend to be one.",
  connectApp: "Connect a messaging app, such as Telegram",
  helperTry: "Try one:",
  commandHelp: "what I can do",
  commandStatus: "how Moltbot is doing",
  commandModel: "how to add an AI model",
  welcomeHint: "Type a message below to start.",
};

const zh: Translation<typeof en> = {
  welcome: "有什么可以帮您？",
  helperWelcome: "您好，我是内置小助手。",
  helperIntro: "还没有设置 AI 模型，所以我只懂几个命令。我不是 AI，也不会假装是 AI。",
  connectApp: "连接聊天应用，例如 Telegram",
  helperTry: "试试看：",
  commandHelp: "我能做什么",
  commandStatus: "Moltbot 的运行状况",
  commandModel: "如何添加 AI 模型",
  welcomeHint: "在下方输入消息即可开始。",
};

/** What an empty chat says. */
export const welcomeTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
