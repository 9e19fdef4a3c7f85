import type { RunEvent } from "./runtime.ts";

/** Takes events from a loop and hands them to the one reader that there is, in order. */
export interface EventPipe {
  push(event: RunEvent): void;
  /** Nothing comes after this. */
  end(): void;
  readonly reader: AsyncIterableIterator<RunEvent>;
}

/** `onLeave` is called when the reader walks away before the end. */
export function createEventPipe(onLeave: () => void): EventPipe {
  const queue: RunEvent[] = [];
  let head = 0;
  let waiting: ((result: IteratorResult<RunEvent>) => void) | null = null;
  let ended = false;

  const over: IteratorResult<RunEvent> = { done: true, value: undefined };

  function settle(): void {
    if (waiting === null) return;
    const event = take();
    if (event === undefined && !ended) return;
    const resolve = waiting;
    waiting = null;
    resolve(event === undefined ? over : { done: false, value: event });
  }

  function take(): RunEvent | undefined {
    const event = queue[head];
    if (event === undefined) return undefined;
    head += 1;
    if (head === queue.length) {
      queue.length = 0;
      head = 0;
    }
    return event;
  }

  const reader: AsyncIterableIterator<RunEvent> = {
    next() {
      const event = take();
      if (event !== undefined) return Promise.resolve({ done: false, value: event });
      if (ended) return Promise.resolve(over);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    return() {
      if (!ended) {
        ended = true;
        onLeave();
      }
      queue.length = 0;
      head = 0;
      return Promise.resolve(over);
    },
    [Symbol.asyncIterator]: () => reader,
  };

  return {
    push(event) {
      if (ended) return;
      queue.push(event);
      settle();
    },
    end() {
      ended = true;
      settle();
    },
    reader,
  };
}
