import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { preparePrivateDir } from "#src/config/state-dir.ts";
import type { Checked } from "#src/doctor/finding.ts";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { CliError, exits } from "./exit.ts";
import { gatewaysTexts } from "./gateways-texts.ts";
import type { Language } from "./language.ts";
import type { Secret } from "./target.ts";

/** A gateway that this user reaches by a name. What it gave this device is kept with the device's identity. */
export interface NamedGateway extends Secret {
  url: string;
  /** The SHA-256 of the certificate that it must show. */
  tlsFingerprint?: string;
}

export interface Gateways {
  /** The one that is asked unless another is named; null is this computer's own. */
  used: string | null;
  gateways: Readonly<Record<string, NamedGateway>>;
}

/** The name of this computer's own gateway, which is never written down. */
export const ownName = "local";

const none: Gateways = { used: null, gateways: {} };

export function isGatewayName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name) && name !== ownName && !(name in Object.prototype);
}

/** The named gateways of a state directory; a file that cannot be read ends the command rather than being lost. */
export function readGateways(stateDir: string, language: Language): Gateways {
  const path = fileIn(stateDir);
  let text: string;
  try {
    if (process.platform !== "win32" && (lstatSync(path).mode & 0o077) !== 0) {
      const say = gatewaysTexts[language];
      throw new CliError(exits.permission, say.openFile(path), say.closeFile(path));
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return none;
    throw error;
  }
  const found = parse(text);
  if (found !== null) return found;
  const say = gatewaysTexts[language];
  throw new CliError(exits.failure, say.badFile(path), say.fixFile);
}

/**
 * The gateway that is asked where none is named; null is this computer's own. A file that nobody can read chooses none,
 * which is warned of: the own gateway is asked without it.
 */
export function gatewayInUse(
  stateDir: string,
  language: Language,
  warn: (message: string, hint: string) => void,
): NamedGateway | null {
  const path = fileIn(stateDir);
  try {
    const kept = parse(readFileSync(path, "utf8"));
    if (kept?.used === null) return null;
    if (kept !== null) return gatewayNamed(undefined, readGateways(stateDir, language), language);
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  }
  const say = gatewaysTexts[language];
  warn(say.ownInstead(path), say.fixFile);
  return null;
}

/** Whether commands can go where the file says; nothing where there is none. Who may read it is looked at elsewhere. */
export function checkGateways(stateDir: string, language: Language): Checked[] {
  const id = "gateways-file";
  const path = fileIn(stateDir);
  const say = gatewaysTexts[language];
  if (!existsSync(path)) return [];
  try {
    const found = parse(readFileSync(path, "utf8"));
    if (found === null) return [{ id, verdict: "fail", message: say.badFile(path), hint: say.fixFile }];
    gatewayNamed(undefined, found, language);
    return [{ id, verdict: "ok", message: say.goodFile(Object.keys(found.gateways).length) }];
  } catch (error) {
    const hint = error instanceof CliError ? error.hint : undefined;
    const message = error instanceof CliError ? error.message : say.badFile(path);
    return [{ id, verdict: "fail", message, hint: hint ?? say.fixFile }];
  }
}

/** Puts them in the place of what was there, for this user alone. */
export function writeGateways(stateDir: string, gateways: Gateways): void {
  preparePrivateDir(stateDir, () => {});
  writeFileAtomic(fileIn(stateDir), `${JSON.stringify({ version: 1, ...gateways }, null, 2)}\n`, 0o600);
}

/** The gateway of a name, or the one in use; null is this computer's own. */
export function gatewayNamed(
  name: string | undefined,
  { used, gateways }: Gateways,
  language: Language,
): NamedGateway | null {
  const wanted = name ?? used;
  if (wanted === null || wanted === ownName) return null;
  const found = Object.hasOwn(gateways, wanted) ? gateways[wanted] : undefined;
  if (found !== undefined) return found;
  const say = gatewaysTexts[language];
  throw new CliError(
    exits.usage,
    say.unknown(wanted),
    say.known([ownName, ...Object.keys(gateways)].join(", ")),
  );
}

function fileIn(stateDir: string): string {
  return join(stateDir, "gateways.json");
}

function parse(text: string): Gateways | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(found) || !isObject(found.gateways)) return null;
  const { used, gateways } = found;
  if (used !== null && typeof used !== "string") return null;
  const entries = Object.entries(gateways);
  return entries.every(isEntry) ? { used, gateways: Object.fromEntries(entries) } : null;
}

function isEntry(entry: [string, unknown]): entry is [string, NamedGateway] {
  const [name, value] = entry;
  if (!isGatewayName(name) || !isObject(value) || typeof value.url !== "string") return false;
  return [value.tlsFingerprint, value.token, value.password].every(
    (part) => part === undefined || typeof part === "string",
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
