/** A queue between a callback and a loop; ends when it is told to, after what it still holds. */
export interface Stream<T> extends AsyncIterableIterator<T> {
  push(value: T): void;
  end(): void;
}

/** `left` is called once, when the reader breaks out of its loop or the stream is ended. */
export function createStream<T>(left: () => void): Stream<T> {
  const held: T[] = [];
  const readers: Array<(result: IteratorResult<T>) => void> = [];
  let open = true;

  function end(): void {
    if (!open) return;
    open = false;
    left();
    for (const reader of readers.splice(0)) reader({ done: true, value: undefined });
  }

  return {
    push(value) {
      if (!open) return;
      const reader = readers.shift();
      if (reader === undefined) held.push(value);
      else reader({ done: false, value });
    },
    end,
    next() {
      if (held.length > 0) return Promise.resolve({ done: false, value: held.shift() as T });
      if (!open) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => readers.push(resolve));
    },
    return() {
      held.length = 0;
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
