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

/**
 * Everything that leaves on one socket, in order. Events of one loop turn leave as one write. A listener that does
 * not keep up is bounded: deltas are dropped, anything else beyond the bound ends the connection. Answers are not
 * counted against that bound: a large honest answer waits for the client to read.
 */
export interface Outgoing {
  answer(text: string): void;
  /** Queues an event; false when it was dropped because the listener is slow. */
  event(text: string, droppable: boolean): boolean;
  flush(): void;
  /** The socket took what was waiting in it. */
  drained(): void;
  /** Whether the client should read before more work is done for it. */
  readonly congested: boolean;
  /** Bytes of events that wait for the client to read. */
  readonly eventBacklog: number;
  /** Ends the connection at once and lets go of what waits: there is no room for it. */
  cut(): void;
}

export function createOutgoing(socket: ServerWebSocket<unknown>, options: OutgoingOptions): Outgoing {
  let texts: string[] = [];
  let kinds: number[] = [];
  let scheduled = false;
  let backlogged = false;
  let holding = false;
  let ended = false;
  /** Bytes of answers that were sent since the socket was last empty. */
  let answerBytes = 0;
  let heldEventBytes = 0;
  /** Runs while a slow client may still read. */
  let grace: ReturnType<typeof setTimeout> | null = null;

  function end(): void {
    ended = true;
    texts = [];
    kinds = [];
  }

  function lose(): void {
    end();
    options.overflow("lost-frame");
  }

  /**
   * Bun keeps a socket that was closed with something in it, and all of that, for 16 s, and `terminate` does nothing
   * any more. So a close, with its reason, is only sent to a client that has read the rest.
   */
  function endSlow(): void {
    options.shed("slow-consumer");
    end();
    grace = setTimeout(lose, options.graceMs ?? usualGraceMs);
    grace.unref();
  }

  function eventBacklog(): number {
    return backlogged || holding ? socket.getBufferedAmount() - answerBytes + heldEventBytes : 0;
  }

  function write(text: string, kind: number): void {
    const sent = socket.send(text);
    if (sent === 0) {
      if (socket.readyState === 1) options.shed("lost-frame");
      lose();
      return;
    }
    if (sent === -1) backlogged = true;
    if (backlogged && kind === isAnswer) answerBytes += text.length;
  }

  const outgoing: Outgoing = {
    answer(text) {
      if (ended) return;
      if (texts.length === 0 && !holding && !(backlogged && socket.getBufferedAmount() > answersHeldAbove)) {
        write(text, isAnswer);
        return;
      }
      texts.push(text);
      kinds.push(isAnswer);
      // An answer is waited for: it takes along the events before it.
      if (!holding) outgoing.flush();
    },
    event(text, droppable) {
      if (ended) return false;
      if (backlogged || holding) {
        const events = eventBacklog();
        if (droppable && events > dropAbove) {
          options.shed("dropped-event");
          return false;
        }
        if (events > options.maxEventBytes) {
          endSlow();
          return false;
        }
        heldEventBytes += text.length;
      }
      texts.push(text);
      kinds.push(isEvent);
      schedule();
      return true;
    },
    flush() {
      scheduled = false;
      if (ended || texts.length === 0) return;
      // One frame is one write anyway.
      if (texts.length === 1) send();
      else socket.cork(send);
    },
    drained() {
      if (socket.getBufferedAmount() === 0) {
        backlogged = false;
        answerBytes = 0;
        if (grace !== null) {
          clearTimeout(grace);
          grace = null;
          options.overflow("slow-consumer");
        }
      }
      if (holding && socket.getBufferedAmount() <= answersHeldAbove / 2) {
        holding = false;
        outgoing.flush();
      }
    },
    get congested() {
      return holding || (backlogged && socket.getBufferedAmount() > answersHeldAbove / 2);
    },
    get eventBacklog() {
      return eventBacklog();
    },
    cut() {
      options.shed("slow-consumer");
      lose();
    },
  };

  function send(): void {
    for (let index = 0; index < texts.length; index += 1) {
      const text = texts[index] as string;
      const kind = kinds[index] as number;
      if (kind === isAnswer && backlogged && socket.getBufferedAmount() > answersHeldAbove) {
        holding = true;
        texts = texts.slice(index);
        kinds = kinds.slice(index);
        return;
      }
      write(text, kind);
      if (ended) return;
    }
    texts.length = 0;
    kinds.length = 0;
    heldEventBytes = 0;
  }

  function schedule(): void {
    if (scheduled || holding) return;
    scheduled = true;
    options.schedule(outgoing);
  }

  return outgoing;
}
