import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import type { ToolCall } from "./tool-calls.ts";
import style from "./tool-card.css" with { type: "text" };
import { brief, picturesIn, readable } from "./tool-output.ts";
import { toolTexts } from "./tool-texts.ts";
import { wear } from "./wear.ts";

const icons = { running: "wrench", done: "check", failed: "warning", unknown: "wrench" } as const;

/** One use of a tool in a line: what, for what, and how it stands. Opened, what went in and what came out. */
export function ToolCard({ call }: { call: ToolCall }): JSX.Element {
  const text = toolTexts[useApp().language.name.value];
  useLayoutEffect(() => wear(style), []);
  const { name, state, args } = call;
  const output = readable(call.output);
  const pictures = picturesIn(call.output);
  const words = {
    running: text.running,
    done: text.done,
    failed: text.failed,
    unknown: text.unknown,
  };
  const hasArgs = args !== undefined && Object.keys(args).length > 0;
  return (
    <details class={`folded tool tool-${state}`}>
      <summary>
        <Icon name={icons[state]} />
        <span class="tool-name">{name}</span>
        <span class="tool-brief">{brief(args)}</span>
        <span class="tool-state">{words[state]}</span>
      </summary>
      {hasArgs && <Block title={text.input} text={JSON.stringify(args, null, 2)} />}
      {output !== "" && <Block title={state === "running" ? text.soFar : text.output} text={output} />}
      {pictures.map((image, index) => (
        <Picture key={index} image={image} place={{ index, count: pictures.length }} />
      ))}
      {!hasArgs && output === "" && pictures.length === 0 && <p>{text.nothing}</p>}
    </details>
  );
}

function Block({ title, text }: { title: string; text: string }): JSX.Element {
  return (
    <>
      <p class="tool-part">{title}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </>
  );
}
