import type { Language } from "./language.ts";

const en = {
  connecting: (target: string) => `connecting to ${target}…`,
  up: (url: string, target: string) => `the gateway of ${target} is at ${url}`,
  noGateway: (target: string, port: number, why: string) =>
    `the tunnel stands, but no gateway answers at port ${port} of ${target} (${why}); start it there: moltbot gateway`,
  down: (why: string, seconds: string) => `the tunnel is down (${why}); trying again in ${seconds} s`,
  ended: "the tunnel is closed",

  notATarget: (text: string) => `"${text}" is no place for ssh; it looks like user@host`,
  noTarget: "where to? give user@host, or set gateway.remote.sshTarget",
  noSsh: "there is no ssh on this computer",
  installSsh: "install OpenSSH's client",
  noKey: (path: string) => `there is no key file ${path}`,
  owned: (target: string, port: number, pid: number | null) =>
    `a tunnel to ${target} by port ${port} is already kept${pid === null ? "" : ` (pid ${pid})`}`,
  ownedHint: "end that one first, or choose another port: --port NUMBER",

  refused: (target: string, said: string) => `${target} does not let you in: ${said}`,
  refusedHint: (target: string) =>
    `the tunnel logs in by itself, so it needs a key: ssh-copy-id ${target}; try: ssh ${target}`,
  "unknown-host": (target: string) => `this computer has never been at ${target}, so its key is not known`,
  unknownHostHint: (target: string) => `compare and accept it once: ssh ${target}`,
  "changed-host": (target: string) => `${target} shows another key than before, so nothing was sent`,
  changedHostHint: (target: string) =>
    `it may be a new computer, or somebody stands between; see: ssh ${target}`,
  "port-held": (port: number, holder: string) => `port ${port} of this computer is in use by ${holder}`,
  portHint: "choose another one: --port NUMBER",
  "bad-config": (said: string) => `ssh's own config is wrong: ${said}`,
  badConfigHint: (target: string) => `see: ssh -G ${target}`,

  keyNote:
    "the service cannot ask for a passphrase: its key must be without one, or in an agent that it can reach",
};

/** What `moltbot tunnel` says. */
export type TunnelTexts = typeof en;

const zh: TunnelTexts = {
  connecting: (target) => `正在连接 ${target}…`,
  up: (url, target) => `${target} 的网关位于 ${url}`,
  noGateway: (target, port, why) =>
    `隧道已建立，但 ${target} 的端口 ${port} 没有网关应答（${why}）；请在那里启动：moltbot gateway`,
  down: (why, seconds) => `隧道已断开（${why}）；${seconds} 秒后重试`,
  ended: "隧道已关闭",

  notATarget: (text) => `“${text}”不是 ssh 目标，应类似 user@host`,
  noTarget: "要连接到哪里？请给出 user@host，或设置 gateway.remote.sshTarget",
  noSsh: "此计算机上没有 ssh",
  installSsh: "请安装 OpenSSH 客户端",
  noKey: (path) => `密钥文件 ${path} 不存在`,
  owned: (target, port, pid) =>
    `经端口 ${port} 到 ${target} 的隧道已在维护中${pid === null ? "" : `（进程号 ${pid}）`}`,
  ownedHint: "请先结束它，或选择其他端口：--port NUMBER",

  refused: (target, said) => `${target} 拒绝登录：${said}`,
  refusedHint: (target) => `隧道会自动登录，因此需要密钥：ssh-copy-id ${target}；验证：ssh ${target}`,
  "unknown-host": (target) => `此计算机从未连接过 ${target}，尚不认识它的主机密钥`,
  unknownHostHint: (target) => `请手动核对并接受一次：ssh ${target}`,
  "changed-host": (target) => `${target} 的主机密钥与以前不同，未发送任何内容`,
  changedHostHint: (target) => `可能换了新计算机，也可能有人从中拦截；查看：ssh ${target}`,
  "port-held": (port, holder) => `此计算机的端口 ${port} 已被 ${holder} 占用`,
  portHint: "请选择其他端口：--port NUMBER",
  "bad-config": (said) => `ssh 自身的配置有误：${said}`,
  badConfigHint: (target) => `查看：ssh -G ${target}`,

  keyNote: "服务无法询问口令：密钥必须没有口令，或位于服务可访问的代理中",
};

export const tunnelTexts: Readonly<Record<Language, TunnelTexts>> = { en, zh };
