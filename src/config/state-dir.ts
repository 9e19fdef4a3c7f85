import { chmodSync, lstatSync, mkdirSync, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "#src/lib/errors.ts";
import { ConfigError } from "./error.ts";

/** Told of what was not as it should be and has been put right. */
export type Warn = (message: string) => void;

const ours =
  /^(moltbot\.json|clawdbot\.json|openclaw\.json|moltbot\.db|gateway\.lock|gateways?\.json|(local|token)\.key|logs|identity)$/;
const privateFiles =
  /^(moltbot|clawdbot|openclaw)\.json(\.bak(\.\d)?|\.last-good)?$|^moltbot\.db(-wal|-shm|-journal)?$|^gateway\.(lock|json)$|^gateways\.json$|^starts\.json$|^tls\.(key|crt)$/;

/** Whether a file of the state directory by this name is for its owner alone. */
export function isPrivateFile(name: string): boolean {
  return privateFiles.test(name);
}

/** Makes the state directory, for its owner alone, and takes back what others may do with it or its files. */
export function prepareStateDir(stateDir: string, warn: Warn): void {
  makeDirectory(stateDir);
  if (process.platform === "win32") return;
  const state = statSync(stateDir);
  if (!state.isDirectory()) {
    throw new ConfigError({
      en: `${stateDir} is not a directory; name one: MOLTBOT_STATE_DIR`,
      zh: `${stateDir} 不是目录；请用 MOLTBOT_STATE_DIR 指定一个`,
    });
  }
  requireOwner(stateDir, state);
  if ((state.mode & 0o077) !== 0) closeDirectory(stateDir, state, warn);
  closeFiles(stateDir, privateFiles, warn);
}

/** Makes a directory below the state directory, such as `logs`. */
export function preparePrivateDir(directory: string, warn: Warn): void {
  makeDirectory(directory);
  if (process.platform === "win32") return;
  const state = statSync(directory);
  if ((state.mode & 0o077) !== 0 && isOwned(state)) repair(directory, 0o700, warn);
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = messageOf(error);
    const said = {
      en: `cannot make the directory ${path}: ${why}; name another with MOLTBOT_STATE_DIR`,
      zh: `无法创建目录 ${path}：${why}；请用 MOLTBOT_STATE_DIR 指定另一个`,
    };
    throw new ConfigError(said, undefined, { cause: error });
  }
}

function requireOwner(path: string, state: Stats): void {
  if (isOwned(state)) return;
  throw new ConfigError({
    en: `${path} belongs to user ${state.uid}, not to the one who runs this; name a directory of your own with MOLTBOT_STATE_DIR`,
    zh: `${path} 属于用户 ${state.uid}，而不是运行本程序的用户；请用 MOLTBOT_STATE_DIR 指定自己的目录`,
  });
}

function isOwned(state: Stats): boolean {
  return process.getuid === undefined || state.uid === process.getuid();
}

function closeDirectory(path: string, state: Stats, warn: Warn): void {
  const names = readdirSync(path);
  const shared = (state.mode & 0o1000) !== 0 || (names.length > 0 && !names.some((name) => ours.test(name)));
  if (shared) {
    throw new ConfigError({
      en: `${path} is used for other things and open to others; give the gateway a directory of its own with MOLTBOT_STATE_DIR, or close it: chmod 700 '${path}'`,
      zh: `${path} 另有用途且对他人开放；请用 MOLTBOT_STATE_DIR 给网关一个单独的目录，或收紧权限：chmod 700 '${path}'`,
    });
  }
  repair(path, 0o700, warn);
}

function closeFiles(directory: string, names: RegExp, warn: Warn): void {
  for (const name of readdirSync(directory)) {
    if (!names.test(name)) continue;
    const path = join(directory, name);
    const state = lstatSync(path);
    if (state.isFile() && isOwned(state) && (state.mode & 0o077) !== 0) repair(path, 0o600, warn);
  }
}

function repair(path: string, mode: number, warn: Warn): void {
  chmodSync(path, mode);
  warn(`${path} was open to other users; its mode is ${mode.toString(8)} now`);
}
