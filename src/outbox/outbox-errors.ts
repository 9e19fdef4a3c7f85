import type { ChannelError } from "#src/channels/channel.ts";
import { channelError } from "#src/channels/error-words.ts";

/** What goes wrong with a message before, after, or instead of what its platform says. */
export const outboxErrors = {
  noConversation: (text: string) =>
    channelError("invalid", { en: `${text} is no conversation`, zh: `${text} 不是会话` }),
  empty: channelError("invalid", { en: "there is nothing in it to send", zh: "其中没有可发送的内容" }),
  tooOld(maxAgeMs: number): ChannelError {
    const hours = Math.round(maxAgeMs / 3_600_000);
    return channelError("network", {
      en: `it could not be sent for ${hours} hours, and would be out of place now`,
      zh: `${hours} 小时内未能发送，现在发送已不合时宜`,
    });
  },
  notWithin(timeoutMs: number): ChannelError {
    const seconds = timeoutMs / 1000;
    return channelError("network", {
      en: `it could not be sent within ${seconds} s`,
      zh: `未能在 ${seconds} 秒内发送`,
    });
  },
  interrupted: channelError("network", {
    en: "the gateway ended while it was being sent",
    zh: "发送过程中网关停止了",
  }),
  doubtful: channelError("network", { en: "nobody knows whether it was sent", zh: "不清楚是否已发送" }),
  lost: channelError("network", { en: "nobody knows what became of it", zh: "不清楚结果如何" }),
  stopping: channelError("network", { en: "the gateway stops", zh: "网关正在停止" }),
  tooMany: (retryAfterMs: number): ChannelError => ({
    ...channelError("rate", { en: "it takes no more for the moment", zh: "此刻已达发送上限" }),
    retryAfterMs,
  }),
};
