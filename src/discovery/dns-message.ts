/** DNS messages as multicast DNS uses them (RFC 1035, RFC 6762). Whatever is read may be hostile, so all of it is bounded. */

export const types = { a: 1, ptr: 12, txt: 16, srv: 33, nsec: 47, any: 255 } as const;

/** The labels of a name, without the root; a label may hold a dot. */
export type Name = readonly string[];

export type Data =
  | { is: "a"; address: string }
  | { is: "ptr"; target: Name }
  | { is: "srv"; port: number; target: Name }
  | { is: "txt"; entries: readonly string[] }
  /** Says which types a name has, and so that it has no other. */
  | { is: "nsec"; name: Name; has: readonly number[] }
  | { is: "other" };

export interface DnsRecord {
  name: Name;
  type: number;
  /** Whether it is the only one of its name and type, so that what was known before is forgotten. */
  unique: boolean;
  ttl: number;
  data: Data;
}

export interface Question {
  name: Name;
  type: number;
  /** Whether the answer may go to the asker alone. */
  unicast: boolean;
}

export interface Message {
  id: number;
  isResponse: boolean;
  questions: Question[];
  answers: DnsRecord[];
  authorities: DnsRecord[];
  additionals: DnsRecord[];
}

const internet = 1;
const topBit = 0x8000;
const authoritativeResponse = 0x8400;
const longestMessage = 9_000;
const mostQuestions = 32;
const mostRecords = 128;
const longestName = 255;
const longestLabel = 63;

/** Whether two names are the same; upper and lower case are. */
export function isSameName(one: Name, other: Name): boolean {
  return (
    one.length === other.length &&
    one.every((label, index) => label.toLowerCase() === other[index]?.toLowerCase())
  );
}

/** A text cut so that it is one label. */
export function asLabel(text: string, mostBytes = longestLabel): string {
  let label = text;
  while (Buffer.byteLength(label) > mostBytes) label = [...label].slice(0, -1).join("");
  return label;
}

/** Null for what is no message, or is larger than one of good will. Never throws. */
export function readMessage(bytes: Uint8Array): Message | null {
  if (bytes.length > longestMessage) return null;
  try {
    return read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  } catch (error) {
    // Reading beyond the end, or what the reader below refuses.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function read(bytes: Buffer): Message {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) =>
    bytes.readUInt16BE(at),
  ) as [number, number, number, number];
  if (questions > mostQuestions || answers + authorities + additionals > mostRecords) {
    throw new RangeError("too much in one message");
  }
  let at = 12;
  const times = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
  const name = (): Name => {
    const found = readName(bytes, at);
    at = found.end;
    return found.name;
  };
  const word = () => {
    at += 2;
    return bytes.readUInt16BE(at - 2);
  };
  const question = (): Question => {
    const asked = name();
    const type = word();
    return { name: asked, type, unicast: (word() & topBit) !== 0 };
  };
  const record = (): DnsRecord => {
    const owner = name();
    const type = word();
    const unique = (word() & topBit) !== 0;
    const ttl = bytes.readUInt32BE(at);
    at += 4;
    const length = word();
    const end = at + length;
    if (end > bytes.length) throw new RangeError("a record ends beyond the message");
    const data = readData(bytes, type, at, end);
    at = end;
    return { name: owner, type, unique, ttl, data };
  };
  return {
    id: bytes.readUInt16BE(0),
    isResponse: (bytes.readUInt16BE(2) & topBit) !== 0,
    questions: times(questions, question),
    answers: times(answers, record),
    authorities: times(authorities, record),
    additionals: times(additionals, record),
  };
}

/** Pointers only lead back, so that there is no circle. */
function readName(bytes: Buffer, start: number): { name: string[]; end: number } {
  const name: string[] = [];
  let at = start;
  let end: number | null = null;
  let earliest = start;
  let length = 0;
  for (;;) {
    const size = bytes.readUInt8(at);
    if ((size & 0xc0) === 0xc0) {
      const target = bytes.readUInt16BE(at) & 0x3fff;
      if (target >= earliest) throw new RangeError("a name points forward");
      end ??= at + 2;
      earliest = target;
      at = target;
      continue;
    }
    if (size > longestLabel) throw new RangeError("no label is that long");
    if (size === 0) return { name, end: end ?? at + 1 };
    length += size + 1;
    if (length > longestName || at + 1 + size > bytes.length) throw new RangeError("a name is too long");
    name.push(bytes.toString("utf8", at + 1, at + 1 + size));
    at += 1 + size;
  }
}

function readData(bytes: Buffer, type: number, start: number, end: number): Data {
  if (type === types.a && end - start === 4)
    return { is: "a", address: bytes.subarray(start, end).join(".") };
  if (type === types.ptr) return { is: "ptr", target: readName(bytes, start).name };
  if (type === types.srv) {
    return { is: "srv", port: bytes.readUInt16BE(start + 4), target: readName(bytes, start + 6).name };
  }
  if (type !== types.txt) return { is: "other" };
  const entries: string[] = [];
  for (let at = start; at < end; ) {
    const next = at + 1 + bytes.readUInt8(at);
    if (next > end) throw new RangeError("a text ends beyond its record");
    if (next > at + 1) entries.push(bytes.toString("utf8", at + 1, next));
    at = next;
  }
  return { is: "txt", entries };
}

/** The message as it travels; names are written out. */
export function writeMessage(message: Partial<Message>): Buffer {
  const {
    id = 0,
    isResponse = false,
    questions = [],
    answers = [],
    authorities = [],
    additionals = [],
  } = message;
  const head = [id, isResponse ? authoritativeResponse : 0];
  for (const part of [questions, answers, authorities, additionals]) head.push(part.length);
  return Buffer.concat([
    words(...head),
    ...questions.map(({ name, type, unicast }) =>
      Buffer.concat([writeName(name), words(type, unicast ? topBit | internet : internet)]),
    ),
    ...[...answers, ...authorities, ...additionals].map(writeRecord),
  ]);
}

function writeRecord({ name, type, unique, ttl, data }: DnsRecord): Buffer {
  const body = writeData(data);
  const seconds = words(Math.floor(ttl / 65_536), ttl % 65_536);
  const kind = words(type, unique ? topBit | internet : internet);
  return Buffer.concat([writeName(name), kind, seconds, words(body.length), body]);
}

/** What a record says, as bytes; also how two of them are compared. */
export function writeData(data: Data): Buffer {
  if (data.is === "a") return Buffer.from(data.address.split(".").map(Number));
  if (data.is === "ptr") return writeName(data.target);
  if (data.is === "srv") return Buffer.concat([words(0, 0, data.port), writeName(data.target)]);
  if (data.is === "txt") return Buffer.concat(data.entries.map((entry) => counted(entry, 255)));
  if (data.is === "other") return Buffer.alloc(0);
  const bits = Buffer.alloc(32);
  for (const type of data.has) bits[type >> 3] = (bits[type >> 3] ?? 0) | (0x80 >> (type & 7));
  const size = Math.max(...data.has.map((type) => (type >> 3) + 1));
  return Buffer.concat([writeName(data.name), Buffer.from([0, size]), bits.subarray(0, size)]);
}

function writeName(name: Name): Buffer {
  return Buffer.concat([...name.map((label) => counted(label, longestLabel)), Buffer.from([0])]);
}

function counted(text: string, most: number): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > most) throw new Error(`"${text}" has more than ${most} bytes`);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}
