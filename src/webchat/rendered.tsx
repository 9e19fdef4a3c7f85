import { Component, createContext, type JSX, render } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { AppProvider, useApp } from "./app.ts";
import { CopyButton } from "./copy.tsx";
import type { Block, Markdown } from "./markdown.ts";

const MarkdownContext = createContext<Markdown | undefined>(undefined);

export const MarkdownProvider = MarkdownContext.Provider;

/** A message's markdown as elements. While it grows, only the piece that changes is drawn again. */
export function Rendered({ text }: { text: string }): JSX.Element {
  const markdown = useContext(MarkdownContext);
  if (markdown === undefined) throw new Error("Rendered is outside MarkdownProvider");
  return (
    <div class="markdown">
      {markdown.blocks(text).map((block, index) => (
        <Piece key={index} block={block} markdown={markdown} />
      ))}
    </div>
  );
}

interface PieceProps {
  block: Block;
  markdown: Markdown;
}

class Piece extends Component<PieceProps> {
  override shouldComponentUpdate(next: PieceProps): boolean {
    return next.block.html !== this.props.block.html;
  }
  override render({ block, markdown }: PieceProps): JSX.Element {
    return <Elements block={block} markdown={markdown} />;
  }
}

function Elements({ block, markdown }: PieceProps): JSX.Element {
  const app = useApp();
  const place = useRef<HTMLDivElement>(null);
  const label = app.language.text.value.copyCode;
  useLayoutEffect(() => {
    const fragment = markdown.elements(block);
    const heads = [...fragment.querySelectorAll("pre")].map((pre) => {
      const head = document.createElement("div");
      const text = pre.textContent ?? "";
      pre.before(head);
      head.className = "code-head";
      // A block that is wider than the page must be scrollable from the keyboard.
      pre.tabIndex = 0;
      render(
        <AppProvider value={app}>
          <span>{pre.title}</span>
          <CopyButton label={label} text={() => text.replace(/\n$/, "")} />
        </AppProvider>,
        head,
      );
      pre.removeAttribute("title");
      return head;
    });
    for (const table of fragment.querySelectorAll("table")) {
      const scroller = document.createElement("div");
      scroller.className = "table";
      scroller.tabIndex = 0;
      table.before(scroller);
      scroller.append(table);
    }
    place.current?.replaceChildren(fragment);
    return () => {
      for (const head of heads) render(null, head);
    };
  }, [block.html, markdown, label, app]);
  return <div class="piece" ref={place} />;
}
