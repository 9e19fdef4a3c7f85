/** Server-sent events as their data, in the batches in which the socket brings them. */
export interface EventReader {
  /** The events that have come since the last time, perhaps none that is whole; null at the end. */
  read(): Promise<readonly string[] | null>;
  /** Ends the stream and a read that waits. */
  cancel(): void;
  /** After the last event: lets the stream end by itself, so that its connection serves the next question. */
  leave(): void;
}

/** How long, and for how much, the end of a stream is waited for after its last event. */
const leaveMs = 250;
const leaveBytes = 64 * 1024;

/** The longest event that is waited for. */
const mostChars = 8 * 1024 * 1024;

export function readEvents(response: Response): EventReader {
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  const decoder = new TextDecoder();
  /** What has come of a line that is not whole yet. */
  let rest = "";
  /** The data lines of an event that is not whole yet. */
  let data: string | null = null;

  function take(text: string): string[] {
    const events: string[] = [];
    const all = rest === "" ? text : rest + text;
    let from = 0;
    for (let next = all.indexOf("\n"); next !== -1; next = all.indexOf("\n", from)) {
      const end = next > from && all.charCodeAt(next - 1) === 13 ? next - 1 : next;
      if (end === from) {
        if (data !== null) events.push(data);
        data = null;
      } else if (all.startsWith("data:", from)) {
        const start = from + (all.charCodeAt(from + 5) === 32 ? 6 : 5);
        const value = all.slice(start, end);
        data = data === null ? value : `${data}\n${value}`;
      }
      from = next + 1;
    }
    rest = from === 0 ? all : all.slice(from);
    if (rest.length > mostChars) throw new Error("an event of the server has no end");
    return events;
  }

  const cancel = () => void reader.cancel().catch(() => {});

  async function readOff(): Promise<void> {
    for (let bytes = 0; bytes <= leaveBytes; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
    }
    cancel();
  }

  return {
    async read() {
      const { done, value } = await reader.read();
      if (!done) return take(decoder.decode(value, { stream: true }));
      // A last event may lack the empty line that ends the others.
      const last = take(`${decoder.decode()}\n\n`);
      return last.length === 0 ? null : last;
    },
    cancel,
    leave() {
      const late = setTimeout(cancel, leaveMs);
      void readOff()
        .catch(() => {})
        .finally(() => clearTimeout(late));
    },
  };
}
