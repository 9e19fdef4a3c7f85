import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import { wear } from "./wear.ts";
import style from "./welcome.css" with { type: "text" };
import { welcomeTexts } from "./welcome-texts.ts";

/** An empty chat. */
export function Welcome(): JSX.Element {
  const text = welcomeTexts[useApp().language.name.value];
  useLayoutEffect(() => wear(style), []);
  return (
    <div class="welcome">
      <h2>{text.welcome}</h2>
      <p>{text.welcomeHint}</p>
    </div>
  );
}
