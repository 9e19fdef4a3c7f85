import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { en } from "./en.ts";
import { recall, remember } from "./storage.ts";

/** Texts with the keys of the English ones; a key missing in another language does not compile. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : T[K] };

export type Catalogue = Translation<typeof en>;

export type LanguageName = "en" | "zh";

/** Only the language in use is fetched. */
const catalogues: Record<LanguageName, () => Promise<Catalogue>> = {
  en: async () => (await import("./en.ts")).en,
  zh: async () => (await import("./zh.ts")).zh,
};
const tags: Record<LanguageName, string> = { en: "en", zh: "zh-CN" };
const STORED = "moltbot.language";

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
  const texts = signal<Catalogue | undefined>(undefined);

  async function speak(next: LanguageName) {
    const spoken = await catalogues[next]();
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
    tag: computed(() => tags[name.value]),
    locale: computed(
      () => languages.find((language) => primaryOf(language) === name.value) ?? tags[name.value],
    ),
    ready: speak(name.value),
    async choose(next) {
      await speak(next);
      remember(STORED, next);
    },
  };
}
