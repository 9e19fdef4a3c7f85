import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import { Composer } from "./composer.tsx";
import { Outdated } from "./door.tsx";
import { DropZone } from "./drop.tsx";
import { Icon } from "./icons.tsx";
import { lazily } from "./lazily.tsx";
import { SessionList } from "./session-list.tsx";
import { Settings, Status } from "./status.tsx";
import { Transcript } from "./transcript.tsx";

// Whoever stands before the door may have the page of an older gateway, which this one cannot complete.
/** In the place of the page for whoever is not let in. */
export const Doorway = lazily(async () => (await import("./doorway.tsx")).Doorway, Outdated);
const Notices = lazily(async () => (await import("./notices.tsx")).Notices);
const ModelBanner = lazily(async () => (await import("./model-banner.tsx")).ModelBanner);
const Channels = lazily(async () => (await import("./channels.tsx")).Channels);
const Search = lazily(async () => (await import("./search.tsx")).Search);

/** The whole page. */
export function Frame(): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const phase = app.wire.phase.value;
  const title = app.title.value;
  const showsChats = useSignal(false);

  useEffect(() => {
    document.title =
      app.isMain.value || app.current.value === undefined ? text.title : `${title} – ${text.title}`;
  }, [title, text, app.isMain.value]);

  useLayoutEffect(() => {
    if (!showsChats.value) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) showsChats.value = false;
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [showsChats.value]);

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "f" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      // Asked for a second time, the browser's own search opens.
      if (document.getElementById("messages") === null || document.activeElement?.id === "search") return;
      event.preventDefault();
      app.searching.value = true;
      document.getElementById("search")?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [app]);

  if (phase.is !== "connecting" && phase.is !== "open" && phase.is !== "waiting")
    return <Doorway phase={phase} />;

  const conversation = app.conversation.value;
  const hideChats = () => {
    showsChats.value = false;
  };
  return (
    <div class={showsChats.value ? "frame chats-open" : "frame"}>
      <button type="button" class="skip" onClick={() => document.getElementById("message")?.focus()}>
        {text.skipToInput}
      </button>
      <header class="top">
        <button
          type="button"
          class="quiet menu"
          aria-label={showsChats.value ? text.closeChats : text.openChats}
          aria-expanded={showsChats.value}
          onClick={() => {
            showsChats.value = !showsChats.value;
          }}
        >
          <Icon name={showsChats.value ? "close" : "menu"} />
        </button>
        <h1>
          <span class="brand">{text.title}</span>
          <span class="chat-name">{title}</span>
        </h1>
        <Status />
        <button
          type="button"
          class="quiet seek"
          aria-label={text.search}
          title={`${text.search} (Ctrl+F)`}
          aria-expanded={app.searching.value}
          onClick={() => {
            app.searching.value = !app.searching.value;
          }}
        >
          <Icon name="search" />
        </button>
      </header>
      <aside class="side">
        <SessionList opened={hideChats} />
        <Settings />
      </aside>
      {showsChats.value && (
        <button type="button" class="shade" tabIndex={-1} aria-label={text.closeChats} onClick={hideChats} />
      )}
      <main class="main">
        <Banner />
        {app.may.value.administer && app.has("device.pair.list") && <Notices />}
        {app.wire.health.value?.model === "none" && (conversation?.rows.value.length ?? 0) > 0 && (
          <ModelBanner />
        )}
        {conversation !== undefined && app.searching.value && (
          <Search key={`s:${conversation.key}`} conversation={conversation} />
        )}
        {conversation !== undefined && app.may.value.read && (
          <Transcript key={`t:${conversation.key}`} conversation={conversation} />
        )}
        {conversation === undefined && <p class="loading">{text.connecting}</p>}
        {app.wire.hello.value !== undefined && !app.may.value.read && <p class="loading">{text.noReading}</p>}
        {conversation !== undefined && <Composer key={`c:${conversation.key}`} conversation={conversation} />}
        <DropZone />
      </main>
      {app.showsChannels.value && <Channels />}
      <div class="unseen" aria-live="polite">
        {app.announcement.value}
      </div>
    </div>
  );
}

const triesBeforeHint = 3;

/** Says that there is no connection, as soon as there is none; nothing when all is well. */
function Banner(): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const phase = app.wire.phase.value;
  const problems = app.wire.health.value?.problems ?? [];
  let sentence = "";
  if (phase.is === "waiting") {
    if (phase.why === "restart") sentence = text.restarting;
    else if (phase.why === "stop") sentence = text.gatewayStopped;
    else sentence = phase.before ? text.lostConnection : text.unreachable;
  }
  return (
    <>
      <div role="status">
        {sentence !== "" && (
          <p class="banner">
            <span>{sentence}</span>
            <button type="button" class="link" onClick={app.wire.reconnect}>
              {text.tryNow}
            </button>
            {phase.is === "waiting" && phase.tries >= triesBeforeHint && <OtherScheme />}
          </p>
        )}
      </div>
      {problems.map(({ id, message, zh }) => (
        <p class="banner" key={id}>
          <Icon name="warning" />
          <span>{app.language.name.value === "zh" ? (zh ?? message) : message}</span>
        </p>
      ))}
    </>
  );
}

/** A page cannot see why it is not answered: what stands there now may speak TLS, or no longer. */
function OtherScheme(): JSX.Element {
  const text = useApp().language.text.value;
  const encrypted = location.protocol === "https:";
  const address = `http${encrypted ? "" : "s"}://${location.host}${location.pathname}`;
  return (
    <span class="hint">
      {encrypted ? text.tlsWasSwitchedOff : text.tlsWasSwitchedOn} <a href={address}>{address}</a>
    </span>
  );
}
