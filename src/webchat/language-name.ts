import { recall } from "./storage.ts";

/** The languages that the page speaks. */
export type LanguageName = "en" | "zh";

/** What a language is called in `lang` and before the gateway. */
export const languageTags: Record<LanguageName, string> = { en: "en", zh: "zh-CN" };

/** Where the browser keeps the language that a person chose. */
export const CHOSEN_LANGUAGE = "moltbot.language";

/** The language of the page: what the person chose here before, else the first of the browser's that it speaks. */
export function languageFor(languages: readonly string[]): LanguageName {
  const chosen = recall(CHOSEN_LANGUAGE);
  if (chosen === "en" || chosen === "zh") return chosen;
  for (const language of languages) {
    const primary = primaryOf(language);
    if (primary === "zh" || primary === "en") return primary;
  }
  return "en";
}

/** A language without its country. */
export function primaryOf(language: string): string | undefined {
  return language.toLowerCase().split("-")[0];
}
