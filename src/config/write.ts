/** One change of the config file, by whoever makes it: the gateway for its clients, the command line without one. */
import { existsSync, mkdirSync, realpathSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { editText } from "./edit-text.ts";
import type { Environment } from "./environment.ts";
import { ConfigError, type ConfigIssue } from "./error.ts";
import { isFilled, unfilled } from "./filled-form.ts";
import { parsePath, showPath } from "./finding.ts";
import { parseTree, SyntaxProblem, showPlace, toValue } from "./json5-tree.ts";
import { defaultConfig, hashOf, type LoadedConfig, loadConfig, readText, toIssue } from "./load.ts";
import { problemsMade } from "./problems-made.ts";
import { programsChanged } from "./program-keys.ts";
import { redacted } from "./redact.ts";
import { restored, restoredText, secretive } from "./restore.ts";
import { differences, isObject, mergePatch, valueAt } from "./value-change.ts";

export interface ConfigChange {
  method: "config.set" | "config.patch" | "config.apply";
  /** The whole file, or a JSON merge patch, as JSON5. */
  raw: string;
  baseHash?: string | undefined;
}

export interface WritePlace {
  /** The file that is read. */
  path: string;
  /** The file that is written; another one only where `path` has the name of a former version. */
  target: string;
  env: Environment;
  /** Throws a `ConfigError` for a config that the gateway could not start with. */
  judge: (loaded: LoadedConfig) => void;
  /** Over the wire no program may be named; by hand, on this machine, it may. */
  overTheWire: boolean;
}

/** What the file says now. */
export interface WrittenConfig {
  loaded: LoadedConfig;
  /** False where it said so before. */
  changed: boolean;
}

/** Checks the change, then writes it; what is refused leaves every byte as it was. */
export function writeConfig(change: ConfigChange, place: WritePlace): WrittenConfig {
  const text = currentText(place.path);
  requireBase(text, change.baseHash);
  const before = beforeOf(text, place);
  const wanted = wantedText(change, text, before, place);
  const loaded = checked(wanted, change, before, place);
  if (wanted === text) return { loaded, changed: false };
  requireBase(currentText(place.path), hashOf(text));
  try {
    store(wanted, text, place.target);
  } catch (error) {
    const why = messageOf(error);
    const told = {
      en: `cannot write ${place.target}: ${why}; nothing was changed`,
      zh: `无法写入 ${place.target}：${why}；未作更改`,
    };
    throw new GatewayError("UNAVAILABLE", told, { cause: error });
  }
  return { loaded, changed: true };
}

function currentText(path: string): string | null {
  try {
    return readText(path);
  } catch (error) {
    const message = `config base hash unavailable; re-run config.get and retry (${messageOf(error)})`;
    throw new GatewayError("INVALID_REQUEST", message, { cause: error });
  }
}

function requireBase(text: string | null, baseHash: string | undefined): void {
  const base = baseHash?.trim();
  if (base === hashOf(text) || (text === null && base === undefined)) return;
  const what = base === undefined ? "config base hash required" : "config changed since last load";
  throw new GatewayError("INVALID_REQUEST", `${what}; re-run config.get and retry`);
}

/** The file as it is; what cannot be understood of it is absent. */
interface Before {
  parsed: unknown;
  loaded: LoadedConfig | undefined;
  issues: ConfigIssue[];
}

function beforeOf(text: string | null, { path, env }: WritePlace): Before {
  try {
    const loaded = loadConfig({ path, env, ...(text === null ? {} : { text }) });
    return { parsed: loaded.parsed, loaded, issues: loaded.issues };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { parsed: valueOr(undefined, text), loaded: undefined, issues: error.issues };
  }
}

function valueOr(otherwise: unknown, text: string | null): unknown {
  try {
    const value = text === null ? {} : toValue(parseTree({ name: "config", text }));
    return isObject(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

function wantedText(
  { method, raw }: ConfigChange,
  text: string | null,
  before: Before,
  place: WritePlace,
): string {
  const sent = sentValue(method, raw);
  const file = secretive(before.parsed);
  const edited = (value: unknown) => editText(text ?? "{}\n", differences(before.parsed, value));
  if (method === "config.patch") {
    if (before.parsed === undefined) throw invalid("invalid config; fix before patching", before.issues);
    refuseIncluded(sent, before, place);
    const patched = mergePatch(before.parsed, restored(sent, file));
    return edited(patched);
  }
  const whole = raw.endsWith("\n") ? raw : `${raw}\n`;
  if (before.parsed === undefined || !isMadeByProgram(raw, sent)) return restoredText(whole, file, text);
  const { loaded } = before;
  const filled = loaded === undefined ? undefined : redacted(loaded.config, loaded.references);
  const shown = isFilled(sent, before.parsed, filled) ? unfilled(sent, before.parsed, filled) : sent;
  return edited(restored(shown, file));
}

function sentValue(method: string, raw: string): unknown {
  let value: unknown;
  try {
    value = toValue(parseTree({ name: "raw", text: raw }));
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const message = `${method} raw is no JSON5: ${error.message} (${showPlace(error.place)})`;
    throw new GatewayError("INVALID_REQUEST", message, { cause: error });
  }
  if (!isObject(value)) throw new GatewayError("INVALID_REQUEST", `${method} raw must be an object`);
  return value;
}

/** JSON as programs write it has no form of its own that would be worth keeping; the file's has. */
function isMadeByProgram(raw: string, value: unknown): boolean {
  const text = raw.trim();
  return text === JSON.stringify(value, null, 2) || text === JSON.stringify(value);
}

/** What only an included file says cannot be taken away in the file that includes it. */
function refuseIncluded(patch: unknown, before: Before, { path }: WritePlace): void {
  const { loaded, parsed } = before;
  if (loaded === undefined || loaded.includes.length === 0) return;
  for (const removed of removalsOf(patch)) {
    const steps = parsePath(removed) ?? [];
    const isStandard = Bun.deepEquals(valueAt(loaded.config, steps), valueAt(defaultConfig(), steps), true);
    if (isStandard || valueAt(parsed, steps) !== undefined) continue;
    const files = loaded.includes.map((file) => basename(file)).join(", ");
    const message = `${removed} is not in ${basename(path)} itself; look for it in what that includes: ${files}`;
    throw new GatewayError("INVALID_REQUEST", message);
  }
}

function removalsOf(patch: unknown, path: readonly string[] = []): string[] {
  if (patch === null) return [showPath(path)];
  if (!isObject(patch)) return [];
  return Object.entries(patch).flatMap(([key, value]) => removalsOf(value, [...path, key]));
}

function checked(text: string, change: ConfigChange, before: Before, place: WritePlace): LoadedConfig {
  try {
    const loaded = loadConfig({ path: place.target, env: place.env, text });
    const made = problemsMade(before.loaded, loaded);
    if (made.length > 0) throw invalid("invalid config", made.map(toIssue));
    place.judge(loaded);
    if (place.overTheWire) refusePrograms(loaded, before);
    return loaded;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw refusal(change, before, error.issues);
  }
}

/** The config as a whole could not be started with: either it is so already, or the change makes it so. */
function refusal({ method }: ConfigChange, before: Before, issues: ConfigIssue[]): GatewayError {
  const known = new Set(before.issues.map(({ path }) => path));
  const isOld = before.issues.length > 0 && issues.every(({ path }) => known.has(path));
  const message =
    method === "config.patch" && isOld ? "invalid config; fix before patching" : "invalid config";
  return invalid(message, issues);
}

/** The texts are what clients of generation 3 know; what is wrong stands in the details, line and column included. */
function invalid(message: string, issues: ConfigIssue[]): GatewayError {
  const rejected = [...new Set(issues.map(({ path }) => String(parsePath(path)?.[0] ?? "")))];
  return new GatewayError("INVALID_REQUEST", message, { details: { issues, rejected } });
}

function refusePrograms(loaded: LoadedConfig, before: Before): void {
  const named = new Set([
    ...programsChanged(before.parsed ?? {}, loaded.parsed),
    // An included file may name one as well.
    ...programsChanged(before.loaded?.config ?? {}, loaded.config),
  ]);
  const [first] = named;
  if (first === undefined) return;
  const message = `${first} names a program, and such a value cannot be written over a connection; write it into ${basename(loaded.path)} on the gateway's own machine`;
  throw new GatewayError("INVALID_REQUEST", message, { details: { paths: [...named] } });
}

/** The former text goes to `.bak`, the one before that to `.bak.1`, and so on to `.bak.4`. */
function store(text: string, former: string | null, target: string): void {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  if (former !== null) {
    const backup = (age: number) => (age === 0 ? `${target}.bak` : `${target}.bak.${age}`);
    for (let age = 3; age >= 0; age--) {
      if (existsSync(backup(age))) renameSync(backup(age), backup(age + 1));
    }
    writeFileAtomic(backup(0), former, 0o600);
  }
  // Where the file is a link, what it leads to is written.
  writeFileAtomic(existsSync(target) ? realpathSync(target) : target, text, 0o600);
}
