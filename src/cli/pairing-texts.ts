import type { Language } from "./language.ts";

const en = {
  waiting: "Waiting to be let in:",
  howTo: "who told you their code: moltbot pairing approve CHANNEL CODE",
  nobody: "nobody waits to be let in",
  letIn: "Let in:",
  owner: "owner",
  left: (span: string) => `good for ${span}`,
  approved: (who: string, channel: string) =>
    `${who} may write on ${channel} now; what they wrote is answered`,
  approvedOwner: (who: string, channel: string) =>
    `${who} may write on ${channel} now and owns it: the commands work there, see /help`,
  denied: (who: string, channel: string) => `${who} on ${channel} is not let in, and hears nothing`,
};

/** What the commands about letting people in say. */
export type PairingTexts = typeof en;

const zh: PairingTexts = {
  waiting: "等待批准：",
  howTo: "对方告诉您代码后：moltbot pairing approve 渠道 代码",
  nobody: "没有人等待批准",
  letIn: "已批准：",
  owner: "所有者",
  left: (span) => `剩余 ${span}`,
  approved: (who, channel) => `已批准 ${channel} 上的 ${who}；其消息将得到回复`,
  approvedOwner: (who, channel) => `已批准 ${channel} 上的 ${who} 为所有者：可在那里使用命令，见 /help`,
  denied: (who, channel) => `已拒绝 ${channel} 上的 ${who}，对方不会收到任何回复`,
};

export const pairingTexts: Readonly<Record<Language, PairingTexts>> = { en, zh };
