/** A WebSocket without manners: sends what it is told and remembers what comes. */
export interface RawSocket extends Disposable {
  readonly frames: Frame[];
  send(frame: object | string): void;
  /** The first frame, seen or still to come, that matches. */
  next(match: (frame: Frame) => boolean): Promise<Frame>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;
}

// biome-ignore lint/suspicious/noExplicitAny: raw frames are looked at as they come
export type Frame = Record<string, any>;

interface Options {
  headers?: Record<string, string>;
}

/** Resolves once the challenge is there. */
export async function openRaw(url: string, options: Options = {}): Promise<RawSocket> {
  const socket = new WebSocket(url, options as unknown as string[]);
  const frames: Frame[] = [];
  let waiting: {
    match: (frame: Frame) => boolean;
    resolve: (frame: Frame) => void;
    reject: (error: Error) => void;
  }[] = [];
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame;
    frames.push(frame);
    waiting = waiting.filter((each) => {
      if (!each.match(frame)) return true;
      each.resolve(frame);
      return false;
    });
  });
  socket.addEventListener("close", ({ code, reason }) => {
    closed.resolve({ code, reason });
    for (const each of waiting) each.reject(new Error(`closed ${code} ${reason}`));
    waiting = [];
  });
  const raw: RawSocket = {
    frames,
    socket,
    closed: closed.promise,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    next(match) {
      const found = frames.find(match);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => waiting.push({ match, resolve, reject }));
    },
    [Symbol.dispose]: () => socket.close(),
  };
  await raw.next((frame) => frame.event === "connect.challenge");
  return raw;
}

export function connectFrame(more: Frame = {}, client: Frame = {}): Frame {
  return {
    type: "req",
    id: "c1",
    method: "connect",
    params: {
      minProtocol: 3,
      maxProtocol: 3,
      client: { id: "cli", version: "dev", platform: "node", mode: "cli", ...client },
      ...more,
    },
  };
}

export const answerTo = (id: string) => (frame: Frame) => frame.type === "res" && frame.id === id;
