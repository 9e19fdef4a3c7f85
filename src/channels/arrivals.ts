/** What arrives, for one reader that takes it in its own time; more than `most` unread ends it. */
export interface Arrivals<T> extends AsyncIterable<T> {
  /** False where the reader is so far behind that nothing more is taken. */
  add(item: T): boolean;
  /** What is there is still read; then it is over. */
  end(): void;
}

export function createArrivals<T>(most: number): Arrivals<T> {
  const items: T[] = [];
  let over = false;
  let wake: (() => void) | null = null;
  const awaken = () => {
    wake?.();
    wake = null;
  };
  return {
    add(item) {
      if (over || items.length >= most) return false;
      items.push(item);
      awaken();
      return true;
    },
    end() {
      over = true;
      awaken();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (over) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
