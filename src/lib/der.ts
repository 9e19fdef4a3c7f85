/** Writes ASN.1 in its distinguished encoding: as much of it as a certificate needs. */

type Bytes = Uint8Array;

/** A tag, a length in its shortest form, the contents. */
export function element(tag: number, ...contents: readonly Bytes[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

export function sequence(...parts: readonly Bytes[]): Buffer {
  return element(0x30, ...parts);
}

export function set(...parts: readonly Bytes[]): Buffer {
  return element(0x31, ...parts);
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

/** A whole number that is not negative, from its bytes, highest first. */
export function integer(bytes: Bytes): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const shortest = start < 0 ? Buffer.from([0]) : bytes.subarray(start);
  // A set top bit would make it negative.
  return element(0x02, ...((shortest[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), shortest);
}

export function bitString(bytes: Bytes, unusedBits = 0): Buffer {
  return element(0x03, Buffer.from([unusedBits]), bytes);
}

export function octetString(bytes: Bytes): Buffer {
  return element(0x04, bytes);
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text, "utf8"));
}

/** An object identifier, such as `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A moment, to the second: in the short form up to 2049 and in the long one from then on, as certificates want it. */
export function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/\.\d+Z$|[-:T]/g, "")}Z`;
  const short = Number(text.slice(0, 4)) < 2050;
  return element(short ? 0x17 : 0x18, Buffer.from(short ? text.slice(2) : text, "latin1"));
}

/** A part that its number names: in place of the tag of what it holds (`implicit`), or around it (`explicit`). */
export function implicit(number: number, contents: Bytes): Buffer {
  return element(0x80 | number, contents);
}

export function explicit(number: number, part: Bytes): Buffer {
  return element(0xa0 | number, part);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    bytes.unshift(0x80 | (left % 128));
  return bytes;
}
