import type { Document } from "../document.ts";
import { type Run, runsOf } from "./runs.ts";

/** A document as Telegram takes it. */
export interface Rendered {
  /** For `parse_mode: "HTML"`. */
  html: string;
  /** The same without any formatting, for when Telegram cannot read the other. */
  plain: string;
}

/** What a message may have, counted after its formatting is read. */
export const textMax = 4096;
export const captionMax = 1024;

/** Renders a document; the same tree gives both forms, so that they never say different things. */
export function render(document: Document): Rendered {
  const runs = runsOf(document);
  return { html: htmlOf(runs), plain: plainOf(runs) };
}

/** How many UTF-16 units are left of a document once Telegram has read its formatting. */
export function measure(document: Document): number {
  return runsOf(document).reduce((sum, { text }) => sum + text.length, 0);
}

function htmlOf(runs: readonly Run[]): string {
  let html = "";
  let isQuoted = false;
  for (const run of runs) {
    if ((run.quote === true) !== isQuoted) {
      html += isQuoted ? "</blockquote>" : "<blockquote>";
      isQuoted = !isQuoted;
    }
    html += runHtml(run);
  }
  return isQuoted ? `${html}</blockquote>` : html;
}

/** Each run opens and closes its own tags: whatever stands beside it, the whole is balanced. */
function runHtml(run: Run): string {
  const text = escaped(run.text);
  if (run.pre) {
    const language = run.pre.language.replace(/[^\w+#.-]/g, "");
    return language === ""
      ? `<pre>${text}</pre>`
      : `<pre><code class="language-${language}">${text}</code></pre>`;
  }
  // Monospace takes no other formatting on Telegram.
  if (run.code) return `<code>${text}</code>`;
  let html = text;
  if (run.href !== undefined) html = `<a href="${escaped(run.href)}">${html}</a>`;
  if (run.spoiler) html = `<tg-spoiler>${html}</tg-spoiler>`;
  if (run.strike) html = `<s>${html}</s>`;
  if (run.italic) html = `<i>${html}</i>`;
  if (run.bold) html = `<b>${html}</b>`;
  return html;
}

function plainOf(runs: readonly Run[]): string {
  const bare = runs.map(({ text }) => text).join("");
  const full = runs
    .map(({ text, href }) => (href && !text.includes(href) ? `${text} (${href})` : text))
    .join("");
  return full.length <= textMax ? full : bare;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
