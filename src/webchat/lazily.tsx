import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useApp } from "./app.ts";

/**
 * A part of the page that is fetched when it is first shown, and not there until then. Where it cannot be fetched,
 * as from a gateway that was updated meanwhile, the page says so, or shows `Otherwise` in its place.
 */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Otherwise?: ComponentType,
): ComponentType<P> {
  let Part: ComponentType<P> | undefined;

  return function Late(props: P): JSX.Element | null {
    const app = useApp();
    const state = useSignal<"coming" | "here" | "missing">("coming");
    useEffect(() => {
      load().then(
        (loaded) => {
          Part = loaded;
          state.value = "here";
        },
        () => {
          state.value = "missing";
          if (Otherwise === undefined) app.note(app.language.text.value.partMissing);
        },
      );
    }, []);
    if (Part !== undefined) return <Part {...props} />;
    return state.value === "missing" && Otherwise !== undefined ? <Otherwise /> : null;
  };
}
