import type { Language } from "./language.ts";

const en = {
  openFile: (path: string) => `others can read ${path}, which holds secrets`,
  closeFile: (path: string) => `close it: chmod 600 ${path}`,
  badFile: (path: string) => `${path} cannot be read as what it should be`,
  goodFile: (count: number) =>
    count === 1 ? "one gateway elsewhere has a name" : `${count} gateways elsewhere have names`,
  ownInstead: (path: string) =>
    `${path} cannot be read as what it should be, so this computer's own gateway is asked`,
  fixFile: "repair it, or move it away and add the gateways again: moltbot gateways add",
  unknown: (name: string) => `no gateway is called "${name}"`,
  known: (names: string) => `there are: ${names}`,
  badName: (name: string) =>
    `"${name}" is no name for a gateway; use up to 32 letters, digits, ".", "-" and "_", but not "local"`,
  secretInUrl: "an address holds no name and no password; give the secret with --token or --password",
  badPin: (given: string) =>
    `"${given}" is no fingerprint; it is the SHA-256 of a certificate, 64 hex digits`,
  taken: (name: string, url: string) => `${name} is ${url} already`,
  replaceIt: (command: string) =>
    `choose another name, or have its address, secret and certificate replaced: ${command}`,
  added: (name: string, url: string) => `${name} is ${url}`,
  askIt: (name: string) => `ask it: moltbot status --gateway ${name}`,
  removed: (name: string) => `${name} is forgotten`,
  nowUsed: (name: string) => `commands ask ${name} from now on`,
  nowOwn: "commands ask this computer's own gateway",
  own: "this computer's own",
  used: "in use",
  pinned: "certificate pinned",
  secret: "with a secret",
  twoGateways: "--gateway and --url exclude each other; give one of them",
  noneFound: "no gateway announces itself in this network",
  howFound: "one does that when it listens there: moltbot gateway --bind lan --token SECRET",
  addFound: "use one: moltbot gateways add NAME ADDRESS --token SECRET",
  cannotLook: (why: string) => `the local network cannot be asked: ${why}`,
};

/** What the commands about named gateways say. */
export type GatewaysTexts = typeof en;

const zh: GatewaysTexts = {
  openFile: (path) => `其他用户可以读取 ${path}，其中含有密钥`,
  closeFile: (path) => `请收紧权限：chmod 600 ${path}`,
  badFile: (path) => `${path} 的内容无法识别`,
  goodFile: (count) => `已命名 ${count} 个其他网关`,
  ownInstead: (path) => `${path} 的内容无法识别，因此访问本机网关`,
  fixFile: "请修复它，或将其移走后重新添加网关：moltbot gateways add",
  unknown: (name) => `没有名为“${name}”的网关`,
  known: (names) => `已有：${names}`,
  badName: (name) => `“${name}”不能用作网关名；最多 32 个字母、数字、“.”、“-”和“_”，且不能是“local”`,
  secretInUrl: "地址中不能包含用户名或密码；请用 --token 或 --password 提供密钥",
  badPin: (given) => `“${given}”不是指纹；应为证书的 SHA-256，64 位十六进制`,
  taken: (name, url) => `${name} 已经是 ${url}`,
  replaceIt: (command) => `请换一个名称；或替换它的地址、密钥和证书：${command}`,
  added: (name, url) => `${name} 是 ${url}`,
  askIt: (name) => `查询：moltbot status --gateway ${name}`,
  removed: (name) => `已移除 ${name}`,
  nowUsed: (name) => `今后命令将发往 ${name}`,
  nowOwn: "命令将发往本机网关",
  own: "本机",
  used: "使用中",
  pinned: "已固定证书",
  secret: "带密钥",
  twoGateways: "--gateway 与 --url 不能同时使用，请只给一个",
  noneFound: "本网络中没有网关公布自己",
  howFound: "网关在局域网监听时才会公布：moltbot gateway --bind lan --token SECRET",
  addFound: "使用其中之一：moltbot gateways add NAME ADDRESS --token SECRET",
  cannotLook: (why) => `无法查询本地网络：${why}`,
};

export const gatewaysTexts: Readonly<Record<Language, GatewaysTexts>> = { en, zh };
