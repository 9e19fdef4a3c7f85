import { preferred } from "#src/lib/preferred-language.ts";
import type { Catalogue, LanguageName } from "./language.ts";
import { recall } from "./storage.ts";

/** Only the language in use is fetched. */
const catalogues: Record<LanguageName, () => Promise<Catalogue>> = {
  en: async () => (await import("./en.ts")).en,
  zh: async () => (await import("./zh.ts")).zh,
};

/** What a language is called in `lang` and before the gateway. */
export const languageTags: Record<LanguageName, string> = { en: "en", zh: "zh-CN" };

/** Where the browser keeps the language that a person chose. */
export const CHOSEN_LANGUAGE = "moltbot.language";

/** The texts of a language; fails where they cannot be fetched. */
export function textsIn(name: LanguageName): Promise<Catalogue> {
  return catalogues[name]();
}

/** The language of the page: what the person chose here before, else what the browser prefers. */
export function languageFor(languages: readonly string[]): LanguageName {
  const chosen = recall(CHOSEN_LANGUAGE);
  return chosen === "en" || chosen === "zh" ? chosen : preferred(languages);
}
