import type { LanguageName, Translation } from "./language.ts";

const en = {
  running: "Running…",
  done: "Done",
  failed: "Failed",
  unknown: "No result",
  input: "What it was given",
  soFar: "So far",
  output: "What it gave back",
  nothing: "It was given nothing and gave nothing back.",
};

const zh: Translation<typeof en> = {
  running: "正在运行…",
  done: "完成",
  failed: "失败",
  unknown: "没有结果",
  input: "输入",
  soFar: "目前的输出",
  output: "输出",
  nothing: "没有输入，也没有输出。",
};

/** What a tool card says. */
export const toolTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };
