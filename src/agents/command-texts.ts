import type { CommandName } from "./commands.ts";

export type Language = "en" | "zh";

/** One line per command, for /help and for whoever asks what there is. */
export const commandHelp: Record<CommandName, Record<Language, string>> = {
  help: { en: "this list", zh: "显示本列表" },
  status: { en: "how the gateway is doing", zh: "网关运行情况" },
  model: {
    en: "which AI model answers here; /model NAME changes it, /model default goes back",
    zh: "这里使用哪个 AI 模型；/model 名称 可切换，/model default 恢复默认",
  },
  whoami: { en: "how the gateway sees you", zh: "网关如何识别你" },
  new: { en: "start this conversation afresh", zh: "重新开始本会话" },
  reset: { en: "the same as /new", zh: "与 /new 相同" },
  sessions: { en: "the latest conversations", zh: "最近的会话" },
  stop: { en: "stop what is being answered here", zh: "停止正在进行的回答" },
  activation: {
    en: "in a group: answer only who speaks to me, or everybody; /activation mention, /activation always",
    zh: "在群组中：只回应对我说的话，或回应所有消息；/activation mention 或 /activation always",
  },
  approve: {
    en: "let somebody in who wrote and got a code; /approve CODE",
    zh: "批准持有配对码的人与我对话；/approve 配对码",
  },
  deny: { en: "turn them away; /deny CODE", zh: "拒绝其请求；/deny 配对码" },
  echo: { en: "say the same back, to test the way here and back", zh: "原样返回文字，用于测试收发" },
};

/** What may follow a command's name. */
export const commandArguments: Partial<
  Record<CommandName, { name: string; help: Record<Language, string>; required: boolean }>
> = {
  model: {
    name: "name",
    help: { en: "a model, or default", zh: "模型名称，或 default" },
    required: false,
  },
  activation: {
    name: "mode",
    help: { en: "mention or always", zh: "mention 或 always" },
    required: false,
  },
  approve: { name: "code", help: { en: "the code", zh: "配对码" }, required: true },
  deny: { name: "code", help: { en: "the code", zh: "配对码" }, required: true },
  echo: { name: "text", help: { en: "what to say back", zh: "要原样返回的文字" }, required: true },
};

export const texts = {
  en: {
    heading: "Commands:",
    ownerOnly: "Commands are for this gateway's owner only.",
    unknown: (name: string, all: string) => `There is no command /${name}. There are: ${all}`,
    status: (version: string, uptime: string, model: string) =>
      `moltbot ${version}, running for ${uptime}. ${model}`,
    modelIs: (ref: string) => `The model here is ${ref}.`,
    noModel: "No AI model is set up; the built-in helper answers, which is not an AI.",
    modelSet: (ref: string) => `From now on ${ref} answers here.`,
    modelDefault: (ref: string | null) =>
      ref === null ? texts.en.noModel : `The default model answers here again: ${ref}.`,
    modelUnknown: (ref: string) => `There is no model ${ref} here.`,
    available: "Available:",
    andMore: (count: number) => `… and ${count} more`,
    addModel:
      "To add one: moltbot model add on the gateway's computer, or a key such as ANTHROPIC_API_KEY in its environment.",
    whoami: (sender: string, channel: string) => `You are ${sender} on ${channel}, and this gateway's owner.`,
    session: (key: string) => `This conversation: ${key}`,
    fresh: "A fresh conversation starts here; what was said before is no longer in mind.",
    noSessions: "There are no conversations yet.",
    sessions: "Latest conversations:",
    stopped: (count: number) => (count === 1 ? "Stopped." : `Stopped ${count} answers.`),
    nothingToStop: "Nothing is being answered here.",
    noGroup: "This holds for groups only; here every message is answered.",
    activation: {
      mention: "In this group I answer only messages that speak to me.",
      always: "In this group I answer every message.",
    },
    activationHow: "Write /activation mention or /activation always.",
    codeWhich: (name: string) => `Write the code after it: /${name} CODE`,
    codeUnknown: (code: string) =>
      `Nobody waits with the code ${code}. A code is good for one hour; who writes again gets a new one.`,
    letIn: ({ sender, channel }: { sender: string; channel: string }) =>
      `${sender} on ${channel} may write here now.`,
    turnedAway: ({ sender, channel }: { sender: string; channel: string }) =>
      `${sender} on ${channel} is not let in.`,
    greeting: (name: string) => `Hello, this is ${name}. Just write to me, as you would to anybody.`,
    greetingAlone: (name: string) =>
      `Hello, this is ${name}, your own gateway. No AI model is set up yet, so only commands are answered: /help`,
    echoWhat: "Write something after it: /echo hello",
    days: "d",
    hours: "h",
    minutes: "min",
    seconds: "s",
  },
  zh: {
    heading: "可用命令：",
    ownerOnly: "只有网关的所有者可以使用命令。",
    unknown: (name: string, all: string) => `没有 /${name} 这个命令。可用命令：${all}`,
    status: (version: string, uptime: string, model: string) =>
      `moltbot ${version}，已运行 ${uptime}。${model}`,
    modelIs: (ref: string) => `这里使用的模型是 ${ref}。`,
    noModel: "尚未设置 AI 模型；由内置助手回答，它不是 AI。",
    modelSet: (ref: string) => `从现在起由 ${ref} 在这里回答。`,
    modelDefault: (ref: string | null) => (ref === null ? texts.zh.noModel : `已恢复默认模型：${ref}。`),
    modelUnknown: (ref: string) => `这里没有模型 ${ref}。`,
    available: "可用模型：",
    andMore: (count: number) => `……另有 ${count} 个`,
    addModel:
      "要添加模型：在网关所在的电脑上运行 moltbot model add，或在其环境变量中设置密钥（例如 ANTHROPIC_API_KEY）。",
    whoami: (sender: string, channel: string) => `你是 ${channel} 上的 ${sender}，也是本网关的所有者。`,
    session: (key: string) => `本会话：${key}`,
    fresh: "已开始新会话；之前的内容不再记得。",
    noSessions: "还没有任何会话。",
    sessions: "最近的会话：",
    stopped: (count: number) => (count === 1 ? "已停止。" : `已停止 ${count} 个回答。`),
    nothingToStop: "这里没有正在进行的回答。",
    noGroup: "此命令只适用于群组；这里的每条消息都会得到回应。",
    activation: {
      mention: "在本群组中，我只回应对我说的话。",
      always: "在本群组中，我回应所有消息。",
    },
    activationHow: "请写 /activation mention 或 /activation always。",
    codeWhich: (name: string) => `请在后面写上配对码：/${name} 配对码`,
    codeUnknown: (code: string) =>
      `没有人持有配对码 ${code}。配对码有效期为一小时；对方再次发消息会得到新的配对码。`,
    letIn: ({ sender, channel }: { sender: string; channel: string }) =>
      `已批准 ${channel} 上的 ${sender} 与我对话。`,
    turnedAway: ({ sender, channel }: { sender: string; channel: string }) =>
      `已拒绝 ${channel} 上的 ${sender}。`,
    greeting: (name: string) => `你好，我是 ${name}。直接给我写消息就行。`,
    greetingAlone: (name: string) =>
      `你好，我是 ${name}，你自己的网关。尚未设置 AI 模型，目前只回应命令：/help`,
    echoWhat: "请在后面写点内容：/echo 你好",
    days: " 天",
    hours: " 小时",
    minutes: " 分",
    seconds: " 秒",
  },
} as const;
