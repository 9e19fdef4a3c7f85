import type { Inline } from "#src/channels/document.ts";

type Fits = (inlines: readonly Inline[]) => boolean;

/** As many inlines as fit, the last of them cut where it has to be; `head` is null where nothing fits. */
export function cutInlines(
  inlines: readonly Inline[],
  fits: Fits,
): { head: Inline[] | null; tail: Inline[] } {
  const head: Inline[] = [];
  for (const [index, inline] of inlines.entries()) {
    if (fits([...head, inline])) {
      head.push(inline);
      continue;
    }
    const rest = inlines.slice(index + 1);
    const whole = fits([inline]);
    // What fits by itself is not cut, unless it is a text, whose words may be parted.
    if (head.length > 0 && whole && inline.is !== "text") return { head, tail: [inline, ...rest] };
    const cut = cutInline(inline, (part) => fits([...head, part]), head.length === 0);
    if (cut !== null) return { head: [...head, cut.head], tail: [...cut.tail, ...rest] };
    if (head.length > 0 && !isBlank(head)) return { head, tail: [inline, ...rest] };
    return loosened(inline, rest, fits);
  }
  return { head, tail: [] };
}

/** What takes the room goes, its text stays. */
function loosened(
  inline: Inline,
  rest: readonly Inline[],
  fits: Fits,
): { head: Inline[] | null; tail: Inline[] } {
  if (inline.is === "code") return cutInlines([{ is: "text", text: inline.text }, ...rest], fits);
  if ("children" in inline) return cutInlines([...inline.children, ...rest], fits);
  return { head: null, tail: [] };
}

function cutInline(
  inline: Inline,
  fits: (inline: Inline) => boolean,
  isFirst: boolean,
): { head: Inline; tail: Inline[] } | null {
  if (inline.is === "break") return null;
  if (inline.is === "text" || inline.is === "code") {
    const { head, tail } = cutText(
      inline.text,
      (text) => fits({ ...inline, text }),
      isFirst ? "word" : "whole word",
    );
    if (head === "") return null;
    return { head: { ...inline, text: head }, tail: tail === "" ? [] : [{ ...inline, text: tail }] };
  }
  const { head, tail } = cutInlines(inline.children, (children) => fits({ ...inline, children }));
  if (head === null || head.length === 0) return null;
  return {
    head: { ...inline, children: head },
    tail: tail.length === 0 ? [] : [{ ...inline, children: tail }],
  };
}

function isBlank(inlines: readonly Inline[]): boolean {
  return inlines.every((inline) => {
    if (inline.is === "break") return true;
    return "text" in inline ? inline.text.trim() === "" : isBlank(inline.children);
  });
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The longest start of a text that fits, ended at a line or a word where there is one, and the rest without the
 * blanks at the seam. `whole word` gives nothing rather than part of a word.
 */
export function cutText(
  text: string,
  fits: (text: string) => boolean,
  at: "line" | "word" | "whole word",
): { head: string; tail: string } {
  // Measures grow with the text, so the place is found by halving.
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(text.slice(0, middle))) low = middle;
    else high = middle - 1;
  }
  if (low === text.length) return { head: text, tail: "" };
  const start = text.slice(0, low);
  if (at === "line") {
    const line = start.lastIndexOf("\n");
    if (text[low] === "\n") return { head: start, tail: text.slice(low + 1) };
    if (line > 0) return { head: text.slice(0, line), tail: text.slice(line + 1) };
  } else {
    const blank = /\s/.test(text[low] ?? "") ? low : start.search(/\s\S*$/);
    const head = text.slice(0, Math.max(blank, 0)).trimEnd();
    if (head !== "" && (at === "whole word" || blank > low / 2))
      return { head, tail: text.slice(blank).trimStart() };
    if (at === "whole word") return { head: "", tail: text };
  }
  const place = boundary(text, low);
  return { head: text.slice(0, place), tail: text.slice(place) };
}

/** The last place up to `limit` that parts no character that people see as one; 0 where the first is longer. */
function boundary(text: string, limit: number): number {
  const from = Math.max(0, limit - 64);
  const near = graphemes.segment(text.slice(from, limit + 64)).containing(limit - from);
  const place = near === undefined ? limit : from + near.index;
  if (place > 0) return place;
  // A character of many code points is parted rather than lost; a pair of surrogates is not.
  return /[\ud800-\udbff]/.test(text[limit - 1] ?? "") ? limit - 1 : limit;
}
