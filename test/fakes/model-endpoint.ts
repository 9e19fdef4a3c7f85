import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { failureFor, limitOf } from "./model-limits.ts";
import {
  anthropicWire,
  type FakeCall,
  openAiWire,
  responsesWire,
  type Wire,
  type WireRequest,
} from "./model-wire.ts";

/**
 * How the next requests are answered:
 * - `normal`: the whole reply, word by word, `paceMs` apart.
 * - `paced`: headers at once, then only the words that the test releases.
 * - `slow`: not even headers before the test releases something; then like `normal`.
 * - `cut`: half of the words, then the socket is destroyed. `cut-clean` ends the stream properly, but unfinished.
 * - `trouble`: half of the words, then an error inside the stream.
 * - `malformed`: half of the words, then something that isn't JSON. `not-sse`: a page of HTML with status 200.
 * - `empty`: a proper answer without a word. `length`: cut by the output limit, as every answer with more words than the request allows. `filtered`: the model declines.
 * - the others: the error that the APIs send.
 */
export type EndpointMode =
  | "normal"
  | "paced"
  | "slow"
  | "cut"
  | "cut-clean"
  | "trouble"
  | "malformed"
  | "not-sse"
  | "empty"
  | "length"
  | "filtered"
  | "unauthorized"
  | "rate-limited"
  | "no-credit"
  | "not-found"
  | "too-long"
  | "broken"
  | "bad-request";

export interface ChatTurn {
  role: string;
  /** The text of it; images are left out. */
  content: string;
}

type Api = "openai" | "responses" | "anthropic";

export interface EndpointRequest {
  api: Api;
  path: string;
  headers: Record<string, string>;
  /** As it came. */
  body: Record<string, unknown>;
  model: string;
  system: string;
  messages: ChatTurn[];
  /** The client went away before the reply was complete. */
  aborted: boolean;
  done: boolean;
}

export interface EndpointOptions {
  /** Default: an echo. Gets the conversation without the system text. */
  reply?: (messages: ChatTurn[], request: EndpointRequest) => string;
  /** What it calls after its words, and nothing else where the reply is empty; default nothing. */
  calls?: (request: EndpointRequest) => FakeCall[];
  /** Calls come as some small servers send them: each at once, all numbered 0, without ids, and finished by `stop`. */
  wholeCalls?: boolean;
  mode?: EndpointMode;
  /** Between two words; default 0, which still sends every word as an event of its own. */
  paceMs?: number;
  /** What it "thinks" before the first word. */
  reasoning?: string;
  /** For `rate-limited`; default 7. Null sends no header. */
  retryAfterSeconds?: number | null;
  /** The window in characters of all messages and the system text; more is refused as too long. */
  contextChars?: number;
  /** Keys of a body that are refused by name, as models refuse what they know no use for. */
  refuses?: string[];
  /** Calls that come back without what was thought before them, or signed with them, are refused. */
  wantsThoughts?: boolean;
  /** The one key that is let in; any, and none, where this is absent or empty. */
  key?: string;
  /** What `GET /v1/models` lists; default `fake-model`. Other names are answered all the same. */
  models?: string[];
  port?: number;
}

