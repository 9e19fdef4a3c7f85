import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { en } from "./en.ts";
import { recall, remember } from "./storage.ts";
import { zh } from "./zh.ts";

/** The keys of the English catalogue; a key missing in another language does not compile. */
export type Catalogue = {
  [K in keyof typeof en]: (typeof en)[K] extends string ? string : (typeof en)[K];
};

export type LanguageName = "en" | "zh";

const catalogues: Record<LanguageName, Catalogue> = { en, zh };
const tags: Record<LanguageName, string> = { en: "en", zh: "zh-CN" };
const STORED = "moltbot.language";

export interface Language {
  readonly name: ReadonlySignal<LanguageName>;
  readonly text: ReadonlySignal<Catalogue>;
  /** The language tag for `lang` and the gateway. */
  readonly tag: ReadonlySignal<string>;
  /** The browser's own variant of the language, where it has one: dates follow the person's country. */
  readonly locale: ReadonlySignal<string>;
  choose(name: LanguageName): void;
}

/** The first of the browser's languages that has a catalogue, English where none has. */
export function preferred(languages: readonly string[]): LanguageName {
  for (const language of languages) {
    const primary = primaryOf(language);
    if (primary === "zh" || primary === "en") return primary;
  }
  return "en";
}

function primaryOf(language: string): string | undefined {
  return language.toLowerCase().split("-")[0];
}

/** The language of the page: what the person chose here before, else what the browser prefers. */
export function createLanguage(languages: readonly string[]): Language {
  const stored = recall(STORED);
  const name = signal<LanguageName>(stored === "en" || stored === "zh" ? stored : preferred(languages));
  return {
    name,
    text: computed(() => catalogues[name.value]),
    tag: computed(() => tags[name.value]),
    locale: computed(
      () => languages.find((language) => primaryOf(language) === name.value) ?? tags[name.value],
    ),
    choose(next) {
      name.value = next;
      remember(STORED, next);
    },
  };
}
