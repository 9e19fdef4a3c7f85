import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import style from "./doorway.css" with { type: "text" };
import { doorwayTexts } from "./doorway-texts.ts";
import { wear } from "./wear.ts";
import type { Phase } from "./wire.ts";

type Shut = "secret" | "pairing" | "outdated" | "refused";

/** What stands in the page's place; without a phase the browser withholds what the page needs. */
export function Doorway({ phase }: { phase?: Phase & { is: Shut } }): JSX.Element {
  if (phase === undefined) return <Insecure />;
  if (phase.is === "outdated") return <OutdatedCard />;
  if (phase.is === "secret") return <SecretForm wrong={phase.wrong} />;
  return phase.is === "pairing" ? <Pairing id={phase.id} /> : <Refused message={phase.message} />;
}

/** Asks for the gateway's secret, in one sentence. */
function SecretForm({ wrong }: { wrong: boolean }): JSX.Element {
  const app = useApp();
  const text = doorwayTexts[app.language.name.value];
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

/** The owner has to let this browser in; the page goes on by itself. */
function Pairing({ id }: { id: string | undefined }): JSX.Element {
  const app = useApp();
  const text = doorwayTexts[app.language.name.value];
  return (
    <Door title={text.pairingTitle}>
      <p role="status">{text.pairing}</p>
      <div class="shell">
        <code>{id === undefined ? "moltbot devices list" : `moltbot devices approve ${id}`}</code>
      </div>
      <p>{text.pairingThen}</p>
    </Door>
  );
}

/** The gateway speaks another generation of the protocol than this page. */
function OutdatedCard(): JSX.Element {
  const { language } = useApp();
  const text = language.text.value;
  return (
    <Door title={doorwayTexts[language.name.value].outdatedTitle}>
      <p role="alert">{text.outdated}</p>
      <button type="button" class="primary" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </Door>
  );
}

/** The gateway said no and why; its words are the explanation. */
function Refused({ message }: { message: string }): JSX.Element {
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
function Insecure(): JSX.Element {
  const text = doorwayTexts[useApp().language.name.value];
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

/** A page with one thing on it. */
function Door({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const { language } = useApp();
  useLayoutEffect(() => wear(style), []);
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
