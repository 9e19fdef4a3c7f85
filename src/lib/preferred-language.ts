/** The languages that people are spoken to in. */
export type SpokenLanguage = "en" | "zh";

/** The first of a browser's languages that is spoken here, English where none is. */
export function preferred(languages: readonly string[]): SpokenLanguage {
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
