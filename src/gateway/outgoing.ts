import type { ServerWebSocket } from "bun";

/** Bytes of answers that may wait in the socket before further answers are held back. */
const answersHeldAbove = 2 * 1024 * 1024;
/** Bytes waiting in the socket above which what may be dropped is dropped. */
const dropAbove = 256 * 1024;

/** How long a slow client may take to read what waits for it, and then why it is ended. */
const usualGraceMs = 1_000;

const isEvent = 0;
const isAnswer = 1;

export interface OutgoingOptions {
  /** Bytes of events that may wait for a client that reads slowly. */
  maxEventBytes: number;
  /** The client is too slow, or a frame was lost: the connection must end. */
  overflow: (why: "slow-consumer" | "lost-frame") => void;
  /** Asks for `flush` at the end of this loop turn, or soon after it. */
  schedule: (outgoing: Outgoing) => void;
  shed: (cause: string) => void;
  graceMs?: number;
}

/** The events that listeners of the same access share, as far as they wait for the next flush. */
export interface Feed {
  readonly texts: readonly string[];
  /** Whether a listener that is slow may miss the event of the same place. */
  readonly droppable: readonly boolean[];
  /** Counts the times that `texts` began anew. */
  readonly round: number;
}

/**
 * Everything that leaves on one socket, in order. Events of one loop turn leave as one write. A listener that does
 * not keep up is bounded: deltas are dropped, anything else beyond the bound ends the connection. Answers are not
 * counted against that bound: a large honest answer waits for the client to read.
 */
export interface Outgoing {
  answer(text: string): void;
  /** Queues an event of its own; false when it was dropped because the listener is slow. */
  event(text: string, droppable: boolean): boolean;
  /** Hears a feed's events from here on. */
  join(feed: Feed): void;
  /** Sends what waits, the feed's events included; whether the client has yet to read something. */
  flush(): boolean;
  /** The socket took what was waiting in it. */
  drained(): void;
  /** Whether the client should read before more work is done for it. */
  readonly congested: boolean;
  /** Bytes of events that wait for the client to read. */
  readonly eventBacklog: number;
  /** Takes nothing more, and closes when the client has read what it was sent; one that reads too slowly is lost. */
  finish(close: () => void): void;
  /** Ends the connection at once and lets go of what waits: there is no room for it. */
  cut(): void;
}

export function createOutgoing(socket: ServerWebSocket<unknown>, options: OutgoingOptions): Outgoing {
  return new SocketOutgoing(socket, options);
}

const silence: Feed = { texts: [], droppable: [], round: 0 };

/** A class, since a thousand of them are walked through for every event: less to touch for each. */
class SocketOutgoing implements Outgoing {
  private readonly socket: ServerWebSocket<unknown>;
  private readonly options: OutgoingOptions;
  private feed: Feed = silence;
  /** How many of the feed's events it has, of this round. */
  private taken = 0;
  private round = 0;
  private texts: string[] = [];
  private kinds: number[] = [];
  private scheduled = false;
  private backlogged = false;
  private holding = false;
  private ended = false;
  /** Bytes of answers that were sent since the socket was last empty. */
  private answerBytes = 0;
  private heldEventBytes = 0;
  /** Runs while a slow client may still read. */
  private grace: ReturnType<typeof setTimeout> | null = null;
  /** What is left to do once it has read. */
  private close: (() => void) | null = null;

  constructor(socket: ServerWebSocket<unknown>, options: OutgoingOptions) {
    this.socket = socket;
    this.options = options;
  }

  answer(text: string): void {
    if (this.ended) return;
    const isHeldUp = this.backlogged && this.socket.getBufferedAmount() > answersHeldAbove;
    if (this.texts.length === 0 && !this.holding && !isHeldUp && !this.isBehind()) {
      this.write(text, isAnswer);
      return;
    }
    // It takes along the events before it.
    this.takeFeed();
    this.queue(text, isAnswer);
    if (!this.holding) this.flush();
  }

  event(text: string, droppable: boolean): boolean {
    if (this.ended) return false;
    this.takeFeed();
    if (!this.admit(text, droppable)) return false;
    if (this.scheduled || this.holding) return true;
    this.scheduled = true;
    this.options.schedule(this);
    return true;
  }

  join(feed: Feed): void {
    this.feed = feed;
    this.round = feed.round;
    this.taken = feed.texts.length;
  }

  flush(): boolean {
    this.scheduled = false;
    if (this.ended) return false;
    if (this.isBehind()) {
      if (this.texts.length === 0 && !this.backlogged && !this.holding) this.sendFeed();
      else this.takeFeed();
    }
    if (this.texts.length > 0 && !this.holding) this.socket.cork(() => this.send());
    return this.backlogged || this.holding;
  }

