import { type EventName, isEvent, type Payload } from "#protocol";
import type { EventFrame, StateVersion } from "#protocol/frames.ts";
import { createStream, type Stream } from "./stream.ts";

/** An event as it came, told apart by its name. */
export type GatewayEvent = {
  [E in EventName]: { event: E; payload: Payload<E>; seq?: number; stateVersion?: StateVersion };
}[EventName];

/** Numbers `expected` up to `received - 1` never came. */
export interface Gap {
  expected: number;
  received: number;
}

export interface Invalid {
  frame: unknown;
  problem: string;
}

/** What the one who connected wants to hear. */
export interface EventListeners {
  onEvent?: (event: GatewayEvent) => void;
  onGap?: (gap: Gap) => void;
  onInvalid?: (invalid: Invalid) => void;
}

type Handler = (payload: unknown) => void;

export interface Events {
  receive(frame: EventFrame): void;
  /** Ends every stream. */
  end(): void;
  subscribe: {
    <E extends EventName>(event: E, handler: (payload: Payload<E>) => void): () => void;
    <E extends EventName>(event: E): Stream<Payload<E>>;
  };
}

export function createEvents(
  checks: { event(name: string, payload: unknown): string | null },
  listeners: EventListeners,
): Events {
  const handlers = new Map<EventName, Set<Handler>>();
  const streams = new Set<Stream<unknown>>();
  let last: number | undefined;
  let ended = false;

  function count(seq: number | undefined): void {
    if (seq === undefined) return;
    const expected = last === undefined ? seq : last + 1;
    last = seq;
    if (seq > expected) listeners.onGap?.({ expected, received: seq });
  }

  function add(event: EventName, handler: Handler): () => void {
    const set = handlers.get(event) ?? new Set();
    handlers.set(event, set.add(handler));
    return () => set.delete(handler);
  }

  function subscribe<E extends EventName>(event: E, handler: (payload: Payload<E>) => void): () => void;
  function subscribe<E extends EventName>(event: E): Stream<Payload<E>>;
  function subscribe(event: EventName, handler?: Handler): (() => void) | Stream<unknown> {
    if (handler !== undefined) return add(event, (payload) => handler(payload));
    const stream: Stream<unknown> = createStream(() => {
      leave();
      streams.delete(stream);
    });
    const leave = add(event, stream.push);
    streams.add(stream);
    if (ended) stream.end();
    return stream;
  }

  return {
    receive(frame) {
      count(frame.seq);
      // A newer gateway may say things that this build has no name for.
      if (!isEvent(frame.event)) return;
      const problem = checks.event(frame.event, frame.payload);
      if (problem !== null) {
        listeners.onInvalid?.({ frame, problem });
        return;
      }
      listeners.onEvent?.(toEvent(frame));
      for (const handler of [...(handlers.get(frame.event) ?? [])]) handler(frame.payload);
    },
    end() {
      ended = true;
      for (const stream of [...streams]) stream.end();
    },
    subscribe,
  };
}

/** Only for a frame whose payload was checked. */
function toEvent(frame: EventFrame): GatewayEvent {
  const { type: _, ...event } = frame;
  return event as GatewayEvent;
}
