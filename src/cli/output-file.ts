import { realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CliError, exits } from "./exit.ts";
import type { Language } from "./language.ts";
import { texts } from "./texts.ts";

/** A file that a command is to make. */
export interface OutputFile {
  /** Where it lies, links followed. */
  path: string;
  /** Whether it is there already. */
  isThere: boolean;
}

/** Refuses, before anything is done, what no file can be put in the place of. */
export function outputFile(asked: string, language: Language): OutputFile {
  const say = texts[language];
  const path = resolve(asked);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) throw new CliError(exits.failure, say.noFile(path));
  if (there !== undefined) return { path: realpathSync(path), isThere: true };
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return { path, isThere: false };
  throw new CliError(exits.failure, say.noFolder(folder), say.makeFolder);
}
