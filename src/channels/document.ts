/** A text with its formatting, as a tree: made once from the agent's Markdown, rendered by each platform its own way. */
export interface Document {
  blocks: readonly Block[];
}

export type Block =
  | { is: "paragraph"; children: readonly Inline[] }
  | { is: "heading"; level: number; children: readonly Inline[] }
  | { is: "code"; language: string; text: string }
  | { is: "quote"; blocks: readonly Block[] }
  | { is: "list"; ordered: boolean; start: number; items: readonly ListItem[] }
  | { is: "table"; header: readonly Cell[]; rows: readonly (readonly Cell[])[] }
  | { is: "rule" };

export interface ListItem {
  /** Null where the item has no box. */
  checked: boolean | null;
  blocks: readonly Block[];
}

export type Cell = readonly Inline[];

export type Inline =
  | { is: "text"; text: string }
  | { is: "strong" | "emphasis" | "strike" | "spoiler"; children: readonly Inline[] }
  | { is: "code"; text: string }
  | { is: "link"; href: string; children: readonly Inline[] }
  | { is: "break" };

/** A document of one plain paragraph per line group, with nothing read as formatting. */
export function plainDocument(text: string): Document {
  const blocks = text.split(/\n{2,}/).map((part): Block => {
    const lines = part.split("\n").flatMap((line, index): Inline[] => {
      const inline: Inline = { is: "text", text: line };
      return index === 0 ? [inline] : [{ is: "break" }, inline];
    });
    return { is: "paragraph", children: lines };
  });
  return { blocks };
}
