/** Without a signal of the caller's own, the answer's headers must have come within this. */
const patienceMs = 60_000;
/** With one as well: nothing waits for ever. */
const longestMs = 600_000;

export interface FetchOptions {
  /** Null: as the environment says, else directly. */
  proxy: string | null;
  /** Ends everything under way. */
  signal: AbortSignal;
  fetch?: typeof fetch;
}

/** Asks through the account's proxy, and gives up when no answer comes. */
export function createFetch({ proxy, signal, fetch: ask = fetch }: FetchOptions): typeof fetch {
  const asked = async (input: string | URL | Request, init: BunFetchRequestInit = {}): Promise<Response> => {
    const deadline = new AbortController();
    const own = init.signal ?? (input instanceof Request ? input.signal : null);
    const ms = init.signal == null ? patienceMs : longestMs;
    const timer = setTimeout(() => {
      deadline.abort(new DOMException(`no answer within ${ms / 1000} s`, "TimeoutError"));
    }, ms);
    try {
      return await ask(input, {
        ...init,
        ...(proxy === null ? {} : { proxy }),
        signal: AbortSignal.any([signal, deadline.signal, ...(own == null ? [] : [own])]),
      });
    } finally {
      clearTimeout(timer);
    }
  };
  return Object.assign(asked, { preconnect: ask.preconnect });
}
