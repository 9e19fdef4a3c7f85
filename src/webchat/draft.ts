import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ImagePart, Question } from "./rows.ts";
import { recall, recallHere, remember, rememberHere } from "./storage.ts";

/** A picture in the message box, small enough to be sent. */
export interface Picture {
  readonly id: string;
  /** The name of its file; empty where it has none. */
  readonly name: string;
  readonly image: ImagePart;
  /** What it was made from, to be made anew when there is more or less room; absent after a reload. */
  readonly original?: Blob;
}

/** What is typed and attached but not sent, per session. Its text survives the browser, its pictures a reload. */
export interface Draft {
  readonly text: ReadonlySignal<string>;
  readonly pictures: Signal<readonly Picture[]>;
  /** An earlier message is in the box, to be sent in other words. */
  readonly editing: ReadonlySignal<boolean>;
  write(text: string): void;
  /** Puts an earlier message into the box. What was there is put aside until the box is emptied. */
  fill(question: Question): void;
  /** Empties the box, or puts back what was there before `fill`. */
  clear(): void;
}

interface Aside {
  text: string;
  pictures: readonly Picture[];
}

export function createDraft(sessionKey: string): Draft {
  const stored = `moltbot.draft.${sessionKey}`;
  const storedAside = `moltbot.aside.${sessionKey}`;
  const storedPictures = `moltbot.pictures.${sessionKey}`;
  const left = recall(storedAside);
  const text = signal(recall(stored) ?? "");
  const pictures = signal(picturesIn(recallHere(storedPictures)));
  const aside = signal<Aside | undefined>(left === null ? undefined : { text: left, pictures: [] });
  const editing = signal(aside.value !== undefined);

  effect(() => {
    const kept = pictures.value.map(({ id, name, image }) => ({ id, name, image }));
    rememberHere(storedPictures, kept.length === 0 ? "" : JSON.stringify(kept));
  });

  function write(next: string) {
    text.value = next;
    remember(stored, next);
  }

  return {
    text,
    pictures,
    editing,
    write,
    fill(question) {
      batch(() => {
        // A second edit replaces the first, not what stood there before.
        if (!editing.value) aside.value = { text: text.value, pictures: pictures.value };
        remember(storedAside, aside.value?.text ?? "");
        editing.value = true;
        write(question.text);
        pictures.value = question.images.map((image) => ({ id: crypto.randomUUID(), name: "", image }));
      });
    },
    clear() {
      batch(() => {
        write(aside.value?.text ?? "");
        pictures.value = aside.value?.pictures ?? [];
        aside.value = undefined;
        editing.value = false;
        remember(storedAside, "");
      });
    },
  };
}

function picturesIn(stored: string | null): readonly Picture[] {
  if (stored === null) return [];
  try {
    const list: unknown = JSON.parse(stored);
    return Array.isArray(list) ? (list as Picture[]) : [];
  } catch {
    return [];
  }
}
