/** A WebSocket client that frames by hand over a bare TCP socket, so that it can be as wrong as a test wants. */
import type { Socket } from "bun";

export interface WireFrame {
  fin: boolean;
  opcode: number;
  payload: Buffer;
}

export interface BareSocket extends Disposable {
  /** Frames that the gateway has sent. */
  readonly frames: WireFrame[];
  /** The head of the HTTP answer. */
  readonly head: string;
  write(bytes: Uint8Array | string): void;
  /** Stops taking anything from the network. */
  pause(): void;
  resume(): void;
  /** The first frame, seen or still to come, that matches; rejects when the connection ends before. */
  next(match: (frame: WireFrame) => boolean): Promise<WireFrame>;
  /** Resolves when the TCP connection has ended, with the close code that was sent: 1005 without one, 1006 without a close. */
  readonly ended: Promise<{ code: number; reason: string }>;
}

interface Waiting {
  match: (frame: WireFrame) => boolean;
  resolve: (frame: WireFrame) => void;
  reject: (error: Error) => void;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** An upgrade request as a client writes it, with headers changed or, where undefined, left out. */
export function upgradeRequest(port: number, headers: Record<string, string | undefined> = {}): string {
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** Connects over TCP and sends the text, an upgrade unless given; resolves once the answer's head is there. */
export async function openBare(port: number, request = upgradeRequest(port)): Promise<BareSocket> {
  const frames: WireFrame[] = [];
  let waiting: Waiting[] = [];
  const ended = Promise.withResolvers<{ code: number; reason: string }>();
  const answered = Promise.withResolvers<void>();
  let head = "";
  let left = Buffer.alloc(0);
  let over = false;

  function finish(): void {
    if (over) return;
    over = true;
    const close = frames.find(({ opcode }) => opcode === opcodes.close);
    const code = close === undefined ? 1006 : close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0);
    const reason = close?.payload.subarray(2).toString("utf8") ?? "";
    answered.resolve();
    ended.resolve({ code, reason });
    for (const each of waiting) each.reject(new Error(`the connection ended (${code} ${reason})`));
    waiting = [];
  }

  function take(chunk: Buffer): void {
    left = Buffer.concat([left, chunk]);
    if (head === "") {
      const end = left.indexOf("\r\n\r\n");
      if (end < 0) return;
      head = left.subarray(0, end).toString("latin1");
      left = left.subarray(end + 4);
      answered.resolve();
    }
    if (!head.startsWith("HTTP/1.1 101")) return;
    for (let read = parse(left); read !== null; read = parse(left)) {
      const { frame, size } = read;
      left = left.subarray(size);
      frames.push(frame);
      waiting = waiting.filter((each) => {
        if (!each.match(frame)) return true;
        each.resolve(frame);
        return false;
      });
    }
  }

  const socket: Socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, chunk) => take(chunk),
      close: finish,
      error: finish,
      end(self) {
        self.end();
        finish();
      },
    },
  });
  let unsent: Uint8Array[] = [];
  const write = (bytes: Uint8Array | string) => {
    unsent.push(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    pump();
  };
  /** What the kernel does not take at once goes as soon as it does. */
  function pump(): void {
    while (unsent.length > 0 && !over) {
      const first = unsent[0] as Uint8Array;
      const sent = Math.max(socket.write(first), 0);
      if (sent === first.length) unsent.shift();
      else {
        unsent[0] = first.subarray(sent);
        setTimeout(pump, 1);
        return;
      }
    }
  }
  write(request);
  if (request.endsWith("\r\n\r\n")) await answered.promise;
  return {
    frames,
    get head() {
      return head;
    },
    write,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    next(match) {
      const found = frames.find(match);
      if (found !== undefined) return Promise.resolve(found);
      if (over) return Promise.reject(new Error("the connection has ended"));
      return new Promise((resolve, reject) => waiting.push({ match, resolve, reject }));
    },
    ended: ended.promise,
    [Symbol.dispose]() {
      unsent = [];
      socket.terminate();
    },
  };
}

function parse(bytes: Buffer): { frame: WireFrame; size: number } | null {
  if (bytes.length < 2) return null;
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const headSize = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < headSize) return null;
  const length =
    short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const size = headSize + length;
  if (bytes.length < size) return null;
  const frame = { fin: first >= 0x80, opcode: first & 0x0f, payload: bytes.subarray(headSize, size) };
  return { frame, size };
}

export interface FrameOptions {
  fin?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  rsv?: number;
  masked?: boolean;
  /** The form of the length; the shortest unless given. */
  form?: 7 | 16 | 64;
  /** The length that is claimed, where it is not the payload's. */
  claims?: bigint;
}

/** One frame as a client sends it. */
export function wireFrame(opcode: number, payload: Uint8Array | string, options: FrameOptions = {}): Buffer {
  const body = Buffer.from(typeof payload === "string" ? Buffer.from(payload, "utf8") : payload);
  const { fin = true, rsv = 0, masked = true, claims = BigInt(body.length) } = options;
  const form = options.form ?? (claims < 126n ? 7 : claims < 65_536n ? 16 : 64);
  const maskBit = masked ? 0x80 : 0;
  const head = Buffer.alloc(form === 7 ? 2 : form === 16 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = maskBit | (form === 7 ? Number(claims) : form === 16 ? 126 : 127);
  if (form === 16) head.writeUInt16BE(Number(claims), 2);
  if (form === 64) head.writeBigUInt64BE(claims, 2);
  if (!masked) return Buffer.concat([head, body]);
  const mask = Buffer.from([0x5a, 0xc3, 0x0f, 0x91]);
  for (let index = 0; index < body.length; index += 1)
    body[index] = (body[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return Buffer.concat([head, mask, body]);
}

/** A close frame; without a code its body is empty. */
export function closeFrame(code?: number, reason: Uint8Array | string = ""): Buffer {
  if (code === undefined) return wireFrame(opcodes.close, "");
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  const tail = typeof reason === "string" ? Buffer.from(reason) : reason;
  return wireFrame(opcodes.close, Buffer.concat([head, tail]));
}

/** The JSON in a text frame; null in any other. */
export function jsonOf({ opcode, payload }: WireFrame): Record<string, unknown> | null {
  return opcode === opcodes.text ? (JSON.parse(payload.toString("utf8")) as Record<string, unknown>) : null;
}
