import type { LanguageName } from "./language.ts";

/** The first of a browser's languages that has a catalogue, English where none has. */
export function preferred(languages: readonly string[]): LanguageName {
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
