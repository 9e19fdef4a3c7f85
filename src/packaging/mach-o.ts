/** The signature inside a Mach-O executable: checked page by page, and written anew where it is wrong. */
import { createHash } from "node:crypto";

const machO64 = 0xfeedfacf;
const segment64 = 0x19;
const codeSignature = 0x1d;
const superBlob = 0xfade0cc0;
const codeDirectory = 0xfade0c02;
const sha256 = 2;
const hashBytes = 32;
const pageBits = 12;
const mostPageBits = 16;
/** What of a list of pages is read here; the header of ours is longer. */
const directoryHead = 44;
const directoryHeader = 88;
const directoryVersion = 0x20400;
/** Ad hoc, as linkers sign: nobody vouches for it, but the system can tell that the bytes are whole. */
const adHoc = 0x20002;
const mainBinary = 1n;

interface Segment {
  /** Where its load command begins. */
  at: number;
  name: string;
  fileOffset: number;
  fileBytes: number;
}

interface Layout {
  segments: Segment[];
  signature: { at: number; offset: number; bytes: number };
}

/** What is wrong with the signature; nothing where the list is empty. */
export function signatureProblems(file: Buffer): string[] {
  const { signature } = layoutOf(file);
  const problems: string[] = [];
  if (signature.offset + signature.bytes !== file.length) {
    problems.push(`the signature ends at ${signature.offset + signature.bytes}, the file at ${file.length}`);
  }
  const blob = file.subarray(signature.offset, signature.offset + signature.bytes);
  if (blob.length < 12 || blob.readUInt32BE(0) !== superBlob) return [...problems, "there is no signature"];
  const blobs = blobsOf(blob);
  if (blobs === null) return [...problems, "the signature is broken"];
  const directories = blobs.filter(isDirectory);
  if (directories.length === 0) problems.push("the signature lists no pages");
  for (const directory of directories) problems.push(...pageProblems(file, directory, signature.offset));
  return problems;
}

/** The name under which the executable is signed; null where the signature says none. */
export function signedName(file: Buffer): string | null {
  const { signature } = layoutOf(file);
  const blob = file.subarray(signature.offset, signature.offset + signature.bytes);
  if (blob.length < 12 || blob.readUInt32BE(0) !== superBlob) return null;
  const directory = blobsOf(blob)?.find(isDirectory);
  if (directory === undefined || directory.length < directoryHead) return null;
  const name = directory.subarray(directory.readUInt32BE(20));
  const end = name.indexOf(0);
  return end <= 0 ? null : name.toString("utf8", 0, end);
}

function isDirectory(blob: Buffer): boolean {
  return blob.readUInt32BE(0) === codeDirectory;
}

/** The parts of the signature; null where they are not where it says. */
function blobsOf(blob: Buffer): Buffer[] | null {
  const count = blob.readUInt32BE(8);
  if (12 + count * 8 > blob.length) return null;
  const found: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const at = blob.readUInt32BE(12 + index * 8 + 4);
    if (at + 8 > blob.length) return null;
    const bytes = blob.readUInt32BE(at + 4);
    if (bytes < 8 || at + bytes > blob.length) return null;
    found.push(blob.subarray(at, at + bytes));
  }
  return found;
}

function pageProblems(file: Buffer, directory: Buffer, end: number): string[] {
  if (directory.length < directoryHead) return ["its list of pages is broken"];
  const problems: string[] = [];
  const hashes = directory.readUInt32BE(16);
  const slots = directory.readUInt32BE(28);
  const limit = directory.readUInt32BE(32);
  const type = directory.readUInt8(37);
  if (type !== sha256) return [`its pages are hashed by method ${type}, which is not checked here`];
  const bits = directory.readUInt8(39);
  if (bits < pageBits || bits > mostPageBits || hashes + slots * hashBytes > directory.length) {
    return ["its list of pages is broken"];
  }
  if (limit !== end) problems.push(`${end - limit} bytes before the signature are not signed`);
  const page = 1 << bits;
  if (slots !== Math.ceil(limit / page)) problems.push(`it has ${slots} pages for ${limit} bytes`);
  let wrong = 0;
  for (let slot = 0; slot < slots; slot++) {
    const bytes = file.subarray(slot * page, Math.min((slot + 1) * page, limit));
    const at = hashes + slot * hashBytes;
    if (!hash(bytes).equals(directory.subarray(at, at + hashBytes))) wrong += 1;
  }
  if (wrong > 0) problems.push(`${wrong} of ${slots} pages are not as signed`);
  return problems;
}

