import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "./app.ts";
import { Icon } from "./icons.tsx";

const SHOWN_MS = 1_500;

/** Copies a text and says so, on screen and to a screen reader. */
export function CopyButton({ label, text }: { label: string; text: () => string }): JSX.Element {
  const app = useApp();
  const done = useSignal(false);
  const catalogue = app.language.text.value;
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      app.note(catalogue.copyFailed);
      return;
    }
    app.announce(catalogue.copied);
    done.value = true;
    setTimeout(() => {
      done.value = false;
    }, SHOWN_MS);
  }
  return (
    <button type="button" class="quiet copy" aria-label={label} title={label} onClick={copy}>
      <Icon name={done.value ? "check" : "copy"} />
    </button>
  );
}
