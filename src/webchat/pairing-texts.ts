import type { LanguageName, Translation } from "./language.ts";

const en = {
  wantsIn: "wants to connect to this Moltbot.",
  asNode: "It would offer what it can do to the assistant.",
  may: (words: string) => `It would be allowed to ${words}.`,
  mayNothing: "It asks for no permission.",
  known: "It is paired already and asks for more.",
  and: " and ",
  "operator.read": "read chats",
  "operator.write": "write messages",
  "operator.admin": "change everything",
  "operator.approvals": "approve commands",
  "operator.pairing": "let other devices in",
  other: "do more than this page knows",
  approve: "Let it in",
  reject: "Turn it away",
  approveNamed: (name: string) => `Let ${name} in`,
  rejectNamed: (name: string) => `Turn ${name} away`,
  failed: (reason: string) => `That did not work: ${reason}`,
};

const zh: Translation<typeof en> = {
  wantsIn: "请求连接到这个 Moltbot。",
  asNode: "它将向助手提供自己的功能。",
  may: (words) => `它将可以${words}。`,
  mayNothing: "它没有请求任何权限。",
  known: "它已经配对，现在请求更多权限。",
  and: "、",
  "operator.read": "查看聊天",
  "operator.write": "发送消息",
  "operator.admin": "更改一切",
  "operator.approvals": "批准命令",
  "operator.pairing": "批准其他设备",
  other: "执行此页面不了解的操作",
  approve: "允许",
  reject: "拒绝",
  approveNamed: (name) => `允许 ${name}`,
  rejectNamed: (name) => `拒绝 ${name}`,
  failed: (reason) => `操作失败：${reason}`,
};

/** What is said to whoever may let devices in. */
export const pairingTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
