import { createArrivals } from "./arrivals.ts";
import type { ManagedSocket } from "./channel.ts";

export interface SocketOptions {
  headers?: Record<string, string>;
  pingMs?: number;
  /** Null: as the environment says, else directly. */
  proxy: string | null;
  /** Ends the socket. */
  signal: AbortSignal;
  /** How long the connection may take to be there. */
  connectMs?: number;
}

const connectPatienceMs = 20_000;
const standardPingMs = 25_000;
/** Unread messages beyond this end the socket: its reader does not read. */
const mostUnread = 10_000;

/** Opens a socket that pings, and that is ended when neither an answer nor anything else came for two pings. */
export async function openSocket(url: string, options: SocketOptions): Promise<ManagedSocket> {
  const { proxy, signal, headers, pingMs = standardPingMs, connectMs = connectPatienceMs } = options;
  signal.throwIfAborted();
  // The browser's types stand in the way of what Bun's own constructor takes.
  const arrange = {
    ...(headers === undefined ? {} : { headers }),
    ...(proxy === null ? {} : { proxy }),
  } as unknown as string[];
  const socket = new WebSocket(url, arrange) as WebSocket & Bun.WebSocket;
  socket.binaryType = "arraybuffer";
  const messages = createArrivals<string | Uint8Array>(mostUnread);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  let heardAt = performance.now();
  let pinging: Timer | undefined;
  const heard = () => {
    heardAt = performance.now();
  };

  function end(code: number, reason: string): void {
    clearTimeout(late);
    clearInterval(pinging);
    signal.removeEventListener("abort", leave);
    messages.end();
    opened.reject(new Error(`the socket did not open: ${reason || `code ${code}`}`));
    closed.resolve({ code, reason });
  }
  /** Without waiting for a farewell that cannot come. */
  function drop(reason: string): void {
    end(1006, reason);
    socket.terminate();
  }
  const leave = () => drop("the account is closed");
  const late = setTimeout(() => drop(`not connected within ${connectMs / 1000} s`), connectMs);
  signal.addEventListener("abort", leave, { once: true });

  socket.addEventListener("open", () => {
    clearTimeout(late);
    heard();
    pinging = setInterval(() => {
      if (performance.now() - heardAt > 2 * pingMs) drop("no answer to pings");
      else socket.ping();
    }, pingMs);
    opened.resolve();
  });
  socket.addEventListener("message", ({ data }) => {
    heard();
    const taken = messages.add(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    if (!taken) drop("its messages are not read");
  });
  socket.addEventListener("pong", heard);
  socket.addEventListener("ping", heard);
  socket.addEventListener("close", ({ code, reason }) => end(code, reason));
  socket.addEventListener("error", () => {
    // A close follows, and says more.
  });

  await opened.promise;
  return {
    send: (data) => void socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    messages,
    closed: closed.promise,
  };
}
