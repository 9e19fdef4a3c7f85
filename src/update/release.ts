/** What a source of releases offers, and whether it comes from who made this executable. */
import { createPublicKey, verify } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "#src/lib/errors.ts";
import { ToldError } from "#src/lib/told-error.ts";

export interface Release {
  version: string;
  /** The archive's name in the source. */
  archive: string;
  sha256: string;
}

export interface SourceOptions {
  /** A directory, or the URL of one. */
  source: string;
  /** The Ed25519 public key that was compiled in: 32 bytes in base64. */
  key: string;
  /** As in `linux-x64` or `linux-x64-musl`. */
  target: string;
}

/** The source does not give what can be trusted; the message says what it is and what to do. */
export class UntrustedRelease extends ToldError {
  override readonly name = "UntrustedRelease";
}

const mostSumsBytes = 1_048_576;
const mostArchiveBytes = 512 * 1_048_576;
const patienceMs = 30_000;
const archivePatienceMs = 600_000;

/** The newest release for a target that the signed list of sums names; null where it names none. */
export async function newestRelease({ source, key, target }: SourceOptions): Promise<Release | null> {
  const [sums, signature] = await Promise.all([
    read(source, "SHA256SUMS", mostSumsBytes, patienceMs),
    read(source, "SHA256SUMS.sig", 4_096, patienceMs),
  ]);
  if (!isSigned(sums, signature, key)) {
    throw new UntrustedRelease({
      en: `the list of releases in ${source} is not signed by who made this executable, so nothing was taken from it`,
      zh: `${source} 中的发布列表不是由本程序的制作者签名的，因此没有采用其中任何内容`,
    });
  }
  const found = releasesOf(sums.toString("utf8"), target);
  found.sort((one, other) => Bun.semver.order(other.version, one.version));
  return found[0] ?? null;
}

/** The executable in the release's archive, whose sum has been checked. */
export async function fetchExecutable(source: string, release: Release): Promise<Uint8Array> {
  const bytes = await read(source, release.archive, mostArchiveBytes, archivePatienceMs);
  const sum = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  if (sum !== release.sha256) {
    throw new UntrustedRelease({
      en:
        `${release.archive} is not what the signed list says (SHA-256 ${sum} instead of ${release.sha256}); ` +
        "nothing was changed; try again, or tell who runs the source",
      zh:
        `${release.archive} 与签名列表不符（SHA-256 为 ${sum}，应为 ${release.sha256}）；` +
        "未做任何更改；请重试，或告知发布来源的维护者",
    });
  }
  for (const [name, file] of await filesIn(bytes, release.archive)) {
    if (/^(?:[^/]+\/)?moltbot(?:\.exe)?$/.test(name.replace(/^\.\//, ""))) return await file.bytes();
  }
  throw new UntrustedRelease({
    en: `${release.archive} holds no executable named moltbot`,
    zh: `${release.archive} 中没有名为 moltbot 的可执行文件`,
  });
}

async function filesIn(bytes: Buffer, archive: string): Promise<Map<string, File>> {
  try {
    return await new Bun.Archive(bytes).files();
  } catch (cause) {
    const why = messageOf(cause);
    throw new UntrustedRelease(
      {
        en: `${archive} is what the signed list says but cannot be unpacked (${why}); tell who runs the source`,
        zh: `${archive} 与签名列表相符，但无法解压（${why}）；请告知发布来源的维护者`,
      },
      { cause },
    );
  }
}

/** What stands in archives' names for this executable's kind. */
export function targetOf(platform: string, arch: string, executable: string): string {
  const system = platform === "win32" ? "windows" : platform;
  return `${system}-${arch}${platform === "linux" && needsMusl(executable) ? "-musl" : ""}`;
}

/** The loader that an executable asks for stands near its beginning. */
function needsMusl(executable: string): boolean {
  const head = Buffer.alloc(65_536);
  const file = openSync(executable, "r");
  try {
    const length = readSync(file, head, 0, head.length, 0);
    return head.subarray(0, length).includes("/lib/ld-musl-");
  } finally {
    closeSync(file);
  }
}

const spki = Buffer.from("302a300506032b6570032100", "hex");

function isSigned(bytes: Buffer, signature: Buffer, key: string): boolean {
  const raw = Buffer.from(key, "base64");
  if (raw.length !== 32) {
    throw new UntrustedRelease({
      en: "the public key in this executable is no Ed25519 key",
      zh: "本程序中的公钥不是 Ed25519 公钥",
    });
  }
  const publicKey = createPublicKey({ key: Buffer.concat([spki, raw]), format: "der", type: "spki" });
  return verify(null, bytes, publicKey, Buffer.from(signature.toString("ascii").trim(), "base64"));
}

function releasesOf(sums: string, target: string): Release[] {
  const found: Release[] = [];
  for (const line of sums.split("\n")) {
    const [, sha256, archive] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line.trimEnd()) ?? [];
    if (sha256 === undefined || archive === undefined) continue;
    const ending = `-${target}.tar.gz`;
    if (!archive.startsWith("moltbot-") || !archive.endsWith(ending)) continue;
    const version = archive.slice("moltbot-".length, -ending.length);
    if (/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) found.push({ version, archive, sha256 });
  }
  return found;
}

async function read(source: string, name: string, most: number, withinMs: number): Promise<Buffer> {
  try {
    return /^https?:/i.test(source)
      ? await download(source, name, most, withinMs)
      : await readHere(source, name, most);
  } catch (cause) {
    if (cause instanceof UntrustedRelease) throw cause;
    const why = messageOf(cause);
    throw new UntrustedRelease(
      { en: `cannot read ${name} from ${source}: ${why}`, zh: `无法从 ${source} 读取 ${name}：${why}` },
      { cause },
    );
  }
}

async function readHere(source: string, name: string, most: number): Promise<Buffer> {
  const directory = source.startsWith("file:") ? fileURLToPath(source) : source;
  const file = Bun.file(join(directory, name));
  if (file.size > most) throw tooLarge(name, source);
  return Buffer.from(await file.bytes());
}

async function download(source: string, name: string, most: number, withinMs: number): Promise<Buffer> {
  const url = new URL(name, source.endsWith("/") ? source : `${source}/`);
  const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
  if (!response.ok || response.body === null) throw new Error(`it answers ${response.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body) {
    parts.push(part);
    length += part.length;
    if (length > most) throw tooLarge(name, source);
  }
  return Buffer.concat(parts);
}

function tooLarge(name: string, source: string): UntrustedRelease {
  return new UntrustedRelease({
    en: `${name} from ${source} is larger than any release`,
    zh: `${source} 中的 ${name} 大于任何发布版本`,
  });
}
