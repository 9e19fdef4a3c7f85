import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { messageOf } from "#src/lib/errors.ts";
import { check, defaultOf, type Findings } from "./check.ts";
import { crossCheck, legacyFindings } from "./cross-check.ts";
import type { Environment } from "./environment.ts";
import { ConfigError, type ConfigIssue } from "./error.ts";
import { type Finding, type Path, showFinding, showPath } from "./finding.ts";
import { resolveIncludes } from "./include.ts";
import {
  type ObjectNode,
  parseTree,
  type Source,
  SyntaxProblem,
  showPlace,
  type TreeNode,
  toValue,
} from "./json5-tree.ts";
import { type Config, ConfigSchema } from "./schema.ts";
import { substitute } from "./substitute.ts";

export interface LoadFinding extends Finding {
  /** As in `off`; null for what is only suspicious. */
  switchesOff: string | null;
}

export interface LoadedConfig {
  path: string;
  exists: boolean;
  /** The file's text; null where there is no file. */
  raw: string | null;
  /** SHA-256 of the text in hex, of the empty text where there is no file. */
  hash: string;
  /** The file as written: references and includes unresolved. */
  parsed: unknown;
  /** Resolved, checked and with the defaults filled in; what is switched off has its default or is absent. */
  config: Config;
  /** The environment, completed by the file's `env` section; `resolveGateway` and model keys look here. */
  env: Environment;
  /** What is wrong with sections that are therefore switched off. */
  issues: ConfigIssue[];
  /** What is suspicious, but changes nothing. */
  warnings: ConfigIssue[];
  /** All of these with their spots, and with what each of them switches off. */
  findings: LoadFinding[];
  /** Keys of older layouts, with where they belong today. */
  legacyIssues: ConfigIssue[];
  /** What is switched off: `cron`, `channels.telegram`, `models.providers.local`, … */
  off: string[];
  /** Files that took part through `$include`. */
  includes: string[];
  /** Values that came out of `${VAR}`, by path, as they were written. */
  references: ReadonlyMap<string, string>;
}

/** Where the config is read from, and what `${VAR}` stands for. */
export interface LoadOptions {
  path: string;
  env: Environment;
  /** Judged in the place of what the file says. */
  text?: string;
}

/** Where the text of the last config without a fault is kept. It is for people: nothing ever starts with it. */
export function lastGoodOf(path: string): string {
  return `${path}.last-good`;
}

/** Reads the file; throws a `ConfigError` for one that cannot be read or parsed or whose `gateway` is wrong. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  try {
    return load(options);
  } catch (error) {
    const kept = lastGoodOf(options.path);
    if (!(error instanceof ConfigError) || options.text !== undefined || !existsSync(kept)) throw error;
    const message = `${error.message}; the last one that was right is kept in ${kept}`;
    const zh = `${error.zh ?? error.message}；最后一份正确的配置保存在 ${kept}`;
    throw new ConfigError({ en: message, zh }, error.issues, { cause: error });
  }
}

function load({ path, env, text }: LoadOptions): LoadedConfig {
  const raw = text ?? readText(path);
  const root = raw === null ? emptyRoot(path) : parseRoot({ name: basename(path), text: raw });
  const resolved = resolve(root, path, env);
  const checked = checkSections(resolved.root, resolved.problems);
  const legacy = legacyFindings(resolved.root);
  const isLegacy = ({ path: [key, ...rest] }: Finding) =>
    rest.length === 0 && legacy.some(({ path: [name] }) => name === key);
  const warnings = [...checked.warnings.filter((warning) => !isLegacy(warning)), ...legacy];
  return {
    path,
    exists: raw !== null,
    raw,
    hash: hashOf(raw),
    parsed: toValue(root),
    config: checked.config,
    env: resolved.env,
    issues: checked.problems.map(toIssue),
    warnings: warnings.map(toIssue),
    findings: [
      ...checked.problems.map((each) => ({ ...each, switchesOff: showPath(unitOf(each.path)) })),
      ...warnings.map((each) => ({ ...each, switchesOff: null })),
    ],
    legacyIssues: legacy.map(toIssue),
    off: checked.off,
    includes: resolved.includes,
    references: referencesOf(resolved.root),
  };
}

/** What `config.get` calls the hash: SHA-256 in hex, of the empty text where there is no file. */
export function hashOf(raw: string | null): string {
  return new Bun.CryptoHasher("sha256").update(raw ?? "").digest("hex");
}

