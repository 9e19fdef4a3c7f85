import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import type { Keychain } from "./keychain.ts";

export interface SecretsOptions {
  stateDir: string;
  /** Null keeps everything in files. */
  keychain: Keychain | null;
  /** Told of every secret that comes to be known, so that no log ever shows it. */
  known: (secret: string) => void;
}

/** Secrets that the config refers to by name as `${secret:NAME}`: in the OS keychain, else in files of this user. */
export interface Secrets {
  /** Null where there is none of that name, or where it cannot be read. */
  read(name: string): Promise<string | null>;
  /** Keeps it under the name, in the place of what was there, and says where. */
  keep(name: string, value: string): Promise<"keychain" | "file">;
  forget(name: string): Promise<void>;
}

/** The files in which secrets are kept, and their modes. */
export function secretFiles(stateDir: string): { path: string; mode: number }[] {
  const directory = directoryIn(stateDir);
  let names: string[];
  try {
    names = readdirSync(directory).toSorted();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(directory, name);
    const state = statSync(path, { throwIfNoEntry: false });
    return state?.isFile() ? [{ path, mode: state.mode & 0o777 }] : [];
  });
}

/** Says which of them others can read; they are used all the same, since someone may have meant it. */
export function warnOfOpenSecrets(stateDir: string, warn: (message: string) => void): void {
  if (process.platform === "win32") return;
  for (const { path, mode } of secretFiles(stateDir)) {
    if ((mode & 0o077) === 0) continue;
    warn(`${path} is open to other users (mode ${mode.toString(8)}); close it: moltbot doctor --fix`);
  }
}

function directoryIn(stateDir: string): string {
  return join(stateDir, "secrets");
}

export function createSecrets({ stateDir, keychain, known }: SecretsOptions): Secrets {
  const directory = directoryIn(stateDir);
  const fileOf = (name: string) => join(directory, name);
  /** What came out of the keychain, which would ask a person again and again. */
  const remembered = new Map<string, string>();

  function fromFile(name: string): string | null {
    try {
      const text = readFileSync(fileOf(name), "utf8").trim();
      return text === "" ? null : text;
    } catch {
      return null;
    }
  }

  async function fromKeychain(name: string): Promise<string | null> {
    const before = remembered.get(name);
    if (before !== undefined || keychain === null) return before ?? null;
    const found = await keychain.get(name).catch(() => null);
    if (found !== null) remembered.set(name, found);
    return found;
  }

  /** Whether the keychain has taken it and gives it back. */
  async function intoKeychain(name: string, value: string): Promise<boolean> {
    if (keychain === null) return false;
    try {
      await keychain.set(name, value);
      return (await keychain.get(name)) === value;
    } catch {
      return false;
    }
  }

  return {
    async read(name) {
      const found = fromFile(name) ?? (await fromKeychain(name));
      if (found !== null) known(found);
      return found;
    },
    async keep(name, value) {
      known(value);
      remembered.delete(name);
      if (await intoKeychain(name, value)) {
        remembered.set(name, value);
        // A file would be read first.
        rmSync(fileOf(name), { force: true });
        return "keychain";
      }
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileAtomic(fileOf(name), `${value}\n`, 0o600);
      return "file";
    },
    async forget(name) {
      remembered.delete(name);
      rmSync(fileOf(name), { force: true });
      await keychain?.delete(name).catch(() => {});
    },
  };
}
