import { Api } from "grammy/web";
import type { Host } from "../channel.ts";
import type { TelegramSettings } from "./settings.ts";

/** The Bot API of one bot. */
export interface TelegramApi {
  call: Api;
  /** Bytes of a file by the path that `getFile` gave. */
  download(path: string, signal: AbortSignal): Promise<Response>;
}

/** A signal as the library declares it, too: it knows one of a package of its own. */
export type ApiSignal = AbortSignal & NonNullable<Parameters<Api["getMe"]>[0]>;

/** An answer that is not the Bot API's: a page of a proxy, or of a server in trouble. */
export class ForeignAnswer extends Error {
  override readonly name = "ForeignAnswer";
  readonly status: number;

  constructor(status: number) {
    super(`the answer was no JSON (HTTP ${status})`);
    this.status = status;
  }
}

const officialRoot = "https://api.telegram.org";
/** Longer than any deadline of ours, so that ours decide. */
const neverSeconds = 3600;

/** Opens the API; asks nothing yet. Whatever is asked goes through the host's fetch, and nothing is tried twice. */
export function openApi(host: Host<TelegramSettings>, token: string): TelegramApi {
  const root = apiRootOf(host.settings);
  // The library makes its own bodies and deadlines; what it says of agents means nothing to Bun.
  const ask = async (address: string | URL | Request, options?: RequestInit): Promise<Response> => {
    const { method, headers, body, signal } = options ?? {};
    const answer = await host.fetch(address, {
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      redirect: "error",
    });
    if (isJson(answer)) return answer;
    await answer.body?.cancel();
    throw new ForeignAnswer(answer.status);
  };
  const call = new Api(token, {
    apiRoot: root,
    timeoutSeconds: neverSeconds,
    fetch: Object.assign(ask, { preconnect: () => {} }),
  });
  return {
    call,
    download: (path, signal) => {
      const safe = path.split("/").map(encodeURIComponent).join("/");
      return host.fetch(`${root}/file/bot${token}/${safe}`, { signal, redirect: "error" });
    },
  };
}

/** Where the Bot API answers, without a slash at the end. */
export function apiRootOf(settings: TelegramSettings): string {
  return (settings.apiRoot ?? officialRoot).replace(/\/+$/, "");
}

function isJson(answer: Response): boolean {
  return /\bjson\b/i.test(answer.headers.get("content-type") ?? "");
}

/** A signal that aborts with another one or after a while, whichever comes first. Disposing of it ends the wait. */
export function deadline(
  { clock }: Pick<Host, "clock">,
  ms: number,
  signal: AbortSignal,
): Disposable & { signal: ApiSignal } {
  const over = new AbortController();
  const done = new AbortController();
  const abort = () => over.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  void clock.sleep(ms, done.signal).then(() => {
    if (!done.signal.aborted) over.abort(new DOMException(`no answer within ${ms / 1000} s`, "TimeoutError"));
  });
  return {
    signal: over.signal as ApiSignal,
    [Symbol.dispose]() {
      done.abort();
      signal.removeEventListener("abort", abort);
    },
  };
}
