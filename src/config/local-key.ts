import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";

const form = /^[A-Za-z0-9_-]{43}$/;

/**
 * The key by which the gateway knows programs of its own user on this machine; null where there is none that only
 * this user can have read.
 */
export function readLocalKey(stateDir: string): string | null {
  return readKey(join(stateDir, "local.key"));
}

/** The same, made anew where there is none or where others could read it. For the holder of the gateway lock. */
export function ensureLocalKey(stateDir: string): string {
  return ensureKey(join(stateDir, "local.key"));
}

/**
 * The key from which the tokens of devices are derived, kept like the local key but never shown to anybody: a new
 * one makes every token worthless.
 */
export function ensureTokenKey(stateDir: string): string {
  return ensureKey(join(stateDir, "token.key"));
}

function readKey(path: string): string | null {
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

function ensureKey(path: string): string {
  const existing = readKey(path);
  if (existing !== null) return existing;
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  writeFileAtomic(path, `${key}\n`, 0o600);
  return key;
}
