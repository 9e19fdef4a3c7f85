import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import { Bubble } from "./bubble.tsx";
import type { Conversation } from "./conversation.ts";
import { useDrawn } from "./drawing.ts";
import { Icon } from "./icons.tsx";
import { lazily } from "./lazily.tsx";
import { isQuestion, type Row } from "./rows.ts";

const Welcome = lazily(async () => (await import("./welcome.tsx")).Welcome);
const FirstRun = lazily(async () => (await import("./first-run.tsx")).FirstRun);

/** This near to its end, the conversation counts as being read at the end. */
const NEAR_END_PX = 24;
const NEAR_START_PX = 300;

/** The messages. It stays at the newest while it is there, and lets go as soon as the reader scrolls up. */
export function Transcript({ conversation }: { conversation: Conversation }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useSignal(true);
  const lastTop = useRef(0);
  const held = useRef<{ row: Element; top: number } | null>(null);
  const rows = conversation.rows.value;
  const drawn = useDrawn(rows, app.painted.value, holdOn);
  const { history } = conversation;
  const last = rows.at(-1);
  const lastAsked = rows.findLast(isQuestion);

  function toEnd() {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }

  function scrolled() {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollHeight - scrollTop - clientHeight <= NEAR_END_PX) follows.value = true;
    // Only a person scrolls up; growing content leaves the position where it is.
    else if (scrollTop < lastTop.current) follows.value = false;
    lastTop.current = scrollTop;
    if (scrollTop < NEAR_START_PX && !follows.value) void history.loadEarlier();
  }

  /** Remembers where what is being read stands: at the very top the browser would not hold it. */
  function holdOn() {
    const element = scroller.current;
    if (element === null || follows.peek()) return;
    const { top: edge } = element.getBoundingClientRect();
    const row = [...element.querySelectorAll(".row")].find(
      (each) => each.getBoundingClientRect().bottom > edge,
    );
    if (row === undefined) return;
    element.classList.add("held");
    held.current = { row, top: row.getBoundingClientRect().top };
  }

  const oldest = drawn[0]?.key;
  useLayoutEffect(() => {
    const element = scroller.current;
    const kept = held.current;
    held.current = null;
    if (element === null || kept === null) return;
    if (kept.row.isConnected) element.scrollTop += kept.row.getBoundingClientRect().top - kept.top;
    // From the next frame on the browser does it again, for rows whose height turns out to be another.
    requestAnimationFrame(() => element.classList.remove("held"));
  }, [oldest]);

  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return;
    const observer = new ResizeObserver(() => {
      // A greeting is read from its beginning.
      if (follows.peek() && conversation.rows.peek().length > 0) toEnd();
    });
    observer.observe(scroller.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, [conversation]);

  // What one has sent oneself is always shown.
  const ownNewest = last?.is === "own" ? last.key : undefined;
  useEffect(() => {
    if (ownNewest === undefined) return;
    follows.value = true;
    toEnd();
  }, [ownNewest]);

  const sought = app.sought.value;
  const isLoaded = history.loaded.value;
  useEffect(() => {
    if (sought === undefined || !isLoaded) return;
    follows.value = false;
    import("./go-to.ts").then(
      ({ goTo }) => goTo(app, history, sought),
      () => app.note(text.partMissing),
    );
  }, [sought, isLoaded]);

  return (
    <div class="transcript">
      <section
        class="scroller"
        role="log"
        aria-live="off"
        aria-busy={drawn.length < rows.length}
        aria-label={text.conversation}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable from the keyboard
        tabIndex={0}
        ref={scroller}
        onScroll={scrolled}
      >
        <div class="messages" id="messages" ref={content}>
          {history.failure.value !== undefined && (
            <p class="failed">
              <Icon name="warning" />
              <span>{text.historyFailed(history.failure.value)}</span>
              <button type="button" class="link" onClick={() => conversation.resync()}>
                {text.tryAgain}
              </button>
            </p>
          )}
          {history.hasMore.value && (
            <button type="button" class="earlier" onClick={history.loadEarlier}>
              {text.earlier}
            </button>
          )}
          {rows.length === 0 &&
            isLoaded &&
            (app.wire.health.value?.model === "none" ? (
              <FirstRun conversation={conversation} />
            ) : (
              <Welcome />
            ))}
          {rows.length === 0 && !isLoaded && <p class="loading">{text.loading}</p>}
          {drawn.map((row) => (
            <Bubble
              key={row.key}
              row={row}
              conversation={conversation}
              isLast={row === lastAsked || (row === last && isAnswer(row))}
            />
          ))}
        </div>
      </section>
      {!follows.value && rows.length > 0 && (
        <button
          type="button"
          class="latest"
          aria-label={text.latest}
          title={text.latest}
          onClick={() => {
            follows.value = true;
            toEnd();
          }}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function isAnswer(row: Row): boolean {
  return row.is === "reply" || (row.is === "message" && row.message.role === "assistant");
}
