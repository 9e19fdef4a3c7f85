import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { recall, remember } from "./storage.ts";

export type ThemeName = "system" | "light" | "dark";

const STORED = "moltbot.theme";
const order: readonly ThemeName[] = ["system", "light", "dark"];

export interface Theme {
  readonly name: ReadonlySignal<ThemeName>;
  /** From the system's colours to light, to dark, and back. */
  next(): void;
}

/** The colours of the page; `root` carries the choice for the stylesheet. */
export function createTheme(root: HTMLElement): Theme {
  const stored = recall(STORED);
  const name = signal<ThemeName>(order.find((each) => each === stored) ?? "system");
  effect(() => {
    root.dataset.theme = name.value;
  });
  return {
    name,
    next() {
      name.value = order[(order.indexOf(name.value) + 1) % order.length] ?? "system";
      remember(STORED, name.value === "system" ? "" : name.value);
    },
  };
}
