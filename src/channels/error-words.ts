import type { Sentence } from "#src/lib/sentence.ts";
import type { ChannelError } from "./channel.ts";

export type Language = "en" | "zh";

/** What is the matter, and what would help. */
export type Words = Pick<ChannelError, "message" | "hint">;

/** An error of our own, in both languages. */
export function channelError(kind: ChannelError["kind"], { en, zh }: Sentence): ChannelError {
  return { kind, message: en, zh: { message: zh } };
}

/** An error in somebody's language, as far as its channel has words for it. */
export function inLanguage({ message, hint, zh }: ChannelError, language: Language): Words {
  if (language === "zh" && zh !== undefined) return zh;
  return hint === undefined ? { message } : { message, hint };
}

/** The same in one sentence. */
export function oneLine(error: ChannelError, language: Language): string {
  const { message, hint } = inLanguage(error, language);
  if (hint === undefined) return message;
  return `${message}${language === "zh" && error.zh !== undefined ? "；" : "; "}${hint}`;
}
