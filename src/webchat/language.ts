import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { en } from "./en.ts";
import { CHOSEN_LANGUAGE, type LanguageName, languageTags, primaryOf } from "./language-name.ts";
import { remember } from "./storage.ts";
import { zh } from "./zh.ts";

export type { LanguageName } from "./language-name.ts";

/** Texts with the keys of the English ones; a key missing in another language does not compile. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : T[K] };

export type Catalogue = Translation<typeof en>;

// Both are here, since the first drawing waits for whatever is fetched apart.
const catalogues: Record<LanguageName, Catalogue> = { en, zh };

export interface Language {
  readonly name: ReadonlySignal<LanguageName>;
  readonly text: ReadonlySignal<Catalogue>;
  /** The language tag for `lang` and the gateway. */
  readonly tag: ReadonlySignal<string>;
  /** The browser's own variant of the language, where it has one: dates follow the person's country. */
  readonly locale: ReadonlySignal<string>;
  choose(name: LanguageName): void;
}

/** The page's texts: `first` is what it speaks to begin with, of the browser's `languages`. */
export function createLanguage(first: LanguageName, languages: readonly string[]): Language {
  const name = signal(first);
  return {
    name,
    text: computed(() => catalogues[name.value]),
    tag: computed(() => languageTags[name.value]),
    locale: computed(
      () => languages.find((language) => primaryOf(language) === name.value) ?? languageTags[name.value],
    ),
    choose(next) {
      name.value = next;
      remember(CHOSEN_LANGUAGE, next);
    },
  };
}
