/** Bytes that may wait for a reader before the stream is given up; what ends a stream is not counted. */
const maxWaitingBytes = 1024 * 1024;

/** One event of a stream without a name. */
export function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** One event of a stream with a name. */
export function named(name: string, value: object): string {
  return `event: ${name}\n${data(value)}`;
}

export const done = "data: [DONE]\n\n";

/** Says nothing, and keeps a connection from looking dead to what lies between. */
export const stillHere = ": still here\n\n";

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  send(texts: readonly string[]): void;
  /** Sends the last of it, however much waits. */
  finish(texts: readonly string[]): void;
}

/**
 * A body that is handed on as fast as the reader takes it. Pulled, since Bun buffers without end what is pushed;
 * `gone` is called once, when the reader left or reads so slowly that too much waits for it.
 */
export function createEventStream(gone: (why: "left" | "slow") => void): EventStream {
  const encoder = new TextEncoder();
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  let isGone = false;
  let wake: () => void = () => {};

  function leave(why: "left" | "slow"): void {
    if (isGone) return;
    isGone = true;
    waiting = [];
    wake();
    gone(why);
  }

  function add(texts: readonly string[]): void {
    for (const text of texts) {
      const chunk = encoder.encode(text);
      bytes += chunk.byteLength;
      waiting.push(chunk);
    }
    wake();
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (waiting.length === 0 && !ended && !isGone) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        if (isGone) {
          controller.error(new Error("the reader is too slow"));
          return;
        }
        for (const chunk of waiting) controller.enqueue(chunk);
        waiting = [];
        bytes = 0;
        if (ended) controller.close();
      },
      cancel: () => leave("left"),
    },
    { highWaterMark: 0 },
  );

  return {
    body,
    send(texts) {
      if (ended || isGone) return;
      add(texts);
      if (bytes > maxWaitingBytes) leave("slow");
    },
    finish(texts) {
      if (ended || isGone) return;
      ended = true;
      add(texts);
    },
  };
}
