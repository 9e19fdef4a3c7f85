import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "./app.ts";
import { ModelHelp } from "./model-help.tsx";
import { modelTexts } from "./model-texts.ts";

/** In a chat that has begun: the way to a model, where none answers. */
export function ModelBanner(): JSX.Element | null {
  const app = useApp();
  const text = modelTexts[app.language.name.value];
  const isOpen = useSignal(false);
  if (!app.has("models.add")) return null;
  return (
    <>
      <p class="banner">
        <span>{text.noModelYet}</span>
        <button
          type="button"
          class="link"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {text.addModel}
        </button>
      </p>
      {isOpen.value && (
        <div class="model-panel">
          <ModelHelp />
        </div>
      )}
    </>
  );
}
