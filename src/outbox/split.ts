import type { Block, Document, Inline, ListItem } from "#src/channels/document.ts";
import { isEmptyBlock } from "./markdown.ts";
import { cutInlines, cutText } from "./split-inline.ts";
import { type Cut, charsOf } from "./split-size.ts";

export interface SplitOptions {
  /** How long a document is on the platform. */
  measure: (document: Document) => number;
  /** The most that one message may be long. */
  max: number;
  /** The most of the first one, where that is less. */
  firstMax?: number;
}

/**
 * The document in parts that the platform can take, none of them empty. What can stay whole does: blocks before
 * words, words before anything else; formatting goes on in the next part. Text is neither added nor lost, but for
 * blanks at the seams and the header of a table, which every part of the table shows.
 */
export function splitDocument(document: Document, { measure, ...most }: SplitOptions): Document[] {
  const parts: Document[] = [];
  let current: Block[] = [];
  // Most that is too long is so by far; then the platform's own way of counting need not be asked.
  const fits = (blocks: readonly Block[]) => {
    const max = (parts.length === 0 ? most.firstMax : undefined) ?? most.max;
    return charsOf(blocks, 2 * max) <= 2 * max && measure({ blocks }) <= max;
  };
  const alone = (block: Block) => fits([block]);

  function flush(): void {
    const last = current.at(-1);
    // A heading belongs to what follows it.
    const kept = last?.is === "heading" && current.length > 1 ? [last] : [];
    const part = current.slice(0, current.length - kept.length);
    if (part.some((block) => !isEmptyBlock(block) && block.is !== "rule")) parts.push({ blocks: part });
    current = kept;
  }

  const waiting = document.blocks.filter((block) => !isEmptyBlock(block)).reverse();
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    if (fits([...current, block])) {
      current.push(block);
    } else if (current.length > 0) {
      const before = current.length;
      flush();
      if (current.length === before) current = flushed(current, parts);
      waiting.push(block);
    } else {
      const { head, tail } = cutBlock(block, alone);
      if (head === null) {
        // Not even one character fits; the platform has the last word on that.
        if (!isEmptyBlock(block)) parts.push({ blocks: [block] });
      } else {
        current = [head];
      }
      waiting.push(...tail.filter((each) => !isEmptyBlock(each)).reverse());
    }
  }
  if (current.some((block) => block.is !== "rule")) parts.push({ blocks: current });
  return parts;
}

/** A heading that stands alone goes as it is. */
function flushed(current: readonly Block[], parts: Document[]): Block[] {
  parts.push({ blocks: current });
  return [];
}

/** As much of a block as fits, and what follows it; `head` is null where nothing of it fits. */
function cutBlock(block: Block, fits: (block: Block) => boolean): Cut<Block> {
  if (fits(block)) return { head: block, tail: [] };
  switch (block.is) {
    case "paragraph":
    case "heading": {
      const { head, tail } = cutInlines(block.children, (children) => fits({ ...block, children }));
      if (head === null) return { head: null, tail: [] };
      return { head: { ...block, children: head }, tail: [{ is: "paragraph", children: tail }] };
    }
    case "code":
      return cutCode(block, fits);
    case "quote":
      return cutQuote(block, fits);
    case "list":
      return cutList(block, fits);
    case "table":
      return cutTable(block, fits);
    case "rule":
      return { head: null, tail: [] };
  }
}

function cutCode(block: Block & { is: "code" }, fits: (block: Block) => boolean): Cut<Block> {
  const { head, tail } = cutText(block.text, (text) => fits({ ...block, text }), "line");
  if (head === "") {
    // The language's name takes the room, or the marks do.
    if (block.language !== "") return cutBlock({ ...block, language: "" }, fits);
    return cutBlock(
      { is: "paragraph", children: block.text.split("\n").flatMap((line, index) => asLine(line, index)) },
      fits,
    );
  }
  return { head: { ...block, text: head }, tail: tail === "" ? [] : [{ ...block, text: tail }] };
}

function asLine(text: string, index: number): Inline[] {
  const line: Inline = { is: "text", text };
  return index === 0 ? [line] : [{ is: "break" }, line];
}

/** Blocks of a quote or an item, as many as fit; the last of them may be cut. */
function cutBlocks(blocks: readonly Block[], fits: (blocks: readonly Block[]) => boolean): Cut<Block[]> {
  const head: Block[] = [];
  for (const [index, block] of blocks.entries()) {
    if (fits([...head, block])) {
      head.push(block);
      continue;
    }
    const rest = blocks.slice(index + 1);
    if (head.length > 0) return { head, tail: [[block, ...rest]] };
    const cut = cutBlock(block, (part) => fits([part]));
    if (cut.head === null) return { head: null, tail: [] };
    return { head: [cut.head], tail: [[...cut.tail, ...rest]] };
  }
  return { head, tail: [] };
}

function cutQuote(block: Block & { is: "quote" }, fits: (block: Block) => boolean): Cut<Block> {
  const { head, tail } = cutBlocks(block.blocks, (blocks) => fits({ is: "quote", blocks }));
  if (head === null) return unwrapped(block.blocks, fits);
  return { head: { is: "quote", blocks: head }, tail: tail.map((blocks) => ({ is: "quote", blocks })) };
}

function cutList(list: Block & { is: "list" }, fits: (block: Block) => boolean): Cut<Block> {
  const items: ListItem[] = [];
  for (const [index, item] of list.items.entries()) {
    if (fits({ ...list, items: [...items, item] })) {
      items.push(item);
      continue;
    }
    const after = (from: number): Block[] => {
      const rest = list.items.slice(from);
      return rest.length === 0 ? [] : [{ ...list, start: list.start + from, items: rest }];
    };
    if (items.length > 0) return { head: { ...list, items }, tail: after(index) };
    const { head, tail } = cutBlocks(item.blocks, (blocks) =>
      fits({ ...list, items: [{ ...item, blocks }] }),
    );
    if (head === null) {
      const bare = unwrapped(item.blocks, fits);
      return { head: bare.head, tail: [...bare.tail, ...after(index + 1)] };
    }
    // The rest of an item has no mark of its own, or it would look like an item more.
    return {
      head: { ...list, items: [{ ...item, blocks: head }] },
      tail: [...tail.flat(), ...after(index + 1)],
    };
  }
  return { head: { ...list, items }, tail: [] };
}

function cutTable(table: Block & { is: "table" }, fits: (block: Block) => boolean): Cut<Block> {
  let count = 0;
  while (count < table.rows.length && fits({ ...table, rows: table.rows.slice(0, count + 1) })) count += 1;
  if (count > 0) {
    const rest = table.rows.slice(count);
    return {
      head: { ...table, rows: table.rows.slice(0, count) },
      tail: rest.length === 0 ? [] : [{ ...table, rows: rest }],
    };
  }
  // Not one row fits under the header: its cells become paragraphs.
  const cells = [table.header, ...table.rows].flat();
  return unwrapped(
    cells.map((children): Block => ({ is: "paragraph", children })),
    fits,
  );
}

/** The same text without what stands around it and takes the room. */
function unwrapped(blocks: readonly Block[], fits: (block: Block) => boolean): Cut<Block> {
  const [first, ...rest] = blocks.filter((block) => !isEmptyBlock(block));
  if (first === undefined) return { head: null, tail: [] };
  const { head, tail } = cutBlock(first, fits);
  return { head, tail: [...tail, ...rest] };
}
