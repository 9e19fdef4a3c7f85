import type { ComponentChildren, JSX } from "preact";
import type { ContentPart } from "#protocol/domains/chat.ts";
import { useApp } from "./app.ts";
import { Icon } from "./icons.tsx";
import { lazily } from "./lazily.tsx";
import { Rendered } from "./rendered.tsx";
import { showTime } from "./show-time.ts";
import type { ToolCall } from "./tool-calls.ts";

/** A picture that somebody sent. */
export const Picture = lazily(async () => (await import("./picture.tsx")).Picture);
/** One use of a tool. */
export const ToolCard = lazily(async () => (await import("./tool-card.tsx")).ToolCard);

/** What a message consists of, in order; `calls` are its uses of tools. */
export function Parts(props: { parts: readonly ContentPart[]; calls: readonly ToolCall[] }): JSX.Element {
  const text = useApp().language.text.value;
  return (
    <>
      {props.parts.map((part, index) => {
        if (part.type === "text") return part.text !== "" && <Rendered key={index} text={part.text} />;
        if (part.type === "image") return <Picture key={index} image={part} />;
        if (part.type === "thinking") {
          return (
            <Folded key={index} title={text.thoughts}>
              <p class="plain">{part.thinking}</p>
            </Folded>
          );
        }
        const call = props.calls.find(({ id }) => id === part.id);
        return call && <ToolCard key={index} call={call} />;
      })}
    </>
  );
}

/** How an answer ended, where it did not simply end. */
export function Ending(props: { stopReason?: string | undefined; sentence?: string | undefined }) {
  const text = useApp().language.text.value;
  const { stopReason, sentence } = props;
  if (sentence !== undefined) {
    return (
      <p class="failed">
        <Icon name="warning" />
        <span>{sentence}</span>
      </p>
    );
  }
  if (stopReason === "timeout") return <p class="ending">{text.stoppedTimeout}</p>;
  if (stopReason === "interrupted" || stopReason === "shutdown")
    return <p class="ending">{text.interrupted}</p>;
  if (stopReason === "aborted" || stopReason === "rpc") return <p class="ending">{text.stopped}</p>;
  return null;
}

/** What the gateway has to say beside an answer. */
export function Notice({ sentence }: { sentence: string | undefined }): JSX.Element | null {
  return sentence === undefined ? null : <p class="beside">{sentence}</p>;
}

/** Something that is there for who wants to see it. */
export function Folded({ title, children }: { title: ComponentChildren; children: ComponentChildren }) {
  return (
    <details class="folded">
      <summary>{title}</summary>
      {children}
    </details>
  );
}

export function Dots({ label }: { label: string }): JSX.Element {
  return (
    <p class="dots">
      <span class="unseen">{label}</span>
      <i />
      <i />
      <i />
    </p>
  );
}

/** When a message was written; the time leads to the message. */
export function Time({ at, id }: { at: number; id?: string | undefined }): JSX.Element {
  const { language } = useApp();
  const tag = language.locale.value;
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = (
    <time
      dateTime={date.toISOString()}
      onPointerEnter={(event) => {
        event.currentTarget.title = showTime(tag, "full", date);
      }}
    >
      {showTime(tag, isToday ? "hour" : "day", date)}
    </time>
  );
  if (id === undefined) return time;
  return (
    <a
      class="time"
      href={`#m=${encodeURIComponent(id)}`}
      aria-description={language.text.value.linkToMessage}
    >
      {time}
    </a>
  );
}
