import { chmodSync, linkSync, lstatSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DeviceIdentity, newPrivateKey, openIdentity } from "#src/client/identity.ts";
import { preparePrivateDir, prepareStateDir } from "#src/config/state-dir.ts";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { shortId } from "#src/lib/ids.ts";
import { type DeviceTexts, deviceTexts } from "./device-texts.ts";
import { CliError, exits } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** What one gateway gave this device. */
export interface KnownGateway {
  token?: string;
  scopes?: readonly string[];
  /** The certificate that came with a link. */
  tlsFingerprint?: string;
}

/** This user's device identity on this computer, and what gateways gave it. */
export interface IdentityFile {
  readonly identity: DeviceIdentity;
  known(url: string): KnownGateway;
  /** Keeps what a gateway gave, for its own address alone. */
  keep(url: string, gateway: KnownGateway): void;
}

interface Kept {
  version: 1;
  deviceId: string;
  gateways: Record<string, KnownGateway>;
}

/** Opens the identity in the state directory; makes one where there is none. */
export function openIdentityFile(stateDir: string, terminal: Terminal): IdentityFile {
  const warn = (message: string) => terminal.complain(message);
  const directory = join(stateDir, "identity");
  prepareStateDir(stateDir, warn);
  preparePrivateDir(directory, warn);
  const keyPath = join(directory, "device.json");
  const keptPath = join(directory, "gateways.json");
  const say = deviceTexts[terminal.language];
  const identity = readKey(keyPath, say) ?? makeKey(keyPath, say);

  function readKept(): Kept {
    const empty: Kept = { version: 1, deviceId: identity.deviceId, gateways: {} };
    const found = readJson(keptPath);
    // Tokens of another key are worth nothing.
    return isKept(found) && found.deviceId === identity.deviceId ? found : empty;
  }

  return {
    identity,
    known: (url) => readKept().gateways[placeOf(url)] ?? {},
    keep(url, gateway) {
      const kept = readKept();
      const gateways = { ...kept.gateways, [placeOf(url)]: gateway };
      writeFileAtomic(keptPath, `${JSON.stringify({ ...kept, gateways }, null, 2)}\n`, 0o600);
    },
  };
}

/** The address without what may change: path, query and fragment. */
function placeOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function readKey(path: string, say: DeviceTexts): DeviceIdentity | null {
  let state: ReturnType<typeof lstatSync>;
  try {
    state = lstatSync(path);
  } catch {
    return null;
  }
  if (process.platform !== "win32" && (state.mode & 0o077) !== 0) {
    throw new CliError(exits.permission, say.openIdentity(path), say.closeIdentity(path));
  }
  const found = readJson(path);
  const pem = isObject(found) && typeof found.privateKeyPem === "string" ? found.privateKeyPem : "";
  const identity = openIdentity(pem);
  if (identity === null) throw new CliError(exits.failure, say.badIdentity(path), say.removeIdentity);
  return identity;
}

/** Two commands may start at once: one makes the key, the other one takes it. */
function makeKey(path: string, say: DeviceTexts): DeviceIdentity {
  const privateKeyPem = newPrivateKey();
  const deviceId = openIdentity(privateKeyPem)?.deviceId;
  const file = { version: 1, deviceId, privateKeyPem, createdAtMs: Date.now() };
  const temporary = `${path}.${shortId()}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    chmodSync(temporary, 0o600);
    linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(temporary);
  }
  const identity = readKey(path, say);
  if (identity === null) throw new CliError(exits.failure, say.badIdentity(path), say.removeIdentity);
  return identity;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function isKept(found: unknown): found is Kept {
  return isObject(found) && typeof found.deviceId === "string" && isObject(found.gateways);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
