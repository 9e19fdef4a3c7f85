import { type Path, showPath } from "./finding.ts";
import { differences, isObject } from "./value-change.ts";

/** The last word of a key that says which program is run or which code is loaded: `cliPath`, `sandbox_shell`. */
const programWords = new Set(
  "cli exec executable binary bin bins program interpreter shell command cmd script module args argv".split(
    " ",
  ),
);
/** Words that only say in which form. */
const formWords = new Set(["path", "paths", "file", "dir", "dirs"]);
/** Keys that are known to, though no word of theirs tells. */
const programKeys = new Set(["pathPrepend", "pathAppend", "transformsDir", "nodeOptions"]);
/** Variables by which whoever sets them chooses what code other programs load. */
const loaderVariable =
  /^(PATH|LD_\w+|DYLD_\w+|NODE_OPTIONS|BUN_OPTIONS|BASH_ENV|ENV|PYTHONPATH|PERL5OPT|RUBYOPT)$/;

/** Whether what stands at a path says which program is run or which code is loaded. */
export function namesProgram(path: Path): boolean {
  const keys = path.filter((step) => typeof step === "string");
  const last = keys.at(-1) ?? "";
  const words = wordsOf(last);
  if (keys[0] === "env" && keys.length > 1) return loaderVariable.test(last);
  if (keys[0] === "plugins" && keys[1] === "load") return true;
  // `exec: { path: … }`
  while (formWords.has(words.at(-1) ?? "")) words.pop();
  const telling = words.at(-1) ?? wordsOf(keys.at(-2) ?? "").at(-1) ?? "";
  return programKeys.has(last) || programWords.has(telling);
}

function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_.-]+/)
    .map((word) => word.toLowerCase());
}

/**
 * Paths at which a new config names a program that the former did not: those are only ever written by hand, on the
 * machine that would run them. To take one away does no harm.
 */
export function programsChanged(from: unknown, to: unknown): string[] {
  return differences(from, to)
    .flatMap(({ path, value }) => leavesOf(value, path))
    .filter(namesProgram)
    .map(showPath);
}

function leavesOf(value: unknown, path: Path): Path[] {
  if (value === undefined || value === null || typeof value === "boolean") return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  if (isObject(value))
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  return [path];
}
