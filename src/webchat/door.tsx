import type { ComponentChildren, JSX } from "preact";
import { useApp } from "./app.ts";

/** The gateway speaks another generation of the protocol than this page. */
export function Outdated(): JSX.Element {
  const text = useApp().language.text.value;
  return (
    <Door title={text.outdatedTitle}>
      <p role="alert">{text.outdated}</p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </Door>
  );
}

/** A page with one thing on it. */
export function Door({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const { language } = useApp();
  const text = language.text.value;
  const other = language.name.value === "en" ? "zh" : "en";
  return (
    <main class="door">
      <div class="card">
        <h1>{title}</h1>
        {children}
        <button
          type="button"
          class="link"
          lang={other === "zh" ? "zh-CN" : "en"}
          onClick={() => language.choose(other)}
        >
          {text.switchLanguage}
        </button>
      </div>
    </main>
  );
}