export interface ModelEndpoint extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`: what Anthropic-style configs take as baseUrl. */
  url: string;
  /** `url` with `/v1`: what OpenAI-style configs take as baseUrl. */
  baseUrl: string;
  port: number;
  /** Every chat request so far, oldest first. */
  requests: EndpointRequest[];
  setMode(mode: EndpointMode): void;
  setReply(reply: (messages: ChatTurn[], request: EndpointRequest) => string): void;
  /** Lets this many more words go, now or later (default: all from now on). In `slow` one lets a reply begin. */
  release(words?: number): void;
  /** The nth chat request (default: the first) once it has come; rejects after five seconds. */
  waitForRequest(nth?: number): Promise<EndpointRequest>;
  /** The nth request whose client went away early, once it has; rejects after five seconds. */
  waitForAbort(nth?: number): Promise<EndpointRequest>;
  close(): Promise<void>;
}

/** A small model server on 127.0.0.1: OpenAI chat completions and responses, Anthropic Messages, and `GET /v1/models`. */
export async function startModelEndpoint(options: EndpointOptions = {}): Promise<ModelEndpoint> {
  let mode = options.mode ?? "normal";
  let reply = options.reply ?? echo;
  let credits = 0;
  const requests: EndpointRequest[] = [];
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };

  const server = createServer((incoming, response) => {
    void handle(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(incoming.url ?? "/", "http://fake").pathname;
    const given = incoming.headers["x-api-key"] ?? incoming.headers.authorization?.replace(/^Bearer /, "");
    const isStranger = Boolean(options.key) && given !== options.key;
    if (incoming.method === "GET" && path.endsWith("/models")) {
      if (isStranger) {
        sendJson(response, 401, {
          error: { message: "Incorrect API key provided.", code: "invalid_api_key" },
        });
        return;
      }
      const listed = (options.models ?? ["fake-model"]).map((id) => ({
        id,
        object: "model",
        owned_by: "fake",
      }));
      sendJson(response, 200, { object: "list", data: listed });
      return;
    }
    const api = apiAt(path);
    if (api === null || incoming.method !== "POST") {
      sendJson(response, 404, {
        error: { message: `no route ${incoming.method} ${path}`, type: "not_found" },
      });
      return;
    }
    const request = await readRequest(api, path, incoming);
    requests.push(request);
    const wire = wires[api]();
    response.on("close", () => {
      request.aborted = !request.done;
      changed();
    });
    changed();
    await respond(isStranger ? "unauthorized" : mode, request, wire, response);
  }

  async function respond(
    how: EndpointMode,
    request: EndpointRequest,
    wire: Wire,
    response: ServerResponse,
  ): Promise<void> {
    const failure = failureFor(how, request, options);
    if (failure !== undefined) {
      const retryAfter = options.retryAfterSeconds === undefined ? 7 : options.retryAfterSeconds;
      if (how === "rate-limited" && retryAfter !== null)
        response.setHeader("retry-after", String(retryAfter));
      request.done = true;
      sendJson(response, failure.status, wire.failure(failure.kind, failure.message(request)));
      return;
    }
    if (how === "not-sse") {
      request.done = true;
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Welcome</title>");
      return;
    }
    const goneOr = (condition: () => boolean) => waitFor(() => response.destroyed || condition());
    const credit = async () => {
      await goneOr(() => credits > 0);
      credits -= 1;
    };
    if (how === "slow") await credit();
    if (response.destroyed) return;
    const calls = options.calls?.(request) ?? [];
    const whole = how === "empty" || how === "filtered" ? [] : toWords(reply(request.messages, request));
    const limit = limitOf(request.body) - toWords(options.reasoning ?? "").length;
    const isCut = how === "length" || whole.length > limit;
    const words = whole.slice(0, Math.max(0, limit));
    const facts = {
      model: request.model,
      inputTokens: toWords(request.messages.map(({ content }) => content).join(" ")).length,
      outputTokens: words.length,
      finish: finishOf(isCut ? "length" : how, calls.length > 0 && options.wholeCalls !== true),
    } as const;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    for (const event of wire.open(facts)) response.write(event);
    for (const word of toWords(options.reasoning ?? "")) response.write(wire.reasoning(word));
    for (const event of wire.turn()) response.write(event);
    const isHalf = how === "cut" || how === "cut-clean" || how === "trouble" || how === "malformed";
    const count = isHalf ? Math.ceil(words.length / 2) : words.length;
    for (const word of words.slice(0, count)) {
      if (how === "paced") await credit();
      else if ((options.paceMs ?? 0) > 0) await Bun.sleep(options.paceMs ?? 0);
      if (response.destroyed) return;
      response.write(wire.text(word));
    }
    for (const event of wire.calls(calls, options.wholeCalls === true)) response.write(event);
    request.done = true;
    if (how === "cut") {
      // The words must be on their way before the socket goes, or the client would never see them.
      await Bun.sleep(20);
      response.destroy();
    } else if (how === "cut-clean") response.end();
    else if (how === "trouble") response.end(wire.trouble("Overloaded"));
    else if (how === "malformed") response.end('data: {"choices": [{"delta": oops\n\n');
    else response.end(wire.close(facts).join(""));
  }

  function waitFor(condition: () => boolean, patienceMs?: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer =
        patienceMs === undefined
          ? undefined
          : setTimeout(
              () => finish(() => reject(new Error("the model endpoint waited in vain"))),
              patienceMs,
            );
      const finish = (settle: () => void) => {
        watchers.delete(look);
        clearTimeout(timer);
        settle();
      };
      const look = () => {
        if (condition()) finish(resolve);
      };
      watchers.add(look);
    });
  }

  async function nth(pick: () => EndpointRequest[], count: number): Promise<EndpointRequest> {
    await waitFor(() => pick().length >= count, 5_000);
    const found = pick()[count - 1];
    if (found === undefined) throw new Error(`the model endpoint has no request ${count}`);
    return found;
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url,
    baseUrl: `${url}/v1`,
    port,
    requests,
    setMode: (next) => {
      mode = next;
    },
    setReply: (next) => {
      reply = next;
    },
    release(words = Number.POSITIVE_INFINITY) {
      credits += words;
      changed();
    },
    waitForRequest: (count = 1) => nth(() => requests, count),
    waitForAbort: (count = 1) => nth(() => requests.filter(({ aborted }) => aborted), count),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function finishOf(how: EndpointMode, calls: boolean): WireRequest["finish"] {
  if (how === "length") return "length";
  if (how === "filtered") return "content_filter";
  return calls ? "tool_calls" : "stop";
}

const wires: Record<Api, () => Wire> = {
  openai: openAiWire,
  responses: responsesWire,
  anthropic: anthropicWire,
};

function apiAt(path: string): Api | null {
  if (path.endsWith("/chat/completions")) return "openai";
  if (path.endsWith("/responses")) return "responses";
  return path.endsWith("/messages") ? "anthropic" : null;
}

async function readRequest(api: Api, path: string, incoming: IncomingMessage): Promise<EndpointRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  const sent = api === "responses" ? body.input : body.messages;
  const all = (Array.isArray(sent) ? sent : []).map(
    ({ role, content }: { role: string; content: unknown }) => ({ role, content: textOf(content) }),
  );
  const system = all.filter(({ role }) => role === "system").map(({ content }) => content);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    api,
    path,
    headers: Object.fromEntries(headers),
    body,
    model: String(body.model),
    system: [...system, textOf(api === "responses" ? body.instructions : body.system)]
      .filter((text) => text !== "")
      .join("\n"),
    messages: all.filter(({ role }) => role !== "system"),
    aborted: false,
    done: false,
  };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("");
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Pieces as a model would stream them; joined they are the text again. */
function toWords(text: string): string[] {
  return text.match(/\s*[\p{sc=Han}，。！？]{1,2}|\s*[^\s\p{sc=Han}，。！？]+|\s+/gu) ?? [];
}

function echo(messages: ChatTurn[]): string {
  return `You said: ${messages.at(-1)?.content ?? "nothing"}`;
}

const lorem =
  "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris.\n\n- a **bold** point\n- `code`, and a [link](https://example.com)\n\n```ts\nconst answer = 42;\n```\n";

if (import.meta.main) {
  const option = (name: string): string | undefined => {
    const at = Bun.argv.indexOf(`--${name}`);
    return at === -1 ? undefined : Bun.argv[at + 1];
  };
  const endpoint = await startModelEndpoint({
    port: Number(option("port") ?? 0),
    paceMs: Number(option("pace") ?? 40),
    mode: (option("mode") ?? "normal") as EndpointMode,
    reply: (messages) => `${echo(messages)}\n\n${lorem}`,
  });
  console.log(endpoint.baseUrl);
}
