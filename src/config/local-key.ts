import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";

const form = /^[A-Za-z0-9_-]{43}$/;

function pathIn(stateDir: string): string {
  return join(stateDir, "local.key");
}

/**
 * The key by which the gateway knows programs of its own user on this machine; null where there is none that only
 * this user can have read.
 */
export function readLocalKey(stateDir: string): string | null {
  const path = pathIn(stateDir);
  try {
    const state = lstatSync(path);
    const alone = process.platform === "win32" || (state.mode & 0o077) === 0;
    const owned = process.getuid === undefined || state.uid === process.getuid();
    if (!state.isFile() || !alone || !owned) return null;
    const key = readFileSync(path, "utf8").trim();
    return form.test(key) ? key : null;
  } catch {
    return null;
  }
}

/** The same, made anew where there is none or where others could read it. For the holder of the gateway lock. */
export function ensureLocalKey(stateDir: string): string {
  const existing = readLocalKey(stateDir);
  if (existing !== null) return existing;
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  writeFileAtomic(pathIn(stateDir), `${key}\n`, 0o600);
  return key;
}
