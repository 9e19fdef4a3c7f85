import type { Language } from "./language.ts";

const en = {
  checkOrRollback: "--check and --rollback exclude each other",
  fromSource: "this moltbot is run from its source, so there is no executable to exchange",
  fromSourceHint: "update the checkout, then: bun run build",
  byHomebrew: (path: string) => `${path} was installed by Homebrew, which updates it:`,
  byNix: (path: string) => `${path} belongs to Nix, which updates it`,
  noKey: "updating is off: no public key was compiled in, so no release could be told from a forged one",
  noKeyHint: "build with --update-key, or put a new executable in the place of this one by hand",
  noSource: "updating needs to know where releases lie",
  noSourceHint: "moltbot config set update.source URL   (or --from DIRECTORY)",
  upToDate: (version: string) => `${version} is the newest`,
  noneFor: (target: string, source: string) => `${source} has no release for ${target}`,
  available: (newer: string, version: string) =>
    `${newer} is there; this is ${version}. Take it:  moltbot update`,
  another: "another update of this executable is under way, so nothing was done",
  exchanged: (version: string | null) =>
    `another update has just put ${version ?? "something else"} in the place of this executable, so nothing was done`,
  full: (place: string) =>
    `there is no room in ${place} for another executable, so nothing was changed; make room and try again`,
  notOurs: (place: string) => `this user may not write in ${place}, so nothing was changed`,
  notOursHint: "run the update as the one who installed it, or with sudo",
  trialFailed: (version: string, why: string) =>
    `${version} does not work here, so nothing was changed: ${why}`,
  updated: (before: string, version: string) => `updated from ${before} to ${version}`,
  running: (version: string) => `the gateway runs as ${version} and is healthy`,
  restartIt: "restart the gateway that runs, so that it runs this one too",
  wayBack: "the way back:  moltbot update --rollback",
  rolledBack: (version: string, before: string, seconds: number) =>
    `${version} was not healthy within ${seconds} s, so ${before} is back in its place`,
  alsoBroken: (backup: string) =>
    `nor does it answer yet; if its state is to blame, stop it, then: moltbot restore ${backup}`,
  stateIsBack: (keptIn: string) =>
    `it had changed the database for good, so the copy from before the update is back too; what came since is in ${keptIn}`,
  schemaUnknown: (version: string) =>
    `${version} does not know the database as it is now, so nothing was changed`,
  schemaHint: (backup: string) =>
    `stop the gateway, put back what it was before the update (moltbot restore ${backup}), then: moltbot update --rollback`,
  noPrevious: "there is no previous executable to go back to",
  previousBroken: (path: string) => `${path} does not run, so nothing was changed`,
  backButUnwell: (version: string) =>
    `${version} is back in its place, but the gateway does not answer; see: moltbot logs`,
  wentBack: (version: string) => `back at ${version}; the same command goes forward again`,
};

export type UpdateTexts = typeof en;

const zh: UpdateTexts = {
  checkOrRollback: "--check 与 --rollback 不能同时使用",
  fromSource: "本程序从源代码运行，没有可替换的可执行文件",
  fromSourceHint: "请更新源代码后运行：bun run build",
  byHomebrew: (path) => `${path} 由 Homebrew 安装，请用它更新：`,
  byNix: (path) => `${path} 由 Nix 管理，请用它更新`,
  noKey: "更新功能已关闭：程序中没有公钥，无法辨别真伪",
  noKeyHint: "请用 --update-key 构建，或手动替换本程序",
  noSource: "不知道发布版本在哪里",
  noSourceHint: "moltbot config set update.source URL   （或 --from 目录）",
  upToDate: (version) => `${version} 已是最新版本`,
  available: (newer, version) => `有新版本 ${newer}，当前为 ${version}。更新：  moltbot update`,
  noneFor: (target, source) => `${source} 中没有适用于 ${target} 的版本`,
  another: "另一个更新正在进行，未做任何更改",
  exchanged: (version) => `另一个更新刚刚把本程序换成了 ${version ?? "其他文件"}，未做任何更改`,
  full: (place) => `${place} 没有足够空间存放新程序，未做任何更改；请腾出空间后重试`,
  notOurs: (place) => `当前用户无权写入 ${place}，未做任何更改`,
  notOursHint: "请用安装者的身份或 sudo 运行更新",
  trialFailed: (version, why) => `${version} 无法在此运行，未做任何更改：${why}`,
  updated: (before, version) => `已从 ${before} 更新到 ${version}`,
  running: (version) => `网关正在以 ${version} 健康运行`,
  restartIt: "请重启正在运行的网关，使其使用新版本",
  wayBack: "如需返回：  moltbot update --rollback",
  rolledBack: (version, before, seconds) => `${version} 在 ${seconds} 秒内未恢复健康，已换回 ${before}`,
  alsoBroken: (backup) => `它也尚未响应；如果是数据的问题，请停止网关后运行：moltbot restore ${backup}`,
  stateIsBack: (keptIn) => `新版本已升级数据库，因此更新前的副本也已恢复；此后的内容保存在 ${keptIn}`,
  schemaUnknown: (version) => `${version} 无法识别现在的数据库，未做任何更改`,
  schemaHint: (backup) =>
    `请停止网关，恢复更新前的数据（moltbot restore ${backup}），再运行：moltbot update --rollback`,
  noPrevious: "没有可以返回的旧版本",
  previousBroken: (path) => `${path} 无法运行，未做任何更改`,
  backButUnwell: (version) => `已换回 ${version}，但网关没有响应；请查看：moltbot logs`,
  wentBack: (version) => `已回到 ${version}；再次运行同一命令可重新前进`,
};

export const updateTexts: Readonly<Record<Language, UpdateTexts>> = { en, zh };
