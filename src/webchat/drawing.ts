import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Row } from "./rows.ts";

/** More than fit on a screen. */
const AT_FIRST = 12;
/** What can be drawn between two frames without being felt. */
const AT_ONCE = 60;

/**
 * The rows that are to be on the page by now: those of the newest screen at once, and from frame to frame more of
 * the older ones, so that a long chat can be used before all of it is drawn. `holdOn` is called just before
 * more are drawn above.
 */
export function useDrawn(rows: readonly Row[], holdOn: () => void): readonly Row[] {
  const first = useRef<string | undefined>(undefined);
  const [, drawAgain] = useReducer((count: number, _: undefined) => count + 1, 0);
  let start = rows.findIndex(({ key }) => key === first.current);
  if (start < 0) start = Math.max(0, rows.length - AT_FIRST);
  first.current = rows[start]?.key;

  useEffect(() => {
    if (start === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      // After the frame, not in it.
      timer = setTimeout(() => {
        holdOn();
        first.current = rows[Math.max(0, start - AT_ONCE)]?.key;
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
