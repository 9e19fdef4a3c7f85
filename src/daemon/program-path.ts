import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";

export interface ProgramPathOptions {
  /** The executable that runs now. */
  executable: string;
  home: string;
  /** Resolves links, null where there is nothing; a parameter so that a test needs no disk. */
  real?: (path: string) => string | null;
}

/**
 * A path to this executable that outlives updates: Homebrew's `opt` link instead of its version's directory, or a
 * link in a usual place that leads here; else the executable itself.
 */
export function stableProgramPath({ executable, home, real = realOrNull }: ProgramPathOptions): string {
  const path = resolve(executable);
  const [, prefix, formula, rest] = /^(.+)\/Cellar\/([^/]+)\/[^/]+\/(.+)$/.exec(path) ?? [];
  const places = [
    ...(prefix === undefined ? [] : [`${prefix}/opt/${formula}/${rest}`]),
    join(home, ".local/bin/moltbot"),
    "/usr/local/bin/moltbot",
    "/opt/homebrew/bin/moltbot",
  ];
  const here = real(path) ?? path;
  return places.find((place) => real(place) === here) ?? path;
}

/** Whether a path is one that is likely to be gone soon: downloads, mounted images, temporary directories. */
export function isPassing(path: string, home: string): boolean {
  const passing = ["/tmp/", "/var/tmp/", "/private/", "/var/folders/", "/Volumes/", "/run/"];
  return [...passing, `${home}/Downloads/`].some((place) => path.startsWith(place));
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
