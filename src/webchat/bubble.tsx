import { Component, type ComponentChildren, type JSX } from "preact";
import type { ChatMessage, ContentPart } from "#protocol/domains/chat.ts";
import { useApp } from "./app.ts";
import type { Conversation } from "./conversation.ts";
import { CopyButton } from "./copy.tsx";
import { Icon } from "./icons.tsx";
import { Dots, Ending, Notice, Parts, Picture, Time, ToolCard } from "./parts.tsx";
import { Rendered } from "./rendered.tsx";
import { imagesOf, isSameRow, type Question, type Row, type Turn, textOf } from "./rows.ts";
import { between, callOfResult, type ToolCall } from "./tool-calls.ts";

interface BubbleProps {
  row: Row;
  conversation: Conversation;
  /** The last thing said from this side, or the last row when it is an answer: it can be asked anew. */
  isLast: boolean;
}

/** One row of the conversation; drawn again only when its own message or turn has changed. */
export class Bubble extends Component<BubbleProps> {
  override shouldComponentUpdate({ row, isLast }: BubbleProps): boolean {
    return isLast !== this.props.isLast || !isSameRow(row, this.props.row);
  }
  override render({ row, conversation, isLast }: BubbleProps): JSX.Element {
    if (row.is === "own") return <Own turn={row.turn} conversation={conversation} isLast={isLast} />;
    const again = isLast ? conversation.askAgain : undefined;
    if (row.is === "reply") return <Answer turn={row.turn} calls={row.calls} again={again} />;
    const { message, calls } = row;
    if (message.role === "assistant") return <Written message={message} calls={calls} again={again} />;
    if (message.role === "toolResult") {
      return (
        <div class="row theirs" id={anchorOf(message)} tabIndex={-1}>
          <ToolCard call={callOfResult(message)} />
        </div>
      );
    }
    const edit = isLast ? conversation.editLast : undefined;
    return <Mine said={{ text: textOf(message), images: imagesOf(message) }} message={message} edit={edit} />;
  }
}

/** The id of a message's element, which is also what leads to it in an address. */
function anchorOf({ id }: { id?: string }): string | undefined {
  return id === undefined ? undefined : `m=${id}`;
}

interface WrittenProps {
  message: ChatMessage;
  calls: readonly ToolCall[];
  again: (() => void) | undefined;
}

function Written({ message, calls, again }: WrittenProps): JSX.Element {
  const isSplit = calls.some(({ at }) => at !== undefined) && !message.content.some(isToolCall);
  return (
    <Theirs message={message} at={message.timestamp} again={again}>
      {isSplit ? (
        <>
          <Parts parts={message.content.filter(({ type }) => type === "thinking")} calls={[]} />
          <Interwoven text={textOf(message)} calls={calls} />
          <Parts parts={imagesOf(message)} calls={[]} />
        </>
      ) : (
        <Parts parts={message.content} calls={calls} />
      )}
      <Notice sentence={message.notice} />
      <Ending stopReason={message.stopReason} sentence={message.errorMessage} />
    </Theirs>
  );
}

function isToolCall({ type }: ContentPart): boolean {
  return type === "toolCall";
}

/** A run's text with its uses of tools where they happened. */
function Interwoven({ text, calls }: { text: string; calls: readonly ToolCall[] }): JSX.Element {
  const { pieces, rest } = between(text, calls);
  return (
    <>
      {calls.flatMap((call, index) => {
        const piece = pieces[index]?.trim();
        const card = <ToolCard key={call.id} call={call} />;
        return piece ? [<Rendered key={`before:${call.id}`} text={piece} />, card] : [card];
      })}
      {rest.trim() !== "" && <Rendered key="rest" text={rest} />}
    </>
  );
}

function Own(props: { turn: Turn; conversation: Conversation; isLast: boolean }): JSX.Element {
  const { turn, conversation, isLast } = props;
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
        <button type="button" class="link" onClick={() => conversation.retry(turn.runId)}>
          {text.retry}
        </button>
        {turn.failure !== undefined && (
          <button type="button" class="link" onClick={() => conversation.takeBack(turn.runId)}>
            {text.takeBack}
          </button>
        )}
      </span>
    );
  }
  return (
    <Mine
      said={turn.own ?? { text: "", images: [] }}
      message={{ timestamp: turn.at }}
      edit={isLast ? conversation.editLast : undefined}
    >
      {status}
    </Mine>
  );
}

