import type { Language } from "./language.ts";

const en = {
  none: "no sessions yet",
  noneFound: (search: string) => `no session has "${search}" in its key, name or title`,
  more: (count: number, shown: number) => `… ${count} more; all of them: --limit ${count + shown}`,
  unknown: (key: string) => `there is no session "${key}"`,
  seeList: "see: moltbot sessions list",
  messages: (count: number) => (count === 1 ? "1 message" : `${count} messages`),
  earlier: (count: number) => `… ${count} earlier; more of them: --limit NUMBER`,
  noMessages: "nothing has been said here",
  you: "you",
  agent: "agent",
  helper: "helper, not an AI",
  tool: "tool",
  image: (kind: string) => `[image: ${kind}]`,
  error: "error",
  writing: "is writing…",
  renamed: (key: string, name: string) => `${key} is now called "${name}"`,
  unnamed: (key: string) => `${key} has no name any more`,
  nameTooLong: (most: number) => `the name must have at most ${most} characters`,
  askReset: (what: string) => `Start ${what} afresh, without what was said in it?`,
  reset: (key: string) => `${key} starts afresh`,
  askDelete: (what: string) => `Delete ${what} and all that was said in it?`,
  deleted: (key: string) => `${key} is deleted`,
  exists: (path: string) => `${path} exists already`,
  overwrite: "to replace it: --force",
  exported: (count: string, path: string) => `${count} written to ${path}`,
};

/** What the commands about sessions say. */
export type SessionTexts = typeof en;

const zh: SessionTexts = {
  none: "还没有会话",
  noneFound: (search) => `没有会话的标识、名称或标题包含“${search}”`,
  more: (count, shown) => `……还有 ${count} 个；全部显示：--limit ${count + shown}`,
  unknown: (key) => `没有会话“${key}”`,
  seeList: "查看：moltbot sessions list",
  messages: (count) => `${count} 条消息`,
  earlier: (count) => `……之前还有 ${count} 条；显示更多：--limit NUMBER`,
  noMessages: "这里还没有消息",
  you: "我",
  agent: "智能体",
  helper: "内置助手，不是 AI",
  tool: "工具",
  image: (kind) => `[图片：${kind}]`,
  error: "错误",
  writing: "正在回复……",
  renamed: (key, name) => `${key} 现在名为“${name}”`,
  unnamed: (key) => `${key} 不再有名称`,
  nameTooLong: (most) => `名称最多 ${most} 个字符`,
  askReset: (what) => `清空 ${what} 并重新开始？`,
  reset: (key) => `${key} 已重新开始`,
  askDelete: (what) => `删除 ${what} 及其全部内容？`,
  deleted: (key) => `${key} 已删除`,
  exists: (path) => `${path} 已存在`,
  overwrite: "如要覆盖：--force",
  exported: (count, path) => `${count}已写入 ${path}`,
};

export const sessionTexts: Readonly<Record<Language, SessionTexts>> = { en, zh };
