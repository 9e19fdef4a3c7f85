import type { Sentence } from "#src/lib/sentence.ts";
import type { ResolvedModel } from "./catalog.ts";
import type { PlainError } from "./runtime.ts";

type WayOut = (model: Pick<ResolvedModel, "provider" | "keyPlace">) => Sentence;

const again: WayOut = () => ({
  en: "try again in a minute, or see the models that are there: moltbot model list",
  zh: "请稍后再试，或查看已有的模型：moltbot model list",
});
const reach: WayOut = () => ({
  en: "see that it runs and can be reached from here, then try again",
  zh: "请确认它在运行且可从本机访问，然后重试",
});

/** What to do where a model that is set up did not answer a test. */
const toTest: Partial<Record<PlainError["kind"], WayOut>> = {
  auth: ({ provider, keyPlace }) => ({
    en: `put a valid one into ${keyPlace}, or add it again: moltbot model add ${provider}`,
    zh: `请在 ${keyPlace} 中填写有效的密钥，或重新添加：moltbot model add ${provider}`,
  }),
  not_found: ({ provider }) => ({
    en: `see the models that are there: moltbot model list, or check models.providers.${provider} in the config`,
    zh: `查看已有的模型：moltbot model list，或检查配置中的 models.providers.${provider}`,
  }),
  unreachable: reach,
  budget: () => ({
    en: "raise agents.defaults.dailyCapUsd in the config, or choose a local model: moltbot model use",
    zh: "请在配置中提高 agents.defaults.dailyCapUsd，或改用本地模型：moltbot model use",
  }),
};

/** What to do where a model did not answer and so was not added. */
const toAdd: Partial<Record<PlainError["kind"], WayOut>> = {
  auth: () => ({ en: "check it and give it again", zh: "请检查后重新给出" }),
  not_found: () => ({ en: "name another of its models", zh: "请换一个它提供的模型" }),
  unreachable: reach,
};

/** What a person reads when a model does not answer its test, in a terminal or on a page where no chat is. */
export function testSentence(error: PlainError, model: Parameters<WayOut>[0]): Sentence {
  const { why } = error;
  const wayOut = (toTest[error.kind] ?? again)(model);
  return { en: `${why.en}: ${wayOut.en}`, zh: `${why.zh}：${wayOut.zh}` };
}

/** The same of one that was to be added; nothing has been kept of it. */
export function addSentence(error: PlainError, model: Parameters<WayOut>[0]): Sentence {
  const { why } = error;
  const wayOut = (toAdd[error.kind] ?? again)(model);
  return {
    en: `${why.en}: ${wayOut.en}; nothing was written`,
    zh: `${why.zh}：${wayOut.zh}；未写入任何内容`,
  };
}