interface AnswerProps {
  turn: Turn;
  calls: readonly ToolCall[];
  again: (() => void) | undefined;
}

function Answer({ turn, calls, again }: AnswerProps): JSX.Element {
  const text = useApp().language.text.value;
  const { reply } = turn;
  if (reply.is === "none" || reply.is === "live") {
    const written = turn.text.value;
    const isAtWork = written.length > (calls.at(-1)?.at ?? 0) || calls.at(-1)?.state === "running";
    return (
      <Theirs message={reply.is === "live" ? reply : {}} live>
        <Interwoven text={written} calls={calls} />
        {!isAtWork && <Dots label={text.writing} />}
      </Theirs>
    );
  }
  return (
    <Theirs message={reply.message ?? {}} at={reply.message?.timestamp} again={again}>
      <Interwoven text={reply.message ? textOf(reply.message) : turn.text.value} calls={calls} />
      <Notice sentence={reply.message?.notice} />
      {reply.is === "stopped" && <Ending stopReason={reply.reason} />}
      {reply.is === "failed" && <Ending stopReason="error" sentence={reply.sentence} />}
    </Theirs>
  );
}

interface MineProps {
  said: Question;
  message: { id?: string; timestamp: number };
  edit: (() => void) | undefined;
  children?: ComponentChildren;
}

function Mine({ said, message, edit, children }: MineProps): JSX.Element {
  const app = useApp();
  const catalogue = app.language.text.value;
  const { text, images } = said;
  return (
    <article class="row mine" aria-label={catalogue.you} id={anchorOf(message)} tabIndex={-1}>
      {images.length > 0 && (
        <div class="pictures">
          {images.map((image, index) => (
            <Picture key={index} image={image} place={{ index, count: images.length }} />
          ))}
        </div>
      )}
      {text !== "" && (
        <div class="bubble">
          <p class="plain">{text}</p>
        </div>
      )}
      <Footer>
        {children ?? (
          <>
            <Time at={message.timestamp} id={message.id} />
            {text !== "" && <CopyButton label={catalogue.copyMessage} text={() => text} />}
          </>
        )}
        {edit !== undefined && app.may.value.write && (
          <button
            type="button"
            class="quiet small"
            aria-label={catalogue.edit}
            title={catalogue.edit}
            onClick={edit}
          >
            <Icon name="pencil" />
          </button>
        )}
      </Footer>
    </article>
  );
}

interface TheirsProps {
  message: Partial<ChatMessage>;
  at?: number | undefined;
  live?: boolean;
  again?: (() => void) | undefined;
  children: ComponentChildren;
}

function Theirs({ message, at, live = false, again, children }: TheirsProps): JSX.Element {
  const app = useApp();
  const catalogue = app.language.text.value;
  const isHelper = message.runtime === "concierge";
  const { content = [] } = message;
  const copyable = content.some((part) => part.type === "text" && part.text !== "");
  return (
    <article
      class="row theirs"
      aria-label={isHelper ? catalogue.helper : catalogue.assistant}
      aria-busy={live}
      id={anchorOf(message)}
      tabIndex={-1}
    >
      {isHelper && <p class="badge">{catalogue.helperBadge}</p>}
      {children}
      <Footer>
        {at !== undefined && <Time at={at} id={message.id} />}
        {copyable && <CopyButton label={catalogue.copyMessage} text={() => joined(content)} />}
        {again !== undefined && !live && app.may.value.write && (
          <button
            type="button"
            class="quiet small"
            aria-label={catalogue.askAgain}
            title={catalogue.askAgain}
            onClick={again}
          >
            <Icon name="again" />
          </button>
        )}
      </Footer>
    </article>
  );
}

/** What can be done with a message, and when it was written; drawn when the messages themselves can be read. */
function Footer({ children }: { children: ComponentChildren }): JSX.Element {
  return <footer>{useApp().painted.value && children}</footer>;
}

function joined(parts: readonly ContentPart[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
