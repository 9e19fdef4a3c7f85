import type { Socket } from "bun";
import { createFrameReader, type FrameKind, pongFrame, textFrame } from "./frame-reader.ts";
import type { Subject } from "./subject.ts";

export interface CrowdOptions {
  count: number;
  /** A `ui` client stands in the presence list, a `cli` client does not. */
  mode: "cli" | "ui";
  scopes?: readonly string[];
}

/** Clients that speak just enough WebSocket to be served, from prepared bytes. */
export interface Crowd extends Disposable {
  readonly clients: readonly Client[];
  /** Frames of a kind that came to any of the clients. */
  count(kind: FrameKind): number;
  /** Resolves when so many more of a kind have come; rejects when they do not come, or a client is refused. */
  more(kind: FrameKind, count: number): Promise<void>;
  /** Bytes of the latest frame of a kind. */
  bytes(kind: FrameKind): number;
  /** Resolves when nothing has come to anybody for a while. */
  quiet(forMs?: number): Promise<void>;
  /** Is called with every answer, by who got it; the last one set counts. */
  onAnswer(handler: (client: Client) => void): void;
}

export interface Client {
  send(frame: Buffer): void;
  /** Reads nothing more from now on. */
  pause(): void;
}

const waitTimeoutMs = 60_000;

/** Connects all of them in one instant; resolves when every one has its hello-ok. */
export async function openCrowd(subject: Subject, options: CrowdOptions): Promise<Crowd> {
  const crowd = connectAll(subject, options);
  try {
    await crowd.more("hello", options.count);
    return crowd;
  } catch (error) {
    crowd[Symbol.dispose]();
    throw error;
  }
}

let made = 0;

function connectAll(
  { port, key }: Subject,
  { count, mode, scopes = ["operator.read"] }: CrowdOptions,
): Crowd {
  const counts = new Map<FrameKind, number>();
  const sizes = new Map<FrameKind, number>();
  const clients: (Client & { socket: Socket | null })[] = [];
  const upgrade = upgradeRequest(port);
  let waiting: {
    kind: FrameKind;
    until: number;
    resolve: () => void;
    reject: (error: Error) => void;
  } | null = null;
  let answered: ((client: Client) => void) | null = null;
  let lastFrameAt = performance.now();
  let over = false;

  function fail(why: string): void {
    waiting?.reject(new Error(why));
    waiting = null;
  }

  function came(kind: FrameKind, bytes: number): void {
    const total = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, total);
    sizes.set(kind, bytes);
    if (waiting?.kind === kind && total >= waiting.until) {
      waiting.resolve();
      waiting = null;
    }
    if (kind === "refusal") fail("a request was refused");
    if (kind === "close") fail("a client was sent away");
  }

  for (let index = 0; index < count; index += 1) {
    made += 1;
    const introduction = connectFrame(mode, `bench-${made}`, scopes, key);
    let upgraded = false;
    const client = {
      socket: null as Socket | null,
      send(frame: Buffer) {
        if (client.socket?.write(frame) !== frame.length) fail("a request did not fit into the socket");
      },
      pause: () => client.socket?.pause(),
    };
    clients.push(client);
    const read = createFrameReader((kind, bytes) => {
      if (kind === "challenge") client.send(introduction);
      if (kind === "ping") client.send(pongFrame);
      came(kind, bytes);
      if (kind === "answer") answered?.(client);
    });
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          client.socket = socket;
          client.send(upgrade);
        },
        data(_socket, chunk) {
          lastFrameAt = performance.now();
          if (upgraded) {
            read(chunk);
            return;
          }
          // The response comes in one piece: it is small and the first thing on the connection.
          const end = chunk.indexOf("\r\n\r\n");
          if (end === -1 || !chunk.toString("latin1", 0, 12).endsWith(" 101")) {
            fail(`the upgrade was answered: ${chunk.toString("latin1", 0, 100)}`);
            return;
          }
          upgraded = true;
          if (end + 4 < chunk.length) read(chunk.subarray(end + 4));
        },
        close: () => (over ? undefined : fail("a connection was closed by the server")),
        error: (_socket, error) => fail(error.message),
      },
    }).catch((error: Error) => fail(`cannot connect: ${error.message}`));
  }

  return {
    clients,
    count: (kind) => counts.get(kind) ?? 0,
    bytes: (kind) => sizes.get(kind) ?? 0,
    more(kind, more) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const until = (counts.get(kind) ?? 0) + more;
      waiting = { kind, until, resolve, reject };
      const late = setTimeout(() => {
        fail(`${counts.get(kind) ?? 0} of ${until} frames "${kind}" came within ${waitTimeoutMs / 1000} s`);
      }, waitTimeoutMs);
      return promise.finally(() => clearTimeout(late));
    },
    async quiet(forMs = 400) {
      for (;;) {
        const left = lastFrameAt + forMs - performance.now();
        if (left <= 0) return;
        await Bun.sleep(left);
      }
    },
    onAnswer(handler) {
      answered = handler;
    },
    [Symbol.dispose]() {
      over = true;
      for (const client of clients) client.socket?.terminate();
    },
  };
}

/** A request other than the connect, ready to be sent. */
export function requestFrame(method: string, params: Record<string, unknown> = {}): Buffer {
  return textFrame(JSON.stringify({ type: "req", id: "q0", method, params }));
}

function connectFrame(
  mode: "cli" | "ui",
  name: string,
  scopes: readonly string[],
  key: string | null,
): Buffer {
  const client = { id: "bench", version: "1.0.0", platform: "linux", mode, instanceId: name };
  const auth = key === null ? {} : { auth: { token: key } };
  const params = { minProtocol: 3, maxProtocol: 4, client, role: "operator", scopes, ...auth };
  return textFrame(JSON.stringify({ type: "req", id: "c0", method: "connect", params }));
}

function upgradeRequest(port: number): Buffer {
  const lines = [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}
