import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A directory that is gone with the scope that made it. */
export interface ScratchDir {
  path: string;
  /** Writes a file, with the directories above it, and returns its path. */
  write(name: string, text: string): string;
  [Symbol.dispose](): void;
}

export function scratchDir(): ScratchDir {
  const path = mkdtempSync(join(tmpdir(), "moltbot-test-"));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
