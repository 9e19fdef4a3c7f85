import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import { Bubble } from "./bubble.tsx";
import type { Conversation } from "./conversation.ts";
import { Icon } from "./icons.tsx";
import { Welcome } from "./welcome.tsx";

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
  const rows = conversation.rows.value;
  const last = rows.at(-1);

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
    if (scrollTop < NEAR_START_PX && !follows.value) void earlier();
  }

  async function earlier() {
    const element = scroller.current;
    // At the very top there is nothing to hold on to, and the new messages would push the old ones away.
    if (element && element.scrollTop === 0) element.scrollTop = 1;
    await conversation.loadEarlier();
  }

  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return;
    const observer = new ResizeObserver(() => {
      if (follows.peek()) toEnd();
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

  return (
    <div class="transcript">
      <section
        class="scroller"
        role="log"
        aria-live="off"
        aria-label={text.conversation}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable from the keyboard
        tabIndex={0}
        ref={scroller}
        onScroll={scrolled}
      >
        <div class="messages" ref={content}>
          {conversation.failure.value !== undefined && (
            <p class="failed">
              <Icon name="warning" />
              <span>{text.historyFailed(conversation.failure.value)}</span>
              <button type="button" class="link" onClick={() => conversation.resync()}>
                {text.tryAgain}
              </button>
            </p>
          )}
          {conversation.hasMore.value && (
            <button type="button" class="earlier" onClick={earlier}>
              {text.earlier}
            </button>
          )}
          {rows.length === 0 && conversation.loaded.value && <Welcome conversation={conversation} />}
          {rows.length === 0 && !conversation.loaded.value && <p class="loading">{text.loading}</p>}
          {rows.map((row) => (
            <Bubble key={row.key} row={row} retry={conversation.retry} />
          ))}
        </div>
      </section>
      {!follows.value && (
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
