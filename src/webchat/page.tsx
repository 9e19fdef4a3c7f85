import { effect } from "@preact/signals";
import { render } from "preact";
import { isLoopback, socketAddress } from "./address.ts";
import { type App, AppProvider, createApp } from "./app.ts";
import type { Beginning } from "./beginning.ts";
import { openClean } from "./clean.ts";
import { Doorway, Frame } from "./frame.tsx";
import { createLanguage } from "./language.ts";
import { createMarkdown } from "./markdown.ts";
import { MarkdownProvider } from "./rendered.tsx";
import { showTime } from "./show-time.ts";
import { createTheme } from "./theme.ts";
import { createWire } from "./wire.ts";

/** This long the page waits with its first drawing for the messages that are to be on it. */
const PATIENCE_MS = 100;

/** Draws the page and keeps it. */
export async function openPage({ base, secret, first, introduce, ahead }: Beginning): Promise<void> {
  const language = createLanguage(first, navigator.languages);
  const theme = createTheme(document.documentElement);
  const safe = isSecureContext || isLoopback(location.hostname);
  effect(() => {
    document.documentElement.lang = language.tag.value;
  });

  const device =
    safe && !isLoopback(location.hostname)
      ? await (await import("./page-device.ts")).openPageDevice(location, history, secret)
      : undefined;
  const wire = createWire({
    device,
    url: socketAddress(base),
    introduce: () => introduce(language.tag.value),
    secretRefused: secret.forget,
    secretReplaced: secret.exchange,
  });
  const app = createApp({ wire, language, theme, secret, base });

  function retryIfWaiting() {
    if (wire.phase.value.is === "waiting") wire.reconnect();
  }

  if (safe) wire.start(ahead);
  const shown = settled(app);
  const [clean] = await Promise.all([openClean(window), ahead && Promise.race([shown, sleep(PATIENCE_MS)])]);

  // The entry does not wait for the rest of the document, which may still be on its way.
  const root = document.getElementById("page") ?? (await parsed());
  if (root !== null) {
    render(
      <AppProvider value={app}>
        <MarkdownProvider value={createMarkdown(clean)}>{safe ? <Frame /> : <Doorway />}</MarkdownProvider>
      </AppProvider>,
      root,
    );
  }
  void shown.then(painted).then(async () => {
    // The first time that is put into words takes longer than all of the messages, and is a task of its own.
    showTime(language.locale.value, "day", new Date());
    await sleep(0);
    app.painted.value = true;
  });
  if (!safe) return;
  addEventListener("popstate", app.follow);
  addEventListener("online", retryIfWaiting);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    retryIfWaiting();
    if (app.current.value !== undefined) app.sessions.mark(app.current.value, false);
  });
}

/** When the first messages are here, or it is clear that none come for now. */
function settled({ wire, conversation }: App): Promise<void> {
  return new Promise((resolve) => {
    effect(() => {
      const isOnItsWay = wire.phase.value.is === "connecting" || wire.phase.value.is === "open";
      const history = conversation.value?.history;
      if (!isOnItsWay || history?.loaded.value || history?.failure.value !== undefined) resolve();
    });
  });
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

async function parsed(): Promise<HTMLElement | null> {
  if (document.readyState === "loading") {
    await new Promise((resolve) => {
      document.addEventListener("DOMContentLoaded", resolve, { once: true });
    });
  }
  return document.getElementById("page");
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
