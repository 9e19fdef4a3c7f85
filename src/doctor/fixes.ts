/** What `doctor --fix` does, and how it is undone. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { stampOf } from "#src/backup/create.ts";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import type { Fix } from "./finding.ts";

/** The change as `diff` shows it. */
export function diffOf(fix: Fix): string[] {
  if (fix.is === "mode") {
    return [`--- ${fix.path}`, `-mode ${fix.from.toString(8)}`, `+mode ${fix.to.toString(8)}`];
  }
  const before = fix.from.split("\n");
  const after = fix.to.split("\n");
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [
    `--- ${fix.path}:${start + 1}`,
    ...before.slice(start, before.length - end).map((line) => `-${line}`),
    ...after.slice(start, after.length - end).map((line) => `+${line}`),
  ];
}

/** Makes the changes; returns the directory that holds the way back. Throws before a change of what has changed. */
export function applyFixes(fixes: readonly Fix[], stateDir: string, now: () => number): string {
  for (const fix of fixes) requireUnchanged(fix);
  const directory = join(stateDir, "backups", `doctor-${stampOf(now())}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileAtomic(join(directory, "undo.json"), JSON.stringify(fixes.toReversed().map(reversed), null, 2));
  for (const fix of fixes) apply(fix);
  return directory;
}

/** Takes the last `--fix` back; null where there is none. */
export function undoFixes(stateDir: string): { directory: string; undone: Fix[] } | null {
  const backups = join(stateDir, "backups");
  const names = existsSync(backups) ? readdirSync(backups) : [];
  const last = names
    .filter((name) => /^doctor-[\d-]+$/.test(name))
    .toSorted()
    .at(-1);
  if (last === undefined) return null;
  const directory = join(backups, last);
  const undone = JSON.parse(readFileSync(join(directory, "undo.json"), "utf8")) as Fix[];
  for (const fix of undone) requireUnchanged(fix);
  for (const fix of undone) apply(fix);
  renameSync(directory, `${directory}.undone`);
  return { directory: `${directory}.undone`, undone };
}

function reversed(fix: Fix): Fix {
  return fix.is === "mode" ? { ...fix, from: fix.to, to: fix.from } : { ...fix, from: fix.to, to: fix.from };
}

function requireUnchanged(fix: Fix): void {
  const same =
    fix.is === "mode"
      ? (statSync(fix.path).mode & 0o777) === fix.from
      : readFileSync(fix.path, "utf8") === fix.from;
  if (!same) throw new Error(`${basename(fix.path)} has changed meanwhile, so nothing was done`);
}

function apply(fix: Fix): void {
  if (fix.is === "mode") chmodSync(fix.path, fix.to);
  else writeFileAtomic(fix.path, fix.to, statSync(fix.path).mode & 0o777);
}
