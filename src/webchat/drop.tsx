import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";

/** Takes files that are dropped anywhere on the page, and says so while they hover over it. */
export function DropZone(): JSX.Element | null {
  const app = useApp();
  const hovering = useSignal(false);

  useLayoutEffect(() => {
    const listening = new AbortController();
    const listen = (type: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      document.addEventListener(
        type,
        (event) => event.dataTransfer?.types.includes("Files") && act(event),
        listening,
      );
    listen("dragover", (event) => {
      // Without this the browser would open the file in the place of the page.
      event.preventDefault();
      hovering.value = app.may.value.write;
    });
    listen("dragleave", (event) => {
      if (event.relatedTarget === null) hovering.value = false;
    });
    listen("drop", (event) => {
      event.preventDefault();
      hovering.value = false;
      if (app.may.value.write) void app.attach([...(event.dataTransfer?.files ?? [])]);
    });
    return () => listening.abort();
  }, [app]);

  return hovering.value ? <div class="drop">{app.language.text.value.dropHere}</div> : null;
}
