import { copyFile, mkdir, readFile, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type AskFlags, findGateway } from "./ask.ts";
import { CliError, exits } from "./exit.ts";
import { messageTexts } from "./message-texts.ts";
import { locationsFor } from "./surroundings.ts";
import type { Terminal } from "./terminal.ts";

/** A file that goes along with a message, as the gateway takes it, until it is disposed of. */
export interface MediaFile extends AsyncDisposable {
  params: { media: string } | { buffer: string; filename: string };
}

/** What fits into one request in base64, with room for the rest. */
const alongBytes = 256 * 1024;

/**
 * The file that a person named: of the directory that they are in, else as the gateway knows it. The gateway reads
 * nothing outside of its media directory, so a small file travels with the request, and a large one is laid there.
 */
export async function mediaFile(named: string, flags: AskFlags, terminal: Terminal): Promise<MediaFile> {
  const asNamed: MediaFile = { params: { media: named }, async [Symbol.asyncDispose]() {} };
  if (/^[a-z][a-z0-9+.-]+:/i.test(named)) return asNamed;
  const path = resolve(named);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return asNamed;
  const filename = basename(path);
  if (found.size <= alongBytes) {
    const buffer = (await readFile(path)).toString("base64");
    return { ...asNamed, params: { buffer, filename } };
  }
  const { own } = await findGateway(flags, terminal);
  if (!own) throw new CliError(exits.failure, messageTexts[terminal.language].tooLargeToSend(filename));
  const root = join(locationsFor(terminal.env, flags.profile).stateDir, "media", "given");
  const lane = join(root, crypto.randomUUID());
  await mkdir(lane, { recursive: true, mode: 0o700 });
  const copy = join(lane, filename);
  await copyFile(path, copy);
  return {
    params: { media: copy },
    [Symbol.asyncDispose]: () => rm(lane, { recursive: true, force: true }),
  };
}
