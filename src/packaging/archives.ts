import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** A file in an archive. */
export interface Entry {
  /** With forward slashes, without one at the beginning. */
  path: string;
  bytes: Uint8Array;
  executable?: boolean;
}

const level = 9;

/** A gzipped tar. The same entries and time give the same bytes everywhere. */
export function tarGz(entries: readonly Entry[], modifiedAt: Date): Uint8Array {
  const blocks = entries.flatMap((entry) => [
    tarHeader(entry, modifiedAt),
    entry.bytes,
    padding(entry.bytes),
  ]);
  const packed = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level });
  // When and on which system it was packed is nobody's business.
  packed.fill(0, 4, 8);
  packed[9] = 255;
  return packed;
}

function padding(bytes: Uint8Array): Uint8Array {
  return Buffer.alloc((512 - (bytes.length % 512)) % 512);
}

function tarHeader({ path, bytes, executable }: Entry, modifiedAt: Date): Uint8Array {
  const header = Buffer.alloc(512);
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long a name for a tar`);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(path, 0);
  header.write(octal(executable === true ? 0o755 : 0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(bytes.length, 12), 124);
  header.write(octal(Math.floor(modifiedAt.getTime() / 1000), 12), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write("root", 265);
  header.write("root", 297);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A zip. The same entries and time give the same bytes everywhere. */
export function zip(entries: readonly Entry[], modifiedAt: Date): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.path);
    const packed = deflateRawSync(entry.bytes, { level });
    const facts = zipFacts(entry, name, packed, modifiedAt);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), facts, name]);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    // Made on Unix, so that the mode below counts.
    central.writeUInt16LE(0x0314, 4);
    facts.copy(central, 6);
    central.writeUInt32LE(((entry.executable === true ? 0o100755 : 0o100644) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    parts.push(local, packed);
    directory.push(central, name);
    offset += local.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** The 26 bytes that a file's own header and the directory have in common. */
function zipFacts({ bytes }: Entry, name: Uint8Array, packed: Uint8Array, modifiedAt: Date): Buffer {
  const facts = Buffer.alloc(26);
  const day = modifiedAt;
  // Zip knows no time before 1980.
  const year = Math.max(0, day.getUTCFullYear() - 1980);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(0x0800, 2);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt16LE((day.getUTCHours() << 11) | (day.getUTCMinutes() << 5) | (day.getUTCSeconds() >> 1), 6);
  facts.writeUInt16LE((year << 9) | ((day.getUTCMonth() + 1) << 5) | day.getUTCDate(), 8);
  facts.writeUInt32LE(crc32(bytes), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(bytes.length, 18);
  facts.writeUInt16LE(name.length, 22);
  return facts;
}
