import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { Row } from "./rows.ts";

/** As many as fill a screen. */
const AT_FIRST = 8;
/** What is drawn between two frames takes about this long: a key that is pressed meanwhile does not feel it. */
const SLICE_MS = 16;
const LARGEST_SLICE = 60;

/**
 * The rows that are to be on the page by now: those of the newest screen at once, and once that is painted, from
 * frame to frame more of the older ones, so that a long chat can be used before all of it is drawn. `holdOn` is
 * called just before more are drawn above.
 */
export function useDrawn(rows: readonly Row[], painted: boolean, holdOn: () => void): readonly Row[] {
  const first = useRef<string | undefined>(undefined);
  const slice = useRef({ size: AT_FIRST, since: 0 });
  const [, drawAgain] = useReducer((count: number, _: undefined) => count + 1, 0);
  let start = rows.findIndex(({ key }) => key === first.current);
  if (start < 0) start = Math.max(0, rows.length - AT_FIRST);
  first.current = rows[start]?.key;

  // Machines and messages differ; how long the last slice took says how large the next may be.
  useLayoutEffect(() => {
    const { size, since } = slice.current;
    if (since === 0) return;
    const fitting = (size * SLICE_MS) / Math.max(1, performance.now() - since);
    slice.current = { size: Math.round(Math.min(LARGEST_SLICE, Math.max(2, fitting))), since: 0 };
  });

  useEffect(() => {
    if (start === 0 || !painted) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      // After the frame, not in it.
      timer = setTimeout(() => {
        holdOn();
        slice.current.since = performance.now();
        first.current = rows[Math.max(0, start - slice.current.size)]?.key;
        drawAgain(undefined);
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  });

  return start === 0 ? rows : rows.slice(start);
}
