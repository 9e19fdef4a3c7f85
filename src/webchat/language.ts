import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { primaryOf } from "#src/lib/preferred-language.ts";
import type { en } from "./en.ts";
import { CHOSEN_LANGUAGE, languageTags, textsIn } from "./language-name.ts";
import { remember } from "./storage.ts";

/** Texts with the keys of the English ones; a key missing in another language does not compile. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : T[K] };

export type Catalogue = Translation<typeof en>;

export type LanguageName = "en" | "zh";

export interface Language {
  readonly name: ReadonlySignal<LanguageName>;
  readonly text: ReadonlySignal<Catalogue>;
  /** The language tag for `lang` and the gateway. */
  readonly tag: ReadonlySignal<string>;
  /** The browser's own variant of the language, where it has one: dates follow the person's country. */
  readonly locale: ReadonlySignal<string>;
  /** Settles when `text` may be read. */
  readonly ready: Promise<void>;
  /** Fails where the texts cannot be fetched; everything stays as it is then. */
  choose(name: LanguageName): Promise<void>;
}

/** The page's texts: `first` is what it speaks to begin with, of the browser's `languages`. */
export function createLanguage(first: LanguageName, languages: readonly string[]): Language {
  const name = signal(first);
  const texts = signal<Catalogue | undefined>(undefined);

  async function speak(next: LanguageName) {
    const spoken = await textsIn(next);
    batch(() => {
      name.value = next;
      texts.value = spoken;
    });
  }

  return {
    name,
    text: computed(() => {
      if (texts.value === undefined) throw new Error("the texts are not here yet; await ready");
      return texts.value;
    }),
    tag: computed(() => languageTags[name.value]),
    locale: computed(
      () => languages.find((language) => primaryOf(language) === name.value) ?? languageTags[name.value],
    ),
    ready: speak(name.value),
    async choose(next) {
      await speak(next);
      remember(CHOSEN_LANGUAGE, next);
    },
  };
}
