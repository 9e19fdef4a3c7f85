import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import type { Conversation } from "./conversation.ts";
import { find, mayShow } from "./find.ts";
import { allDrawn } from "./go-to.ts";
import { Drawing, Icon } from "./icons.tsx";
import { textOf } from "./rows.ts";
import style from "./search.css" with { type: "text" };
import { searchTexts } from "./search-texts.ts";
import { wear } from "./wear.ts";

const FOUND = "found";
const FOUND_NOW = "found-now";
const TYPING_MS = 120;

/**
 * Searches in the chat, from the newest message back, and reads older messages as far as needed. Matches are marked
 * over the text, which stays as it was drawn.
 */
export function Search({ conversation }: { conversation: Conversation }): JSX.Element {
  const app = useApp();
  const text = searchTexts[app.language.name.value];
  const field = useRef<HTMLInputElement>(null);
  const sought = useSignal("");
  const matches = useSignal<readonly Range[]>([]);
  const current = useSignal(-1);
  const looking = useSignal(false);
  /** Ends the reading of older messages for what was sought before. */
  const reading = useRef(new AbortController());
  const hasMore = conversation.history.hasMore.value;

  useLayoutEffect(() => {
    wear(style);
    field.current?.focus();
    return () => {
      reading.current.abort();
      CSS.highlights?.delete(FOUND);
      CSS.highlights?.delete(FOUND_NOW);
    };
  }, []);

  /** Looks at what is on the page now. */
  function look(): readonly Range[] {
    const page = document.getElementById("messages");
    return page === null ? [] : find(page, sought.peek());
  }

  function mark(ranges: readonly Range[], index: number) {
    matches.value = ranges;
    current.value = index;
    CSS.highlights?.set(FOUND, new Highlight(...ranges));
    const now = ranges[index];
    CSS.highlights?.set(FOUND_NOW, now === undefined ? new Highlight() : new Highlight(now));
  }

  function show(ranges: readonly Range[], index: number) {
    mark(ranges, index);
    const range = ranges[index];
    const row = range?.startContainer.parentElement?.closest(".row");
    if (range === undefined || !row) return;
    row.scrollIntoView({ block: "nearest" });
    // Only what is near the screen has a place of its own; the row is there by the next frame.
    requestAnimationFrame(() => {
      const scroller = row.closest(".scroller");
      if (scroller === null) return;
      const { top, bottom } = range.getBoundingClientRect();
      const view = scroller.getBoundingClientRect();
      if (top < view.top + 48 || bottom > view.bottom - 48) {
        scroller.scrollTop += (top + bottom) / 2 - (view.top + view.bottom) / 2;
      }
    });
  }

  /** Reads older messages until one has it; says whether any has. */
  async function reachBack(): Promise<boolean> {
    const { signal } = reading.current;
    looking.value = true;
    const count = matches.peek().length;
    try {
      while (conversation.history.hasMore.peek() && !signal.aborted) {
        const isThere = await conversation.history.loadUntil(
          (message) => mayShow(textOf(message), sought.peek()),
          signal,
        );
        await allDrawn();
        if (signal.aborted) return false;
        const ranges = look();
        if (ranges.length > count) {
          // The newest of those that came is the one before all that were there.
          show(ranges, ranges.length - count - 1);
          return true;
        }
        // Without a connection there is nothing more to be had.
        if (!isThere) break;
      }
      return false;
    } finally {
      if (!signal.aborted) looking.value = false;
    }
  }

  async function begin() {
    reading.current.abort();
    reading.current = new AbortController();
    const { signal } = reading.current;
    looking.value = false;
    await allDrawn();
    if (signal.aborted) return;
    const ranges = look();
    show(ranges, ranges.length - 1);
    if (ranges.length === 0 && sought.peek().trim() !== "") await reachBack();
  }

  async function earlier() {
    if (looking.value || matches.value.length === 0) return;
    if (current.value > 0) show(matches.value, current.value - 1);
    else if (!(await reachBack())) {
      show(matches.value, matches.value.length - 1);
      app.announce(text.fromTheEnd);
    }
  }

  function later() {
    if (matches.value.length > 0) show(matches.value, (current.value + 1) % matches.value.length);
  }

  // While it is typed.
  useSignalEffect(() => {
    sought.value;
    const timer = setTimeout(() => void begin(), TYPING_MS);
    return () => clearTimeout(timer);
  });

  // Messages that come or change meanwhile are drawn anew, and the marks with them.
  const rows = conversation.rows.value;
  useEffect(() => {
    if (sought.peek() === "" || looking.peek()) return;
    const fromEnd = matches.peek().length - current.peek();
    const stop = requestAnimationFrame(() => {
      const ranges = look();
      const known = ranges.findIndex((range) => isSamePlace(range, matches.peek()[current.peek()]));
      mark(ranges, known >= 0 ? known : Math.max(-1, ranges.length - fromEnd));
    });
    return () => cancelAnimationFrame(stop);
  }, [rows]);

  let status = "";
  if (looking.value) status = text.looking;
  else if (sought.value.trim() !== "") {
    const count = matches.value.length;
    status = count === 0 ? text.nothing : text.place(current.value + 1, count, hasMore);
  }

  function close() {
    app.searching.value = false;
    document.getElementById("message")?.focus();
  }

  function keyDown(event: KeyboardEvent) {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.shiftKey) later();
    else if (event.key === "Enter") void earlier();
    else return;
    event.preventDefault();
  }

  return (
    <search class="search">
      <input
        id="search"
        type="search"
        ref={field}
        autocomplete="off"
        aria-label={text.label}
        placeholder={text.label}
        value={sought.value}
        onInput={(event) => {
          sought.value = event.currentTarget.value;
        }}
        onKeyDown={keyDown}
      />
      <span class="search-place" role="status">
        {status}
      </span>
      <button
        type="button"
        class="quiet"
        aria-label={text.earlier}
        title={text.earlier}
        disabled={matches.value.length === 0}
        onClick={earlier}
      >
        <Drawing path="M5 15l7-7 7 7" />
      </button>
      <button
        type="button"
        class="quiet"
        aria-label={text.later}
        title={text.later}
        disabled={matches.value.length === 0}
        onClick={later}
      >
        <Drawing path="M5 9l7 7 7-7" />
      </button>
      <button type="button" class="quiet" aria-label={text.close} title={text.close} onClick={close}>
        <Icon name="close" />
      </button>
    </search>
  );
}

function isSamePlace(a: Range, b: Range | undefined): boolean {
  return b !== undefined && a.startContainer === b.startContainer && a.startOffset === b.startOffset;
}
