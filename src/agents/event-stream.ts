/** Server-sent events as their data, in the batches in which the socket brings them. */
export interface EventReader {
  /** The events that have come since the last time, perhaps none that is whole; null at the end. */
  read(): Promise<readonly string[] | null>;
  /** Ends the stream and a read that waits. */
  cancel(): void;
}

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
    const all = rest + text;
    let from = 0;
    for (let end = all.indexOf("\n"); end !== -1; end = all.indexOf("\n", from)) {
      const line = all.slice(from, all.charCodeAt(end - 1) === 13 ? end - 1 : end);
      from = end + 1;
      if (line === "") {
        if (data !== null) events.push(data);
        data = null;
      } else if (line.startsWith("data:")) {
        const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
        data = data === null ? value : `${data}\n${value}`;
      }
    }
    rest = from === 0 ? all : all.slice(from);
    if (rest.length > mostChars) throw new Error("an event of the server has no end");
    return events;
  }

  return {
    async read() {
      const { done, value } = await reader.read();
      if (!done) return take(decoder.decode(value, { stream: true }));
      // A last event may lack the empty line that ends the others.
      const last = take(`${decoder.decode()}\n\n`);
      return last.length === 0 ? null : last;
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}
