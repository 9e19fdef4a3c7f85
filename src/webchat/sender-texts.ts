import type { LanguageName, Translation } from "./language.ts";

const en = {
  waiting: (name: string, channel: string) => `${name} wrote on ${channel} and waits to be let in.`,
  waitingMany: (count: number) => `${count} people wrote and wait to be let in.`,
  look: "Look",
  title: "Who may write",
  nobody: "Nobody waits to be let in. Whoever writes for the first time gets a code and is listed here.",
  hint: "Let somebody in only if they told you this very code; a name can be anybody's.",
  code: "Code",
  asked: (when: string) => `asked ${when}`,
  approve: "Let in",
  approveNamed: (name: string) => `Let in: ${name}`,
  deny: "Turn away",
  denyNamed: (name: string) => `Turn away: ${name}`,
  approved: (name: string) => `${name} is let in and gets an answer now.`,
  denied: (name: string) => `${name} is turned away and does not hear of it.`,
  known: (count: number) => `Let in so far: ${count}`,
  owner: "owner",
  shutOut: "Shut out",
  shutOutNamed: (name: string) => `Shut out: ${name}`,
  isOut: (name: string) => `${name} is shut out again.`,
  failed: (reason: string) => `That did not work: ${reason}`,
};

const zh: Translation<typeof en> = {
  waiting: (name, channel) => `${name} 在 ${channel} 上发来消息，等待您的允许。`,
  waitingMany: (count) => `有 ${count} 人发来消息，等待您的允许。`,
  look: "查看",
  title: "谁可以发消息",
  nobody: "没有人在等待。第一次发消息的人会收到一个代码，并列在这里。",
  hint: "只有当对方告诉您的正是这个代码时才允许；名称谁都可以取。",
  code: "代码",
  asked: (when) => `${when}请求`,
  approve: "允许",
  approveNamed: (name) => `允许：${name}`,
  deny: "拒绝",
  denyNamed: (name) => `拒绝：${name}`,
  approved: (name) => `已允许 ${name}，现在就会得到回答。`,
  denied: (name) => `已拒绝 ${name}，对方不会得到通知。`,
  known: (count) => `已允许 ${count} 人`,
  owner: "所有者",
  shutOut: "取消允许",
  shutOutNamed: (name) => `取消允许：${name}`,
  isOut: (name) => `已取消允许 ${name}。`,
  failed: (reason) => `没有成功：${reason}`,
};

/** What is said to whoever decides who may write on a messaging app. */
export const senderTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