/** The file's text; null where there is no file. Throws a `ConfigError` for one that cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const why = messageOf(error);
    const said = { en: `cannot read the config ${path}: ${why}`, zh: `无法读取配置 ${path}：${why}` };
    throw new ConfigError(said, undefined, { cause: error });
  }
}

function emptyRoot(path: string): ObjectNode {
  const source = { name: basename(path), text: "" };
  return { kind: "object", at: { source, offset: 0 }, end: 0, entries: new Map() };
}

function parseRoot(source: Source): ObjectNode {
  if (source.text.trim() === "") {
    throw new ConfigError({
      en: `${source.name} is empty; write {} into it, or remove it to run on defaults`,
      zh: `${source.name} 是空的；请写入 {}，或删除它以使用默认配置`,
    });
  }
  let root: TreeNode;
  try {
    root = parseTree(source);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const where = showPlace(error.place);
    const said = {
      en: `${where}: ${error.message}; correct that spot`,
      zh: `${where}：${error.zh}；请修正此处`,
    };
    throw new ConfigError(said, undefined, { cause: error });
  }
  if (root.kind === "object") return root;
  throw noObject(root);
}

function noObject({ at }: TreeNode): ConfigError {
  const where = showPlace(at);
  return new ConfigError({
    en: `${where}: the config must be an object, { … }`,
    zh: `${where}：配置必须是对象 { … }`,
  });
}

interface Resolved {
  root: ObjectNode;
  env: Environment;
  includes: string[];
  problems: Finding[];
}

function resolve(root: ObjectNode, path: string, env: Environment): Resolved {
  const included = resolveIncludes(root, path);
  const problems = included.problems;
  if (included.root.kind !== "object") {
    throw noObject(included.root);
  }
  const entries = new Map(included.root.entries);
  const own = entries.get("env");
  let known = env;
  if (own !== undefined) {
    const node = substitute(own.node, env, ["env"], problems);
    entries.set("env", { ...own, node });
    known = { ...variablesOf(toValue(node)), ...definedOnly(env) };
  }
  for (const [key, entry] of entries) {
    if (key !== "env") entries.set(key, { ...entry, node: substitute(entry.node, known, [key], problems) });
  }
  return { root: { ...included.root, entries }, env: known, includes: included.files, problems };
}

/** `env.vars` and the texts beside it. */
function variablesOf(section: unknown): Record<string, string> {
  const { vars, ...rest } = (typeof section === "object" ? section : {}) as Record<string, unknown>;
  const all = [...Object.entries(rest), ...Object.entries(typeof vars === "object" && vars ? vars : {})];
  return Object.fromEntries(all.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function definedOnly(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
}

interface Checked extends Findings {
  config: Config;
  off: string[];
}

function checkSections(root: ObjectNode, earlier: Finding[]): Checked {
  const findings: Findings = { problems: [...earlier], warnings: [] };
  const first = check(ConfigSchema, root, [], findings) as Config;
  // Checks across sections read typed values, so they wait until the shapes are right.
  if (findings.problems.length === 0) crossCheck(first, root, findings);
  if (findings.problems.length === 0) return { ...findings, config: first, off: [] };

  const fatal = findings.problems.filter(({ path }) => path.length === 0 || path[0] === "gateway");
  if (fatal.length > 0) throw gatewayError(fatal);

  const off = new Map(findings.problems.map(({ path }) => [showPath(unitOf(path)), unitOf(path)]));
  let rest = root;
  for (const unit of off.values()) rest = without(rest, unit);
  const again = checkSections(rest, []);
  for (const unit of off.values()) disable(again.config, unit);
  return {
    config: again.config,
    off: [...off.keys(), ...again.off],
    problems: [...findings.problems, ...again.problems],
    warnings: again.warnings,
  };
}

function gatewayError(findings: Finding[]): ConfigError {
  const lines = findings.map(showFinding);
  const en = lines.map((line) => line.en);
  const more = en.length === 1 ? "" : `, and ${en.length - 1} more: ${en.slice(1).join("; ")}`;
  const zh = lines.map((line) => line.zh).join("；");
  const said = { en: `${en[0]}${more}; correct the config`, zh: `${zh}；请修正配置` };
  return new ConfigError(said, findings.map(toIssue));
}

/** The part that a problem switches off: one channel or one of its accounts, one provider, otherwise the whole section. */
function unitOf(path: Path): Path {
  if (path[0] === "channels" && path.length > 1) {
    return path.slice(0, path[2] === "accounts" && path.length > 4 ? 4 : 2);
  }
  if (path[0] === "models" && path[1] === "providers" && path.length > 2) return path.slice(0, 3);
  return path.slice(0, 1);
}

function without(node: ObjectNode, path: Path): ObjectNode {
  const [key, ...rest] = path;
  const entries = new Map(node.entries);
  const entry = entries.get(String(key));
  if (entry === undefined) return node;
  if (rest.length === 0 || entry.node.kind !== "object") entries.delete(String(key));
  else entries.set(String(key), { ...entry, node: without(entry.node, rest) });
  return { ...node, entries };
}

/** A section with a switch of its own is off, whatever the switch's default. */
function disable(config: Config, unit: Path): void {
  const section = unit.length === 1 ? config[unit[0] as keyof Config] : undefined;
  if (typeof section === "object" && "enabled" in section) section.enabled = false;
}

/** The config of an empty home. */
export function defaultConfig(): Config {
  return defaultOf({ ...ConfigSchema, default: {} } as TSchema) as Config;
}

function referencesOf(
  node: TreeNode,
  path: Path = [],
  found = new Map<string, string>(),
): Map<string, string> {
  if (node.kind === "leaf" && node.reference !== undefined) found.set(showPath(path), node.reference);
  if (node.kind === "array")
    node.items.forEach((item, index) => void referencesOf(item, [...path, index], found));
  if (node.kind === "object") {
    for (const [key, entry] of node.entries) referencesOf(entry.node, [...path, key], found);
  }
  return found;
}

/** A finding as it goes over the wire. */
export function toIssue(finding: Finding): ConfigIssue {
  const { en, zh } = showFinding(finding);
  return { path: showPath(finding.path), message: en, zh };
}
