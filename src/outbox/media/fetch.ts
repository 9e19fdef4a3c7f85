import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { OutboundMedia } from "#src/channels/channel.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { isPublicAddress } from "./address.ts";
import { keepMedia } from "./keep.ts";
import { MediaRefusal, tooLarge } from "./refusal.ts";

export interface FetchOptions {
  directory: string;
  maxBytes: number;
  /** For all of it, redirects included. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Every address of a name. */
  lookup?: (host: string) => Promise<readonly string[]>;
  /** Whether something may be fetched from an address; a parameter so that a test can have servers. */
  allows?: (address: string) => boolean;
  /** Further certificates that are trusted. */
  ca?: string;
}

const mostRedirects = 3;

/**
 * Fetches a file that an agent or a client named, into the outbox's directory. Names are resolved once and the
 * connection goes to the address that was judged, so that no second answer can lead elsewhere; every redirect is
 * judged anew. Nothing of the gateway's own goes along: no proxy settings, no cookies, no credentials.
 */
export async function fetchMedia(url: string, options: FetchOptions): Promise<OutboundMedia> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  let next = parse(url, url);
  for (let hops = 0; ; hops += 1) {
    const response = await ask(next, options, signal);
    try {
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (status >= 300 && status < 400 && location !== undefined) {
        if (hops === mostRedirects)
          throw refused(url, {
            en: `redirects more than ${mostRedirects} times`,
            zh: `重定向超过 ${mostRedirects} 次`,
          });
        next = parse(location, url, next);
        continue;
      }
      if (status !== 200)
        throw refused(url, { en: `answers with status ${status}`, zh: `返回状态 ${status}` });
      const encoding = response.headers["content-encoding"] ?? "identity";
      if (encoding !== "identity") throw refused(url, { en: "is sent compressed", zh: "是压缩发送的" });
      if (Number(response.headers["content-length"] ?? 0) > options.maxBytes)
        throw tooLarge(shown(url), options.maxBytes);
      const fileName = decodeURIComponentSafely(next.pathname.split("/").at(-1) ?? "") || next.hostname;
      return await keepMedia(response as AsyncIterable<Uint8Array>, { ...options, fileName });
    } catch (error) {
      if (signal.aborted) throw tooSlow(url);
      if (error instanceof MediaRefusal) throw error;
      throw refused(url, { en: "broke off", zh: "传输中断" }, error);
    } finally {
      response.destroy();
    }
  }
}

function parse(text: string, asked: string, base?: URL): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw refused(asked, { en: "is no address of http or https", zh: "不是 http 或 https 地址" });
  if (url.username !== "" || url.password !== "")
    throw refused(asked, {
      en: "names a user or password, which is not sent",
      zh: "带有用户名或密码，不会发送",
    });
  return url;
}

async function ask(url: URL, options: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const address = await judged(url, options, signal);
  const isSecure = url.protocol === "https:";
  const { request } = isSecure ? await import("node:https") : await import("node:http");
  const host = bare(url.hostname);
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) =>
      reject(
        signal.aborted
          ? tooSlow(url.href)
          : refused(
              url.href,
              { en: `cannot be fetched (${reasonOf(error)})`, zh: `无法获取（${reasonOf(error)}）` },
              error,
            ),
      );
    const asking = request(
      {
        host: address,
        port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: "GET",
        headers: { host: url.host, accept: "*/*", "accept-encoding": "identity", "user-agent": "moltbot" },
        agent: false,
        signal,
        ...(isSecure && isIP(host) === 0 ? { servername: host } : {}),
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      },
      resolve,
    );
    asking.on("error", failed);
    asking.end();
  });
}

/** The address to connect to. A name that has any other than public ones is refused as a whole. */
async function judged(url: URL, options: FetchOptions, signal: AbortSignal): Promise<string> {
  const { allows = isPublicAddress, lookup = lookupAll } = options;
  const host = bare(url.hostname);
  const found = isIP(host) === 0 ? await raced(lookup(host), signal, url) : [host];
  const [first] = found;
  if (first === undefined)
    throw refused(url.href, {
      en: `cannot be fetched: there is no host ${host}`,
      zh: `无法获取：没有主机 ${host}`,
    });
  if (!found.every(allows))
    throw refused(url.href, {
      en: "lies in a private network, from which nothing is fetched",
      zh: "位于私有网络，不从那里获取文件",
    });
  return first;
}

async function raced(
  answer: Promise<readonly string[]>,
  signal: AbortSignal,
  url: URL,
): Promise<readonly string[]> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(tooSlow(url.href));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([answer.catch(() => []), promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function lookupAll(host: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function tooSlow(url: string): MediaRefusal {
  return refused(url, { en: "did not come in time", zh: "未能及时取得" });
}

/** Why nothing is taken from an address. */
function refused(url: string, { en, zh }: Sentence, cause?: unknown): MediaRefusal {
  return new MediaRefusal({ en: `${shown(url)} ${en}`, zh: `${shown(url)} ${zh}` }, { cause });
}

/** An address as it may stand in a sentence: without what may be secret in it. */
function shown(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return (parsed === null ? url : `${parsed.protocol}//${parsed.host}${parsed.pathname}`).slice(0, 200);
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : error instanceof Error ? error.message : String(error);
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
