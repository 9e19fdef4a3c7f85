import { showDollars } from "#src/lib/dollars.ts";
import type { ResolvedModel } from "./catalog.ts";
import type { PlainError, StandIn } from "./runtime.ts";

/** What happened and the way out, which together are the sentence. */
interface Told {
  en: readonly [why: string, wayOut: string];
  zh: readonly [why: string, wayOut: string];
}
type Named = Pick<ResolvedModel, "ref" | "provider" | "keyPlace" | "baseUrl">;

/** What people read when a model doesn't answer: what happened and the way out, never the server's stack or a key. */
export const sentences = {
  auth: (model: Named, status: number): Told => ({
    en: [
      `${model.provider} refused the key (${status})`,
      `put a valid one into ${model.keyPlace} and send your message again.`,
    ],
    zh: [
      `${model.provider} 拒绝了密钥（${status}）`,
      `请在 ${model.keyPlace} 中填写有效的密钥，然后重新发送。`,
    ],
  }),
  noCredit: (model: Named): Told => ({
    en: [
      `The account at ${model.provider} has no credit left`,
      "top it up there, or choose another model with /model.",
    ],
    zh: [`${model.provider} 账户余额不足`, "请在该平台充值，或用 /model 换一个模型。"],
  }),
  rateLimit: (model: Named, retryAfterMs: number | null): Told => {
    const seconds = retryAfterMs === null ? null : Math.max(1, Math.ceil(retryAfterMs / 1000));
    const en = seconds === null ? "in a minute" : `in ${seconds} second${seconds === 1 ? "" : "s"}`;
    const zh = seconds === null ? "一分钟后" : `${seconds} 秒后`;
    return {
      en: [
        `${model.provider} is limiting requests just now`,
        `send your message again ${en}, or choose another model with /model.`,
      ],
      zh: [`${model.provider} 正在限制请求频率`, `请在${zh}重新发送，或用 /model 换一个模型。`],
    };
  },
  tooLong: (model: Named): Told => ({
    en: [
      `This is longer than ${model.ref} can read at once`,
      "send a shorter message, start afresh with /new, or choose a model with a larger window.",
    ],
    zh: [
      `内容超出了 ${model.ref} 一次能读取的长度`,
      "请缩短消息、用 /new 开始新会话，或换一个上下文更大的模型。",
    ],
  }),
  notFound: (model: Named): Told => ({
    en: [
      `${model.provider} has no model or address for ${model.ref}`,
      `pick another with /model, or check models.providers.${model.provider} in the config.`,
    ],
    zh: [
      `${model.provider} 找不到 ${model.ref} 对应的模型或地址`,
      `请用 /model 另选一个，或检查配置中的 models.providers.${model.provider}。`,
    ],
  }),
  timeout: (model: Named): Told => ({
    en: [
      `${model.ref} did not answer in time`,
      "send your message again, or choose a faster model with /model.",
    ],
    zh: [`${model.ref} 未能及时回答`, "请重新发送，或用 /model 换一个更快的模型。"],
  }),
  serverTrouble: (model: Named, status: number): Told => ({
    en: [
      `${model.provider} is having trouble (${status})`,
      "send your message again in a moment, or choose another model with /model.",
    ],
    zh: [`${model.provider} 出现故障（${status}）`, "请稍后重新发送，或用 /model 换一个模型。"],
  }),
  refusedRequest: (model: Named, status: number, reason: string): Told => {
    const said = reason.slice(0, 160);
    return {
      en: [
        `${model.provider} did not accept the request (${status}${said === "" ? "" : `, it says: ${said}`})`,
        `choose another model with /model, or check models.providers.${model.provider}.`,
      ],
      zh: [
        `${model.provider} 未接受请求（${status}${said === "" ? "" : `，对方回复：${said}`}）`,
        `请用 /model 换一个模型，或检查 models.providers.${model.provider}。`,
      ],
    };
  },
  unreachable: (model: Named): Told => {
    const place = endpoint(model);
    return isLocal(model.baseUrl)
      ? {
          en: [`No model server answers at ${place}`, "start it, or choose another model with /model."],
          zh: [`${place} 上没有模型服务在运行`, "请启动它，或用 /model 换一个模型。"],
        }
      : {
          en: [
            `${model.provider} at ${place} cannot be reached`,
            "check this computer's network, or choose another model with /model.",
          ],
          zh: [`无法连接 ${place} 上的 ${model.provider}`, "请检查本机网络，或用 /model 换一个模型。"],
        };
  },
  cut: (model: Named): Told => ({
    en: [
      `The connection to ${model.provider} broke in the middle of the answer`,
      "what came is kept, ask it to go on.",
    ],
    zh: [`与 ${model.provider} 的连接在回答途中断开`, "已收到的内容会保留，可以让它继续。"],
  }),
  cutEarly: (model: Named): Told => ({
    en: [`The connection to ${model.provider} broke before the answer began`, "send your message again."],
    zh: [`与 ${model.provider} 的连接在回答开始前断开`, "请重新发送。"],
  }),
  malformed: (model: Named): Told => ({
    en: [
      `${model.provider} sent an answer that cannot be read`,
      `check that "api" under models.providers.${model.provider} fits that server, or choose another model with /model.`,
    ],
    zh: [
      `${model.provider} 返回了无法解析的内容`,
      `请检查 models.providers.${model.provider} 的 "api" 是否与该服务相符，或用 /model 换一个模型。`,
    ],
  }),
  empty: (model: Named): Told => ({
    en: [
      `${model.ref} answered with nothing`,
      "send your message again, or choose another model with /model.",
    ],
    zh: [`${model.ref} 返回了空回答`, "请重新发送，或用 /model 换一个模型。"],
  }),
  refusal: (model: Named): Told => ({
    en: [`${model.ref} declined to answer this`, "put it differently, or choose another model with /model."],
    zh: [`${model.ref} 拒绝回答这个问题`, "请换一种说法，或用 /model 换一个模型。"],
  }),
  unknown: (model: Pick<Named, "ref">): Told => ({
    en: [
      `${model.ref} failed for a reason that the gateway does not know`,
      "send your message again, or see the log with: moltbot logs",
    ],
    zh: [`${model.ref} 因未知原因失败`, "请重新发送，或用 moltbot logs 查看日志。"],
  }),
  noSecret: (model: Named): Told => ({
    en: [
      `The key for ${model.provider} (${model.keyPlace}) cannot be read any more`,
      `add it again with moltbot model add ${model.provider}.`,
    ],
    zh: [
      `无法再读取 ${model.provider} 的密钥（${model.keyPlace}）`,
      `请用 moltbot model add ${model.provider} 重新添加。`,
    ],
  }),
  overBudget: (model: Named, spentUsd: number, capUsd: number): Told => {
    const [spent, cap] = [showDollars(spentUsd), showDollars(capUsd)];
    return {
      en: [
        `Today's limit of ${cap} for paid models is reached (${spent} spent), so ${model.ref} is not asked before tomorrow`,
        "raise agents.defaults.dailyCapUsd in the config, or choose a local model with /model.",
      ],
      zh: [
        `今天付费模型的限额 ${cap} 已用完（已花费 ${spent}），明天之前不再调用 ${model.ref}`,
        "请在配置中提高 agents.defaults.dailyCapUsd，或用 /model 换成本地模型。",
      ],
    };
  },
  noModel: (ref: string | null): Told =>
    ref === null
      ? {
          en: [
            "No AI model is set up",
            "add one with moltbot model add, or put a key such as ANTHROPIC_API_KEY into the gateway's environment.",
          ],
          zh: [
            "尚未设置 AI 模型",
            "请用 moltbot model add 添加，或在网关的环境变量中设置密钥（例如 ANTHROPIC_API_KEY）。",
          ],
        }
      : {
          en: [
            `The model ${ref} is not set up`,
            "choose one of those that /model lists, or go back with /model default.",
          ],
          zh: [`模型 ${ref} 尚未设置`, "请从 /model 列出的模型中选择，或用 /model default 恢复默认。"],
        },
};

/** An error in the words that people read. */
export function plainError(
  kind: PlainError["kind"],
  { en, zh }: Told,
  more: Pick<PlainError, "retryAfterMs" | "detail"> = {},
): PlainError {
  const sentence = { en: en.join(": "), zh: zh.join("：") };
  return { kind, why: { en: en[0], zh: zh[0] }, sentence, ...more };
}

/** That another model answers than the one that was chosen, and why. */
export function standInSentence(ref: string, { instead, error }: StandIn): PlainError["sentence"] {
  // In the middle of a sentence.
  const why = error.why.en.replace(/^(The|This|No|Today's) /, (word) => word.toLowerCase());
  return {
    en: `${ref} answered instead of ${instead}: ${why}.`,
    zh: `由 ${ref} 代替 ${instead} 回答：${error.why.zh}。`,
  };
}

/** Scheme, host and port: an address may carry credentials in its other parts. */
function endpoint(model: Named): string {
  return URL.parse(model.baseUrl)?.origin ?? model.provider;
}

function isLocal(baseUrl: string): boolean {
  const host = URL.parse(baseUrl)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || host.startsWith("127.") || host.endsWith(".localhost");
}
