import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import { Door } from "./door.tsx";
import style from "./doorway.css" with { type: "text" };
import { doorwayTexts } from "./doorway-texts.ts";
import { wear } from "./wear.ts";

/** Asks for the gateway's secret, in one sentence. */
export function SecretForm({ wrong }: { wrong: boolean }): JSX.Element {
  const app = useApp();
  const text = doorwayTexts[app.language.name.value];
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => wear(style), []);
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
  const text = doorwayTexts[app.language.name.value];
  return (
    <Door title={text.refusedTitle}>
      <p role="alert">{message}</p>
      <button type="button" class="primary" onClick={app.wire.reconnect}>
        {app.language.text.value.tryAgain}
      </button>
    </Door>
  );
}

/** Plain HTTP from another host: why the page stays shut, and the two ways in. */
export function Insecure(): JSX.Element {
  const text = doorwayTexts[useApp().language.name.value];
  useLayoutEffect(() => wear(style), []);
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