  drained(): void {
    const waiting = this.socket.getBufferedAmount();
    if (waiting === 0) {
      this.backlogged = false;
      this.answerBytes = 0;
      this.conclude();
    }
    if (this.holding && waiting <= answersHeldAbove / 2) {
      this.holding = false;
      this.flush();
    }
  }

  get congested(): boolean {
    return this.holding || (this.backlogged && this.socket.getBufferedAmount() > answersHeldAbove / 2);
  }

  get eventBacklog(): number {
    if (!this.backlogged && !this.holding) return 0;
    return this.socket.getBufferedAmount() - this.answerBytes + this.heldEventBytes;
  }

  finish(close: () => void): void {
    if (!this.ended) this.flush();
    this.end();
    this.close = close;
    if (this.socket.getBufferedAmount() === 0) this.conclude();
    else this.wait();
  }

  cut(): void {
    this.options.shed("slow-consumer");
    this.lose();
  }

  private isBehind(): boolean {
    const { texts, round } = this.feed;
    return texts.length > 0 && (this.round !== round || this.taken < texts.length);
  }

  /** Where the feed's events begin that it has not had; it is as far as the feed from here on. */
  private catchUp(): number {
    const { texts, round } = this.feed;
    const from = this.round === round ? this.taken : 0;
    this.round = round;
    this.taken = texts.length;
    return from;
  }

  /** As nearly always: nothing else waits, and the client has read everything. */
  private sendFeed(): void {
    const { texts } = this.feed;
    const from = this.catchUp();
    const [first] = texts;
    // One frame is one write anyway.
    if (texts.length === 1 && first !== undefined) this.write(first, isEvent);
    else {
      this.socket.cork(() => {
        for (let at = from; at < texts.length && !this.ended; at += 1)
          this.write(texts[at] as string, isEvent);
      });
    }
  }

  /** Puts the feed's events behind what waits. */
  private takeFeed(): void {
    if (!this.isBehind()) return;
    const { texts, droppable } = this.feed;
    for (let at = this.catchUp(); at < texts.length && !this.ended; at += 1) {
      this.admit(texts[at] as string, droppable[at] === true);
    }
  }

  /** Queues an event; false where it is dropped, or ends a listener that is too slow. */
  private admit(text: string, droppable: boolean): boolean {
    if (this.backlogged || this.holding) {
      const events = this.eventBacklog;
      if (droppable && events > dropAbove) {
        this.options.shed("dropped-event");
        return false;
      }
      if (events > this.options.maxEventBytes) {
        this.endSlow();
        return false;
      }
      this.heldEventBytes += text.length;
    }
    this.queue(text, isEvent);
    return true;
  }

  private queue(text: string, kind: number): void {
    this.texts.push(text);
    this.kinds.push(kind);
  }

  private send(): void {
    const { texts, kinds } = this;
    for (let index = 0; index < texts.length; index += 1) {
      const kind = kinds[index] as number;
      if (kind === isAnswer && this.backlogged && this.socket.getBufferedAmount() > answersHeldAbove) {
        this.holding = true;
        this.texts = texts.slice(index);
        this.kinds = kinds.slice(index);
        return;
      }
      this.write(texts[index] as string, kind);
      if (this.ended) return;
    }
    texts.length = 0;
    kinds.length = 0;
    this.heldEventBytes = 0;
  }

  private write(text: string, kind: number): void {
    const sent = this.socket.send(text);
    if (sent === 0) {
      if (this.socket.readyState === 1) this.options.shed("lost-frame");
      this.lose();
      return;
    }
    if (sent === -1) this.backlogged = true;
    if (this.backlogged && kind === isAnswer) this.answerBytes += text.length;
  }

  /**
   * Bun keeps a socket that was closed with something in it, and all of that, for 16 s, and `terminate` does nothing
   * any more. So a close, with its reason, is only sent to a client that has read the rest.
   */
  private endSlow(): void {
    this.options.shed("slow-consumer");
    this.end();
    this.close = () => this.options.overflow("slow-consumer");
    this.wait();
  }

  private wait(): void {
    if (this.grace !== null) return;
    this.grace = setTimeout(() => this.lose(), this.options.graceMs ?? usualGraceMs);
    this.grace.unref();
  }

  private conclude(): void {
    if (this.grace !== null) clearTimeout(this.grace);
    this.grace = null;
    const { close } = this;
    this.close = null;
    close?.();
  }

  private lose(): void {
    this.end();
    this.close = null;
    this.options.overflow("lost-frame");
  }

  private end(): void {
    this.ended = true;
    this.feed = silence;
    this.texts = [];
    this.kinds = [];
  }
}
