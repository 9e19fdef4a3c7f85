import type { Language } from "./language.ts";

const en = {
  badPath: (path: string) => `"${path}" is no path; it looks like agents.list[0].name`,
  noValue: (path: string) => `there is no value at ${path}`,
  broken: (path: string) => `${path} cannot be used; see: moltbot config validate`,
  written: (path: string) => `written to ${path}`,
  unchanged: (path: string) => `${path} says so already`,
  applied: "in force now",
  needsRestart: (settings: string) => `restart the gateway for: ${settings}`,
  nextStart: "no gateway is running here; it counts from the next start",
  inHistory: (path: string) =>
    `this secret is in your shell's history now; next time let it be read: moltbot config set ${path} - < FILE`,
  refused: (path: string) => `${path} was not changed`,
};

/** What the config commands say, but for their descriptions. */
export type ConfigTexts = typeof en;

const zh: ConfigTexts = {
  badPath: (path) => `“${path}”不是路径；正确的形式如 agents.list[0].name`,
  noValue: (path) => `${path} 处没有值`,
  broken: (path) => `${path} 无法使用，请查看：moltbot config validate`,
  written: (path) => `已写入 ${path}`,
  unchanged: (path) => `${path} 中已是此值`,
  applied: "已生效",
  needsRestart: (settings) => `需要重启网关才能生效：${settings}`,
  nextStart: "此处没有正在运行的网关，下次启动时生效",
  inHistory: (path) => `此密钥已留在命令行历史中；下次请从输入读取：moltbot config set ${path} - < 文件`,
  refused: (path) => `${path} 未作更改`,
};

export const configTexts: Readonly<Record<Language, ConfigTexts>> = { en, zh };
