/** Texts that are not of the message: buttons, times, badges, the inside of what is closed. */
const skipped = "footer, button, .unseen, .badge, .code-head, svg, details:not([open]) > :not(summary)";
const blocks = "p, li, pre, h3, h4, h5, h6, td, th, summary, div";

/** Where a text stands on the page, from the top; spaces match any spaces, and case does not matter. */
export function find(root: Element, sought: string): Range[] {
  const pattern = patternOf(sought);
  if (pattern === undefined) return [];
  const found: Range[] = [];
  for (const row of root.querySelectorAll(".row")) {
    const { text, nodes } = textIn(row);
    for (const match of text.matchAll(pattern)) {
      found.push(toRange(nodes, match.index, match.index + match[0].length));
    }
  }
  return found;
}

/** Whether a message as it was written may show the text; markup in the middle of it does not count. */
export function mayShow(written: string, sought: string): boolean {
  const pattern = patternOf(sought);
  if (pattern === undefined) return false;
  const plain = written.replace(/\]\([^)\s]*\)/g, "").replace(/[*_`~[\]\\]/g, "");
  return [written, plain].some((text) => text.search(pattern) >= 0);
}

function patternOf(sought: string): RegExp | undefined {
  const words = sought.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("\\s+"), "giu");
}

interface Piece {
  node: Text;
  /** Where it begins in the text of its row. */
  from: number;
}

/** A row's text, lines between its blocks, so that nothing is found across them that is not seen so. */
function textIn(row: Element): { text: string; nodes: Piece[] } {
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    return node instanceof Element && node.matches(skipped)
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_SKIP;
  });
  const nodes: Piece[] = [];
  let text = "";
  let block: Element | null | undefined;
  while (walker.nextNode() !== null) {
    const node = walker.currentNode as Text;
    const home = node.parentElement?.closest(blocks);
    if (text !== "" && home !== block) text += "\u0000";
    block = home;
    nodes.push({ node, from: text.length });
    text += node.data;
  }
  return { text, nodes };
}

function toRange(nodes: readonly Piece[], from: number, to: number): Range {
  const range = document.createRange();
  const at = (offset: number) => nodes.findLast((piece) => piece.from <= offset) as Piece;
  const first = at(from);
  const last = at(to - 1);
  range.setStart(first.node, from - first.from);
  range.setEnd(last.node, to - last.from);
  return range;
}
