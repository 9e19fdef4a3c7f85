import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands } from "#src/cli/commands.ts";
import { completionScript } from "#src/cli/completion-scripts.ts";
import { completionTree, type Shell, shells } from "#src/cli/completion-tree.ts";
import type { Notices } from "#src/cli/notices/collect.ts";
import { type Entry, tarGz, zip } from "./archives.ts";
import type { Released } from "./formula.ts";
import { manPages } from "./man-pages.ts";
import type { Target } from "./targets.ts";

export interface CompanionOptions {
  version: string;
  builtAt: Date;
  notices: Notices;
  sbom: string;
  /** Texts that travel as they are, by name. */
  texts: Readonly<Record<string, string>>;
}

/** What lies beside the executable in every archive. */
export async function companions(options: CompanionOptions): Promise<Entry[]> {
  const { version, builtAt, notices, sbom, texts } = options;
  const tree = await completionTree(commands, "en");
  const files: Record<string, string> = {
    ...texts,
    "THIRD-PARTY-NOTICES.txt": noticesText(notices),
    "sbom.cdx.json": sbom,
  };
  for (const shell of shells) files[`completions/${completionName[shell]}`] = completionScript(shell, tree);
  for (const { name, text } of await manPages(commands, { version, date: builtAt })) {
    files[`man/man1/${name}`] = text;
  }
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
}

const completionName: Record<Shell, string> = { bash: "moltbot.bash", zsh: "_moltbot", fish: "moltbot.fish" };

/** An archive with one directory, which holds the executable and its companions. */
export function archive(
  target: Target,
  executable: Uint8Array,
  beside: readonly Entry[],
  { version, builtAt }: Pick<CompanionOptions, "version" | "builtAt">,
): { file: string; bytes: Uint8Array } {
  const name = `moltbot-${version}-${target.name}`;
  const entries = [{ path: target.executable, bytes: executable, executable: true }, ...beside].map(
    (entry) => ({ ...entry, path: `${name}/${entry.path}` }),
  );
  const pack = target.archive === "zip" ? zip : tarGz;
  return { file: `${name}.${target.archive}`, bytes: pack(entries, builtAt) };
}

/** Writes an archive; resolves with what the sums and the formula say of it. */
export async function writeArchive(
  directory: string,
  target: Target,
  { file, bytes }: { file: string; bytes: Uint8Array },
): Promise<Released> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, file), bytes);
  return { target: target.name, file, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** In the form that `sha256sum --check` reads. */
export function sums(archives: readonly Released[]): string {
  return archives.map(({ sha256, file }) => `${sha256}  ${file}\n`).join("");
}

function noticesText({ combined, notices, texts }: Notices): string {
  return `${[
    ...(combined === null ? [] : [combined.trim()]),
    ...notices.map(({ name, version, license, text }) => `${name} ${version} · ${license}\n\n${text.trim()}`),
    ...texts.map(({ license, text }) => `${license}\n\n${text.trim()}`),
  ].join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