/** The same executable with a new ad hoc signature over all of it. */
export function signAdHoc(file: Buffer, identifier: string): Buffer {
  const { signature, segments } = layoutOf(file);
  const text = segments.find(({ name }) => name === "__TEXT");
  const last = segments.find(({ name }) => name === "__LINKEDIT");
  if (text === undefined || last === undefined)
    throw new Error("the executable has no place for a signature");
  const limit = signature.offset;
  const pages = Math.ceil(limit / (1 << pageBits));
  const name = Buffer.from(`${identifier}\0`);
  const directoryBytes = directoryHeader + name.length + pages * hashBytes;
  const blobBytes = 20 + directoryBytes;
  const room = Math.ceil(blobBytes / 16) * 16;

  // The load commands are signed too, so they say first how large the signature will be.
  const body = Buffer.from(file.subarray(0, limit));
  body.writeUInt32LE(room, signature.at + 12);
  const lastBytes = limit + room - last.fileOffset;
  body.writeBigUInt64LE(BigInt(Math.ceil(lastBytes / 0x4000) * 0x4000), last.at + 32);
  body.writeBigUInt64LE(BigInt(lastBytes), last.at + 48);

  const blob = Buffer.alloc(room);
  [superBlob, blobBytes, 1, 0, 20].forEach((value, index) => {
    blob.writeUInt32BE(value, index * 4);
  });
  const directory = blob.subarray(20, 20 + directoryBytes);
  const fields = [
    codeDirectory,
    directoryBytes,
    directoryVersion,
    adHoc,
    directoryHeader + name.length,
    directoryHeader,
    0,
    pages,
    limit,
  ];
  fields.forEach((value, index) => {
    directory.writeUInt32BE(value, index * 4);
  });
  directory.set([hashBytes, sha256, 0, pageBits], 36);
  directory.writeBigUInt64BE(BigInt(text.fileOffset), 64);
  directory.writeBigUInt64BE(BigInt(text.fileBytes), 72);
  directory.writeBigUInt64BE(mainBinary, 80);
  name.copy(directory, directoryHeader);
  for (let page = 0; page < pages; page++) {
    const bytes = body.subarray(page << pageBits, Math.min((page + 1) << pageBits, limit));
    hash(bytes).copy(directory, directoryHeader + name.length + page * hashBytes);
  }
  return Buffer.concat([body, blob]);
}

function layoutOf(file: Buffer): Layout {
  if (file.length < 32 || file.readUInt32LE(0) !== machO64) throw new Error("this is no 64-bit Mach-O file");
  const segments: Segment[] = [];
  let signature: Layout["signature"] | undefined;
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    if (at + 8 > file.length) throw new Error("its load commands are broken");
    const command = file.readUInt32LE(at);
    const bytes = file.readUInt32LE(at + 4);
    if (bytes < 8 || at + bytes > file.length) throw new Error("its load commands are broken");
    if (command === segment64) {
      segments.push({
        at,
        name: file.toString("latin1", at + 8, at + 24).replace(/\0.*$/s, ""),
        fileOffset: Number(file.readBigUInt64LE(at + 40)),
        fileBytes: Number(file.readBigUInt64LE(at + 48)),
      });
    }
    if (command === codeSignature) {
      signature = { at, offset: file.readUInt32LE(at + 8), bytes: file.readUInt32LE(at + 12) };
    }
    at += bytes;
  }
  if (signature === undefined) throw new Error("the executable has no signature");
  return { segments, signature };
}

function hash(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
