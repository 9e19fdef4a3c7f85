import { type FSWatcher, lstatSync, realpathSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { messageOf } from "#src/lib/errors.ts";

export interface WatchOptions {
  /** The files, whether or not they exist. */
  files: () => readonly string[];
  /** How long they must be still before `changed` is called. */
  debounceMs: () => number;
  /** Something may have changed; whether the bytes did is for the callee to see. */
  changed: () => void;
  /** A directory can't be watched (any more). */
  failed: (directory: string, why: string) => void;
}

/** Files under watch. */
export interface Watch {
  /** Looks again where the files lie, since a link may lead elsewhere now. */
  follow(): void;
  close(): void;
}

/**
 * Watches the directories that the files lie in: who watches a file itself hears nothing more once another has been
 * put in its place.
 */
export function watchFiles({ files, debounceMs, changed, failed }: WatchOptions): Watch {
  const watchers = new Map<string, FSWatcher>();
  /** Names that matter by directory; null where any does. */
  let names = new Map<string, Set<string> | null>();
  let timer: NodeJS.Timeout | undefined;

  function heard(directory: string, name: string | null): void {
    const known = names.get(directory);
    if (known === undefined || (known !== null && name !== null && !known.has(name))) return;
    clearTimeout(timer);
    timer = setTimeout(changed, debounceMs());
    timer.unref();
  }

  function open(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (_, name) => heard(directory, name));
      watcher.on("error", (error) => {
        watcher.close();
        watchers.delete(directory);
        failed(directory, messageOf(error));
      });
      watchers.set(directory, watcher);
    } catch (error) {
      failed(directory, messageOf(error));
    }
  }

  function follow(): void {
    names = new Map();
    for (const file of files()) {
      const link = isLink(file);
      note(names, dirname(file), link ? null : basename(file));
      const real = link ? realPath(file) : null;
      if (real !== null) note(names, dirname(real), basename(real));
    }
    for (const [directory, watcher] of watchers) {
      if (names.has(directory)) continue;
      watcher.close();
      watchers.delete(directory);
    }
    for (const directory of names.keys()) if (!watchers.has(directory)) open(directory);
  }

  follow();
  return {
    follow,
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

/** A link's directory matters as a whole: what the link leads through may be what is exchanged. */
function note(names: Map<string, Set<string> | null>, directory: string, name: string | null): void {
  const known = names.get(directory);
  if (known === null) return;
  if (name === null) names.set(directory, null);
  else if (known === undefined) names.set(directory, new Set([name]));
  else known.add(name);
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}

function realPath(file: string): string | null {
  try {
    return realpathSync(file);
  } catch {
    return null;
  }
}
