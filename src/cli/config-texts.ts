import type { ConfigIssue } from "#src/config/error.ts";
import { syntaxInChinese } from "#src/config/syntax-words.ts";
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

/** What is wrong with the config at one spot, and where that is. */
export function issueIn({ message, zh }: Omit<ConfigIssue, "path">, language: Language): string {
  return language === "zh" ? (zh ?? message) : message;
}

/** What a gateway's refusal of a write says. Its words are what other clients know it by. */
export function configRefusal(message: string, language: Language): string {
  if (language === "en") return message;
  const [, program] = /^(\S+) names a program, /.exec(message) ?? [];
  if (program !== undefined)
    return `${program} 会指定要运行的程序，不能通过连接写入；请在网关本机的配置文件中填写`;
  const [, method, problem, place] = /^(config\.\w+) raw is no JSON5: (.*) \((\S+)\)$/s.exec(message) ?? [];
  if (problem !== undefined) return `${method} 的 raw 不是 JSON5：${syntaxInChinese(problem)}（${place}）`;
  const [, written] = /^(config\.\w+) raw must be an object$/.exec(message) ?? [];
  if (written !== undefined) return `${written} 的 raw 必须是对象 { … }`;
  switch (message) {
    case "config base hash required; re-run config.get and retry":
      return "缺少 baseHash：请用 config.get 取得它后重试";
    case "invalid config":
      return "这样的配置无效，未作更改";
    case "invalid config; fix before patching":
      return "配置文件本身有误，请先修正";
    case "config changed since last load; re-run config.get and retry":
      return "配置文件刚被他人更改，请重试";
    default:
      return message;
  }
}

export const configTexts: Readonly<Record<Language, ConfigTexts>> = { en, zh };
