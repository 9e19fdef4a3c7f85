/** Text laid out by the width in which a terminal shows it, so that Chinese aligns as English does. */

/** As much of a line as fits; an ellipsis stands for the rest. */
export function cut(text: string, width: number): string {
  return Bun.stringWidth(text) <= width ? text : Bun.sliceAnsi(text, 0, Math.max(1, width), "…");
}

/** What others have written, without what would command the terminal or turn the reading direction. */
export function plain(text: string): string {
  return text.replace(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, "");
}

/** The text with blanks up to the width. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
}

/** The widest of the texts. */
export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => Bun.stringWidth(text)));
}

// A word with the blanks before it, or one character of a script that is written without blanks, together with
// the punctuation that may not begin a line.
const pieces =
  /\s*[\p{Script=Han}\u3000-\u303f\uff01-\uff60][、。，；：？！）”’》…]*|\s*[^\s\p{Script=Han}\u3000-\u303f\uff01-\uff60]+[、。，；：？！）”’》…]*/gu;

/** The text in lines of at most this width; a word that is longer than a line stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [piece] of text.matchAll(pieces)) {
    if (line !== "" && Bun.stringWidth(line + piece) > width) {
      lines.push(line);
      line = piece.trimStart();
    } else line += line === "" ? piece.trimStart() : piece;
  }
  return [...lines, line];
}

/** The text in lines that fit; `indent` stands before each of them, `first` before the first one where it is given. */
export function fold(text: string, columns: number | null, indent = "", first = indent): string[] {
  if (columns === null) return [first + text];
  const room = Math.max(columns - widest([indent, first]), narrowest);
  return wrap(text, room).map((line, index) => (index === 0 ? first : indent) + line);
}

/** Below this, a column is too narrow to be read; what belongs into it stands on lines of its own. */
const narrowest = 22;

/** Names and what is said of them, side by side, or below one another where the terminal is narrow. */
export function pairs(
  rows: readonly (readonly [name: string, text: string])[],
  columns: number | null,
  paintName: (name: string) => string = (name) => name,
): string[] {
  const left = widest(rows.map(([name]) => name));
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - left - 4;
  if (room >= narrowest) {
    return rows.flatMap(([name, text]) => {
      const [first = "", ...more] = wrap(text, room);
      const gap = " ".repeat(left - Bun.stringWidth(name) + 2);
      return [`  ${paintName(name)}${gap}${first}`, ...more.map((line) => " ".repeat(left + 4) + line)];
    });
  }
  return rows.flatMap(([name, text]) => [
    ...(name === "" ? [] : [`  ${paintName(name)}`]),
    ...wrap(text, (columns ?? 0) - 6).map((line) => `      ${line}`),
  ]);
}
