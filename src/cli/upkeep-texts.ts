/** What `backup`, `restore`, `doctor`, `bugreport`, `paths`, `env` and `update` say. */
import type { Language } from "./language.ts";

const en = {
  backedUp: (path: string, size: string) =>
    `backed up into ${path} (${size}); it holds every secret, so keep it safe`,
  backedUpThere: (path: string) => `backed up on the gateway's computer, into ${path}`,
  putBack: (path: string) => `put it back, with the gateway stopped:  moltbot restore ${path}`,
  staysThere: "that gateway is another computer's, and so is its backup; leave the file name out",
  askRestore: (file: string, stateDir: string) => `Put ${file} in the place of what is in ${stateDir}?`,
  restored: (file: string, madeAt: string | null) =>
    madeAt === null ? `restored ${file}` : `restored ${file}, made at ${madeAt}`,
  kept: (directory: string) => `what was there before is kept in ${directory}`,
  startAgain: "start the gateway again:  moltbot gateway",
  stopFirst: "stop the gateway first: a restore puts files in the place of those that it has open",
  fixOrUndo: "--fix and --undo exclude each other",
  canFix: (count: number) => `${count} of these can be put right:  moltbot doctor --fix`,
  nothingToFix: "there is nothing that could be put right by itself",
  askFix: (count: number) => (count === 1 ? "Make this change?" : `Make these ${count} changes?`),
  fixed: (count: number, directory: string) =>
    `${count === 1 ? "1 change" : `${count} changes`} made; undo:  moltbot doctor --undo   (kept in ${directory})`,
  nothingToUndo: "there is no --fix to take back",
  undone: (count: number) => (count === 1 ? "1 change taken back" : `${count} changes taken back`),
  notSet: "not set",
  places: {
    executable: "executable",
    state: "state",
    config: "config",
    configWritten: "config, as written",
    database: "database",
    log: "log",
    backups: "backups",
    key: "key",
  },
  takenOut: "taken out:",
  takenOfKind: (count: number, kind: string) => `${count} ${kind}`,
  reportExists: (path: string) => `${path} exists already; name another file`,
  reported: (path: string) => `written into ${path}; nothing was sent anywhere`,
  lookFirst: (path: string) => `look at it before you hand it on:  tar xzf ${path}`,
};

/** What a report's scrubber takes out, by its words for it. */
const kindsZh: Readonly<Record<string, string>> = {
  secrets: "密钥",
  "phone numbers": "电话号码",
  "mail addresses": "邮箱地址",
  "home directories": "主目录",
  "user names": "用户名",
};

export type UpkeepTexts = typeof en;

const zh: UpkeepTexts = {
  backedUp: (path, size) => `已备份到 ${path}（${size}）；其中包含所有密钥，请妥善保管`,
  backedUpThere: (path) => `已在网关所在的电脑上备份到 ${path}`,
  putBack: (path) => `停止网关后可恢复：  moltbot restore ${path}`,
  staysThere: "该网关及其备份在另一台电脑上；请不要指定文件名",
  askRestore: (file, stateDir) => `用 ${file} 替换 ${stateDir} 中的内容？`,
  restored: (file, madeAt) => (madeAt === null ? `已恢复 ${file}` : `已恢复 ${file}（制作于 ${madeAt}）`),
  kept: (directory) => `原有内容保存在 ${directory}`,
  startAgain: "重新启动网关：  moltbot gateway",
  stopFirst: "请先停止网关：恢复会替换它正在使用的文件",
  fixOrUndo: "--fix 与 --undo 不能同时使用",
  canFix: (count) => `其中 ${count} 项可以修复：  moltbot doctor --fix`,
  nothingToFix: "没有可以自动修复的问题",
  askFix: (count) => `执行这 ${count} 项更改？`,
  fixed: (count, directory) => `已更改 ${count} 项；撤销：  moltbot doctor --undo   （保存在 ${directory}）`,
  nothingToUndo: "没有可以撤销的 --fix",
  undone: (count) => `已撤销 ${count} 项更改`,
  notSet: "未设置",
  places: {
    executable: "程序",
    state: "状态目录",
    config: "配置",
    configWritten: "实际写入的配置",
    database: "数据库",
    log: "日志",
    backups: "备份",
    key: "本机密钥",
  },
  takenOut: "已去除：",
  takenOfKind: (count, kind) => `${kindsZh[kind] ?? kind} ${count} 处`,
  reportExists: (path) => `${path} 已存在，请指定另一个文件`,
  reported: (path) => `已写入 ${path}；没有发送到任何地方`,
  lookFirst: (path) => `交给他人之前请先查看：  tar xzf ${path}`,
};

export const upkeepTexts: Readonly<Record<Language, UpkeepTexts>> = { en, zh };
