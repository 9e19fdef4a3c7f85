import type { JSX } from "preact";
import { useApp } from "./app.ts";

/**
 * The gateway speaks another generation of the protocol than this page. Bare, since the page may be one of an older
 * gateway, of which nothing more can be fetched.
 */
export function Outdated(): JSX.Element {
  const text = useApp().language.text.value;
  return (
    <main class="loading">
      <p role="alert">{text.outdated}</p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </main>
  );
}
