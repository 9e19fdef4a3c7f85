import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { OutboundMedia } from "#src/channels/channel.ts";
import { keepMedia } from "./keep.ts";
import { MediaRefusal, tooLarge } from "./refusal.ts";

export interface LocalOptions {
  /** Nothing outside of it is read. */
  root: string;
  directory: string;
  maxBytes: number;
}

/**
 * A file on this machine that an agent or a client named. It is read only where it really lies below the media root,
 * through one descriptor, and what is sent is the copy that was read then.
 */
export async function takeLocalFile(named: string, options: LocalOptions): Promise<OutboundMedia> {
  const shown = named.slice(0, 200);
  const hint = { en: `the media directory is ${options.root}`, zh: `媒体目录是 ${options.root}` };
  const outside = () =>
    new MediaRefusal(
      { en: `${shown} is not below the media directory`, zh: `${shown} 不在媒体目录之下` },
      { hint },
    );
  if (named.includes("\0")) throw outside();
  const root = await realpath(options.root).catch(() => null);
  if (root === null)
    throw new MediaRefusal({ en: "there is no media directory", zh: "没有媒体目录" }, { hint });
  const path = pathOf(named, root);
  if (path === null) throw outside();
  const real = await realpath(path).catch(() => null);
  // Whether there is a file elsewhere is nobody's business.
  if (real === null && !path.startsWith(root + sep)) throw outside();
  if (real === null)
    throw new MediaRefusal(
      { en: `there is no file ${shown} below the media directory`, zh: `媒体目录之下没有文件 ${shown}` },
      { hint },
    );
  if (!real.startsWith(root + sep)) throw outside();
  let file: FileHandle;
  try {
    file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw new MediaRefusal({ en: `${shown} cannot be read`, zh: `无法读取 ${shown}` }, { cause });
  }
  try {
    const held = await file.stat();
    const there = await stat(await realpath(path)).catch(() => null);
    // The way there was changed while it was being judged.
    if (
      (await realpath(path).catch(() => null)) !== real ||
      there?.ino !== held.ino ||
      there.dev !== held.dev
    )
      throw outside();
    if (!held.isFile()) throw new MediaRefusal({ en: `${shown} is not a file`, zh: `${shown} 不是文件` });
    if (held.size > options.maxBytes) throw tooLarge(shown, options.maxBytes);
    return await keepMedia(chunksOf(file), { ...options, fileName: basename(real) });
  } finally {
    await file.close();
  }
}

function pathOf(named: string, root: string): string | null {
  if (/^file:/i.test(named)) {
    try {
      return fileURLToPath(named);
    } catch {
      return null;
    }
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(named) || named.startsWith("~")) return null;
  return isAbsolute(named) ? named : join(root, named);
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return;
    yield buffer.slice(0, bytesRead);
  }
}
