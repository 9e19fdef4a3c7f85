import { effect } from "@preact/signals";
import { render } from "preact";
import { version } from "../../package.json";
import { isLoopback, socketAddress } from "./address.ts";
import { AppProvider, createApp } from "./app.ts";
import { openClean } from "./clean.ts";
import { Doorway, Frame } from "./frame.tsx";
import { createLanguage } from "./language.ts";
import { MarkdownProvider } from "./rendered.tsx";
import { createSecretKeeper } from "./secret.ts";
import { showTime } from "./show-time.ts";
import { createTheme } from "./theme.ts";
import { createWire } from "./wire.ts";

// The entry of the page: scripts lie in assets/ below its base path.
const base = new URL("..", import.meta.url);
const language = createLanguage(navigator.languages);
const theme = createTheme(document.documentElement);
const secret = createSecretKeeper(location, history);
const root = document.getElementById("page");

effect(() => {
  document.documentElement.lang = language.tag.value;
});

const instanceId = isSecureContext ? crypto.randomUUID() : "";
const safe = isSecureContext || isLoopback(location.hostname);
// On its own computer the gateway knows the page by where it comes from.
const device =
  safe && !isLoopback(location.hostname)
    ? await (await import("./page-device.ts")).openPageDevice(location, history, secret)
    : undefined;
const wire = createWire({
  device,
  url: socketAddress(base),
  introduce() {
    const known = secret.get();
    return {
      client: { id: "webchat-ui", version, platform: "web", mode: "webchat", instanceId },
      // Whether the gateway is set to a token or a password is its own affair; it reads the one it wants.
      ...(known && { auth: { token: known, password: known } }),
      locale: language.tag.value,
      userAgent: navigator.userAgent,
    };
  },
  secretRefused: secret.forget,
  secretReplaced: secret.exchange,
});
const app = createApp({ wire, language, theme, secret, base });

function retryIfWaiting() {
  if (wire.phase.value.is === "waiting") wire.reconnect();
}

// The gateway is asked while the texts, and what draws messages, are on their way.
if (safe) wire.start();
const [{ createMarkdown }, clean] = await Promise.all([
  import("./markdown.ts"),
  openClean(window),
  language.ready,
]);

const markdown = createMarkdown(clean);
if (root !== null) {
  render(
    <AppProvider value={app}>
      <MarkdownProvider value={markdown}>{safe ? <Frame /> : <Doorway />}</MarkdownProvider>
    </AppProvider>,
    root,
  );
}
// The first message takes many times as long to draw as the second; the gateway's answer is still on its way.
setTimeout(() => {
  markdown.warmUp();
  showTime(language.locale.value, "day", new Date());
});
if (safe) {
  addEventListener("popstate", app.follow);
  addEventListener("online", retryIfWaiting);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    retryIfWaiting();
    if (app.current.value !== undefined) app.sessions.mark(app.current.value, false);
  });
}
