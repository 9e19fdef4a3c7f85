import { Component, type ComponentChildren, type JSX } from "preact";
import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";
import { useApp } from "./app.ts";
import { CopyButton } from "./copy.tsx";
import { Icon } from "./icons.tsx";
import type { Catalogue } from "./language.ts";
import { Rendered } from "./rendered.tsx";
import { type Row, type Turn, textOf } from "./rows.ts";

interface BubbleProps {
  row: Row;
  retry(runId: string): void;
}

/** One row of the conversation; drawn again only when its own message or turn has changed. */
export class Bubble extends Component<BubbleProps> {
  override shouldComponentUpdate({ row }: BubbleProps): boolean {
    const old = this.props.row;
    if (row.is === "message") return old.is !== "message" || old.message !== row.message;
    return old.is !== row.is || old.turn !== row.turn;
  }
  override render({ row, retry }: BubbleProps): JSX.Element {
    if (row.is === "message") return <Message message={row.message} />;
    return row.is === "own" ? <Own turn={row.turn} retry={retry} /> : <Answer turn={row.turn} />;
  }
}

function Message({ message }: { message: ChatMessage }): JSX.Element {
  const text = useApp().language.text.value;
  if (message.role === "user")
    return <Mine text={textOf(message)} parts={message.content} at={message.timestamp} />;
  if (message.role === "toolResult") return <ToolResult message={message} />;
  return (
    <Theirs message={message} at={message.timestamp}>
      <Parts parts={message.content} />
      <Ending text={text} stopReason={message.stopReason} sentence={message.errorMessage} />
    </Theirs>
  );
}

function Own({ turn, retry }: { turn: Turn; retry(runId: string): void }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  let status: JSX.Element | undefined;
  if (turn.sending === "sending") {
    const online = app.wire.phase.value.is === "open";
    status = <span>{online ? text.sending : text.waitingToSend}</span>;
  } else if (turn.sending === "failed") {
    status = (
      <span class="not-sent">
        <Icon name="warning" />
        {turn.failure === undefined ? text.unconfirmed : `${text.notSent}: ${turn.failure}`}
        <button type="button" class="link" onClick={() => retry(turn.runId)}>
          {text.retry}
        </button>
      </span>
    );
  }
  return (
    <Mine text={turn.own ?? ""} at={turn.at}>
      {status}
    </Mine>
  );
}

function Answer({ turn }: { turn: Turn }): JSX.Element {
  const text = useApp().language.text.value;
  const { reply } = turn;
  if (reply.is === "none" || reply.is === "live") {
    const written = turn.text.value;
    return (
      <Theirs message={reply.is === "live" ? reply : {}} live>
        {written === "" ? <Dots label={text.writing} /> : <Rendered text={written} />}
      </Theirs>
    );
  }
  const parts = reply.message?.content ?? [{ type: "text" as const, text: turn.text.value }];
  return (
    <Theirs message={reply.message ?? {}} at={reply.message?.timestamp}>
      <Parts parts={parts} />
      {reply.is === "stopped" && <Ending text={text} stopReason={reply.reason} />}
      {reply.is === "failed" && <Ending text={text} stopReason="error" sentence={reply.sentence} />}
    </Theirs>
  );
}

interface MineProps {
  text: string;
  at: number;
  parts?: readonly ContentPart[];
  children?: ComponentChildren;
}

function Mine({ text, at, parts = [], children }: MineProps): JSX.Element {
  const catalogue = useApp().language.text.value;
  return (
    <article class="row mine" aria-label={catalogue.you}>
      <div class="bubble">
        {text !== "" && <p class="plain">{text}</p>}
        {parts.map((part, index) => part.type === "image" && <Picture key={index} part={part} />)}
      </div>
      <footer>
        {children ?? (
          <>
            <Time at={at} />
            <CopyButton label={catalogue.copyMessage} text={() => text} />
          </>
        )}
      </footer>
    </article>
  );
}

interface TheirsProps {
  message: { runtime?: string; content?: readonly ContentPart[] };
  at?: number | undefined;
  live?: boolean;
  children: ComponentChildren;
}

function Theirs({ message, at, live = false, children }: TheirsProps): JSX.Element {
  const catalogue = useApp().language.text.value;
  const isHelper = message.runtime === "concierge";
  const { content } = message;
  const copyable = content?.some((part) => part.type === "text" && part.text !== "");
  return (
    <article
      class="row theirs"
      aria-label={isHelper ? catalogue.helper : catalogue.assistant}
      aria-busy={live}
    >
      {isHelper && <p class="badge">{catalogue.helperBadge}</p>}
      {children}
      <footer>
        {at !== undefined && <Time at={at} />}
        {copyable && content && <CopyButton label={catalogue.copyMessage} text={() => joined(content)} />}
      </footer>
    </article>
  );
}

function Parts({ parts }: { parts: readonly ContentPart[] }): JSX.Element {
  const text = useApp().language.text.value;
  return (
    <>
      {parts.map((part, index) => {
        if (part.type === "text") return part.text !== "" && <Rendered key={index} text={part.text} />;
        if (part.type === "image") return <Picture key={index} part={part} />;
        if (part.type === "thinking") {
          return (
            <Folded key={index} title={text.thoughts}>
              <p class="plain">{part.thinking}</p>
            </Folded>
          );
        }
        return (
          <Folded key={index} title={text.toolCall(part.name)}>
            <pre>{JSON.stringify(part.arguments, null, 2)}</pre>
          </Folded>
        );
      })}
    </>
  );
}

function ToolResult({ message }: { message: ChatMessage }): JSX.Element {
  const text = useApp().language.text.value;
  const name = message.toolName ?? "";
  return (
    <div class="row theirs">
      <Folded title={message.isError ? text.toolFailed(name) : text.toolResult(name)}>
        <pre>{textOf(message)}</pre>
      </Folded>
    </div>
  );
}

function Ending(props: { text: Catalogue; stopReason?: string | undefined; sentence?: string | undefined }) {
  const { text, stopReason, sentence } = props;
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

function Folded({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <details class="folded">
      <summary>{title}</summary>
      {children}
    </details>
  );
}

function Picture({ part }: { part: ContentPart & { type: "image" } }): JSX.Element | null {
  const text = useApp().language.text.value;
  // Only pictures that carry their own bytes and cannot carry a script.
  if (!/^image\/(png|jpeg|gif|webp)$/.test(part.mimeType)) return null;
  return <img class="picture" alt={text.picture} src={`data:${part.mimeType};base64,${part.data}`} />;
}

function Dots({ label }: { label: string }): JSX.Element {
  return (
    <p class="dots">
      <span class="unseen">{label}</span>
      <i />
      <i />
      <i />
    </p>
  );
}

function Time({ at }: { at: number }): JSX.Element {
  const tag = useApp().language.locale.value;
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const short = new Intl.DateTimeFormat(tag, {
    ...(!today && { month: "short", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
  });
  const full = new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "medium" });
  return (
    <time dateTime={date.toISOString()} title={full.format(date)}>
      {short.format(date)}
    </time>
  );
}

function joined(parts: readonly ContentPart[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
