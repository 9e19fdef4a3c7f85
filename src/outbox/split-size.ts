import type { Block, Inline } from "#src/channels/document.ts";

/** What fits, and what follows; `head` is null where nothing fits. */
export interface Cut<T> {
  head: T | null;
  tail: T[];
}

/** The characters in the blocks, counted no further than a little beyond `enough`. */
export function charsOf(blocks: readonly Block[], enough: number): number {
  let chars = 0;
  const waiting: (Block | Inline)[] = [...blocks];
  for (let node = waiting.pop(); node !== undefined && chars <= enough; node = waiting.pop()) {
    if ("text" in node) chars += node.text.length;
    else if (node.is === "quote") push(node.blocks);
    else if (node.is === "list") for (const item of node.items) push(item.blocks);
    else if (node.is === "table")
      for (const row of [node.header, ...node.rows]) for (const cell of row) push(cell);
    else if ("children" in node) push(node.children);
  }
  return chars;

  function push(nodes: readonly (Block | Inline)[]): void {
    for (const node of nodes) waiting.push(node);
  }
}
