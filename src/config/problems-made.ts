import { showPath } from "./finding.ts";
import type { LoadedConfig, LoadFinding } from "./load.ts";
import { isObject, valueAt } from "./value-change.ts";

/**
 * What is wrong with a config and was not so before, or is written anew. A problem that only stands elsewhere now is
 * the old one.
 */
export function problemsMade(before: LoadedConfig | undefined, after: LoadedConfig): LoadFinding[] {
  const known = new Map<string, number>();
  for (const problem of problemsOf(before)) known.set(nameOf(problem), (known.get(nameOf(problem)) ?? 0) + 1);
  return problemsOf(after).filter((problem) => {
    const left = known.get(nameOf(problem)) ?? 0;
    known.set(nameOf(problem), left - 1);
    return left <= 0 || isWritten(problem, before?.parsed, after.parsed);
  });
}

function problemsOf(loaded: LoadedConfig | undefined): LoadFinding[] {
  return (loaded?.findings ?? []).filter(({ switchesOff }) => switchesOff !== null);
}

/** The same for every place in a list: an item that goes away moves the others. */
function nameOf({ path, message }: LoadFinding): string {
  return [showPath(path), message].join(" ").replace(/\[\d+\]/g, "[]");
}

/** A wrong value that took the place of another wrong one, of which the message says as little. */
function isWritten({ path }: LoadFinding, before: unknown, after: unknown): boolean {
  if (path.some((step) => typeof step === "number")) return false;
  const value = valueAt(after, path);
  return !isObject(value) && !Array.isArray(value) && value !== valueAt(before, path);
}
