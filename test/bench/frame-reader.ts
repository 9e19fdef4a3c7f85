/** What a frame from a server is, as far as its first bytes tell. */
export type FrameKind =
  | "hello"
  | "challenge"
  | "answer"
  | "refusal"
  | "chat"
  | "presence"
  | "event"
  | "ping"
  | "close";

/** Enough of a payload to know its kind. */
const headBytes = 48;

const kinds: [start: string, kind: FrameKind][] = [
  ['{"type":"res","id":"c0","ok":true', "hello"],
  ['{"type":"event","event":"connect.challenge"', "challenge"],
  ['{"type":"event","event":"chat"', "chat"],
  ['{"type":"event","event":"presence"', "presence"],
  ['{"type":"event"', "event"],
];
const answered = '{"type":"res","id":"q0","ok":true';

/**
 * Walks over the frames in a stream and tells of each when its last byte has come, without looking into more than
 * its beginning, so that reading costs next to nothing. Requests carry the id `c0` when they are the connect, else `q0`.
 */
export function createFrameReader(onFrame: (kind: FrameKind, bytes: number) => void) {
  /** Bytes of the current payload that are still to come. */
  let missing = 0;
  let current: { kind: FrameKind; bytes: number } | null = null;
  /** The beginning of a frame whose rest has not come yet. */
  let held: Buffer | null = null;

  return function read(chunk: Buffer): void {
    let data = chunk;
    let at = 0;
    if (held !== null) {
      data = Buffer.concat([held, chunk]);
      held = null;
    }
    if (missing > 0) {
      const taken = Math.min(missing, data.length);
      missing -= taken;
      at = taken;
      if (missing === 0 && current !== null) onFrame(current.kind, current.bytes);
    }
    while (at < data.length) {
      const frame = headerAt(data, at);
      if (frame === null || data.length - at < frame.header + Math.min(frame.length, headBytes)) {
        held = Buffer.from(data.subarray(at));
        return;
      }
      const body = at + frame.header;
      const end = body + frame.length;
      const kind = kindOf(data, body, frame);
      at = Math.min(end, data.length);
      missing = end - at;
      if (missing > 0) current = { kind, bytes: frame.length };
      else onFrame(kind, frame.length);
    }
  };
}

interface Header {
  opcode: number;
  header: number;
  length: number;
}

function headerAt(data: Buffer, at: number): Header | null {
  if (data.length - at < 2) return null;
  const opcode = (data[at] as number) & 0x0f;
  const length = (data[at + 1] as number) & 0x7f;
  if (length < 126) return { opcode, header: 2, length };
  if (length === 126)
    return data.length - at < 4 ? null : { opcode, header: 4, length: data.readUInt16BE(at + 2) };
  return data.length - at < 10 ? null : { opcode, header: 10, length: Number(data.readBigUInt64BE(at + 2)) };
}

function kindOf(data: Buffer, at: number, { opcode, length }: Header): FrameKind {
  if (opcode === 8) return "close";
  if (opcode === 9) return "ping";
  const head = data.toString("latin1", at, at + Math.min(length, headBytes));
  if (head.startsWith(answered)) return "answer";
  for (const [start, kind] of kinds) if (head.startsWith(start)) return kind;
  return "refusal";
}

/** A text frame as a client sends it; its mask is zero, so the bytes are the text. */
export function textFrame(text: string): Buffer {
  return frame(0x81, Buffer.from(text));
}

export const pongFrame = frame(0x8a, Buffer.alloc(0));

function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length > 0xffff) throw new Error(`a request of ${length} bytes is larger than any that is measured`);
  const header = length < 126 ? [first, 0x80 | length] : [first, 0xfe, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), payload]);
}
