import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import { Drawing, Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";
import type { ToolCall } from "./tool-calls.ts";
import style from "./tool-card.css" with { type: "text" };
import { brief, picturesIn, readable } from "./tool-output.ts";
import { toolTexts } from "./tool-texts.ts";
import { wear } from "./wear.ts";

const icons = { done: "check", failed: "warning" } as const;
const wrench =
  "M14.5 6.5a4 4 0 0 1 5-1.2l-2.6 2.6 1.2 1.8 2.6-.9a4 4 0 0 1-6 3.9L8 19.5a2 2 0 0 1-3-3l6.8-6.7a4 4 0 0 1 2.7-3.3z";

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
        {state === "done" || state === "failed" ? <Icon name={icons[state]} /> : <Drawing path={wrench} />}
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
