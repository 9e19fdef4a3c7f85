import type { LanguageName, Translation } from "./language.ts";

const en = {
  label: "Search in this chat",
  place: (index: number, count: number, more: boolean) => `${index} of ${count}${more ? " so far" : ""}`,
  nothing: "Not found",
  looking: "Searching earlier messages…",
  earlier: "Earlier match",
  later: "Later match",
  close: "Close the search",
  fromTheEnd: "No earlier match; this is the last one.",
};

const zh: Translation<typeof en> = {
  label: "在会话中搜索",
  place: (index, count, more) => `第 ${index} 处，${more ? "已找到" : "共"} ${count} 处`,
  nothing: "没有找到",
  looking: "正在搜索更早的消息…",
  earlier: "上一处",
  later: "下一处",
  close: "关闭搜索",
  fromTheEnd: "前面没有了，已回到最后一处。",
};

/** What the search in a chat says. */
export const searchTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
