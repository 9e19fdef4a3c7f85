import type { Socket } from "bun";
import { connectFrame, type Frame } from "./raw-socket.ts";

/** A WebSocket client on a bare TCP socket, which can stop reading and never answers a ping. */
export interface MutePeer extends Disposable {
  send(frame: Frame): void;
  /** Stops taking anything from the network. */
  stopReading(): void;
  resumeReading(): void;
  /** Resolves when what was received satisfies the condition; rejects when the connection ends before. */
  until(condition: () => boolean): Promise<void>;
  /** Resolves when the gateway has ended the connection. */
  readonly ended: Promise<void>;
  /** The bytes that have come so far. */
  received(): number;
}

/** Connects, upgrades, sends connect and waits for hello-ok. */
export async function openMutePeer(port: number, params: Frame = {}): Promise<MutePeer> {
  const ended = Promise.withResolvers<void>();
  const upgraded = Promise.withResolvers<void>();
  const greeted = Promise.withResolvers<void>();
  let text = "";
  let bytes = 0;
  let awaited: { condition: () => boolean; resolve: () => void; reject: (error: Error) => void } | null =
    null;
  const over = () => {
    ended.resolve();
    awaited?.reject(new Error(`the connection ended after ${bytes} bytes`));
  };
  const socket: Socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(_, chunk) {
        bytes += chunk.length;
        if (text.length < 100_000) text += chunk.toString("latin1");
        if (text.includes("\r\n\r\n")) upgraded.resolve();
        if (text.includes("hello-ok")) greeted.resolve();
        if (awaited?.condition()) awaited.resolve();
      },
      close: over,
      error: over,
    },
  });
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await upgraded.promise;
  const send = (frame: Frame) => void socket.write(masked(JSON.stringify(frame)));
  send(connectFrame(params));
  await greeted.promise;
  return {
    send,
    stopReading: () => void socket.pause(),
    resumeReading: () => void socket.resume(),
    until(condition) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        awaited = { condition, resolve, reject };
      });
    },
    ended: ended.promise,
    received: () => bytes,
    [Symbol.dispose]: () => socket.terminate(),
  };
}

function masked(text: string): Uint8Array {
  const body = Buffer.from(text);
  const head =
    body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0xfe, body.length >> 8, body.length & 255];
  // A mask of zeros leaves the body as it is.
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}
