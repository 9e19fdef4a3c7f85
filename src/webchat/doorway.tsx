import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";

/** Asks for the gateway's secret, in one sentence. */
export function SecretForm({ wrong }: { wrong: boolean }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Door title={text.secretTitle}>
      <p role={wrong ? "alert" : undefined}>{wrong ? text.secretWrong : text.secretWanted}</p>
      <form
        class="secret"
        onSubmit={(event) => {
          event.preventDefault();
          const given = field.current?.value.trim() ?? "";
          if (given === "") return;
          app.secret.set(given);
          app.wire.reconnect();
        }}
      >
        <label for="secret">{text.secretLabel}</label>
        <input id="secret" type="password" autoComplete="off" ref={field} required />
        <p class="hint">{text.secretHint}</p>
        <button type="submit" class="primary">
          {text.unlock}
        </button>
      </form>
    </Door>
  );
}

/** The gateway said no and why; its words are the explanation. */
export function Refused({ message }: { message: string }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  return (
    <Door title={text.refusedTitle}>
      <p role="alert">{message}</p>
      <button type="button" class="primary" onClick={app.wire.reconnect}>
        {text.tryAgain}
      </button>
    </Door>
  );
}

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

/** Plain HTTP from another host: why the page stays shut, and the two ways in. */
export function Insecure(): JSX.Element {
  const text = useApp().language.text.value;
  const port = location.port || "80";
  const local = `http://127.0.0.1:${port}${location.pathname}`;
  const tunnel = `ssh -N -L ${port}:127.0.0.1:${port} you@${location.hostname}`;
  return (
    <Door title={text.insecureTitle}>
      <p role="alert">{text.insecure}</p>
      <p>{text.insecureTunnel}</p>
      <div class="shell">
        <code>{tunnel}</code>
      </div>
      <p>{text.insecureThen}</p>
      <p>
        <a href={local}>{local}</a>
      </p>
      <p>{text.insecureTls}</p>
    </Door>
  );
}

function Door({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const { language } = useApp();
  const text = language.text.value;
  return (
    <main class="door">
      <div class="card">
        <h1>{title}</h1>
        {children}
        <button
          type="button"
          class="link"
          lang={language.name.value === "en" ? "zh-CN" : "en"}
          onClick={() => language.choose(language.name.value === "en" ? "zh" : "en")}
        >
          {text.switchLanguage}
        </button>
      </div>
    </main>
  );
}
