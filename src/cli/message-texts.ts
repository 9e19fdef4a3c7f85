import type { Language } from "./language.ts";

const en = {
  sent: (channel: string, id: string) => `sent on ${channel}: message ${id}`,
  done: { react: "reaction set", edit: "message changed", delete: "message deleted" },
  empty: "the message has neither text nor a file",
  fewOptions: "a poll needs 2 to 12 answers: --option Tea --option Coffee",
  tooLargeToSend: (name: string) =>
    `${name} is too large to travel with the request; put it where the gateway can fetch it, and give its URL`,
  noneWaiting: "the outbox is empty: nothing waits, and nothing is in doubt",
  states: {
    queued: "waits",
    sending: "is being sent",
    sent: "sent",
    rejected: "given up",
    unknown: "may or may not have arrived",
  },
  askRetry: (id: number) => `Send message ${id} again? If it has arrived already, people see it twice.`,
  askDiscard: (id: number) => `Forget message ${id}?`,
  retried: (id: number) => `message ${id} is sent again`,
  discarded: (id: number) => `message ${id} is forgotten`,
  whatToDo: "send again: moltbot outbox retry ID · forget: moltbot outbox discard ID",
};

/** What the commands about messages say. */
export type MessageTexts = typeof en;

const zh: MessageTexts = {
  sent: (channel, id) => `已通过 ${channel} 发送：消息 ${id}`,
  done: { react: "已设置表情回应", edit: "消息已修改", delete: "消息已删除" },
  empty: "消息既没有文字也没有文件",
  fewOptions: "投票需要 2 到 12 个选项：--option 茶 --option 咖啡",
  tooLargeToSend: (name) => `${name} 太大，无法随请求发送；请放到网关可以访问的位置，并给出其网址`,
  noneWaiting: "发件箱为空：没有等待或状态不明的消息",
  states: {
    queued: "等待发送",
    sending: "正在发送",
    sent: "已发送",
    rejected: "已放弃",
    unknown: "不确定是否送达",
  },
  askRetry: (id) => `重新发送消息 ${id}？如果它已经送达，对方会看到两次。`,
  askDiscard: (id) => `忘记消息 ${id}？`,
  retried: (id) => `正在重新发送消息 ${id}`,
  discarded: (id) => `消息 ${id} 已忘记`,
  whatToDo: "重新发送：moltbot outbox retry ID · 忘记：moltbot outbox discard ID",
};

export const messageTexts: Record<Language, MessageTexts> = { en, zh };
