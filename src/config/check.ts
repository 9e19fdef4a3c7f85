import type { TSchema } from "@sinclair/typebox";
import { isSecretKey } from "#src/lib/redact.ts";
import { type Finding, type Path, showPath } from "./finding.ts";
import { define, type ObjectNode, type Place, type TreeNode, toValue } from "./json5-tree.ts";
import { suggest } from "./suggest.ts";
import { type Given, givenZh, showGiven, showWanted, type Wanted, wantedZh } from "./wanted.ts";

/** What a check found; the value that it returns counts only where there is no problem. */
export interface Findings {
  problems: Finding[];
  warnings: Finding[];
}

/**
 * Reads a value by its schema and fills in the defaults. Unlike AJV it knows where the value stands, needs no
 * compilation at start, and takes an unknown key for a warning.
 */
export function check(schema: TSchema, node: TreeNode, path: Path, findings: Findings): unknown {
  if (Array.isArray(schema.anyOf)) return checkUnion(schema.anyOf, node, path, findings);
  if (schema.type === "object") return checkObject(schema, node, path, findings);
  if (schema.type === "array") return checkArray(schema, node, path, findings);
  const value = toValue(node);
  const wanted = expectation(schema, value);
  if (wanted !== undefined) complain(findings, path, wanted, node);
  return value;
}

/** What a schema gives where the file says nothing; undefined where it may stay away. */
export function defaultOf(schema: TSchema): unknown {
  if (schema.default === undefined) return undefined;
  if (schema.type !== "object" || schema.properties === undefined) return structuredClone(schema.default);
  const filled: Record<string, unknown> = {};
  for (const [key, property] of Object.entries<TSchema>(schema.properties)) {
    const value = defaultOf(property);
    if (value !== undefined) filled[key] = value;
  }
  return filled;
}

function checkObject(schema: TSchema, node: TreeNode, path: Path, findings: Findings): unknown {
  if (node.kind !== "object") return complain(findings, path, { is: "object" }, node);
  const properties: Record<string, TSchema> = schema.properties ?? {};
  const value: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(properties)) {
    const entry = node.entries.get(key);
    const child = entry ? check(property, entry.node, [...path, key], findings) : defaultOf(property);
    if (child !== undefined) value[key] = child;
    else if (entry === undefined && (schema.required ?? []).includes(key)) {
      const parts = { is: "missing", key: showPath([...path, key]) } as const;
      const said = { message: `${parts.key} is missing`, zh: `缺少 ${parts.key}` };
      findings.problems.push({ path, ...said, place: node.at, parts });
    }
  }
  checkOthers(schema, properties, node, path, findings, value);
  return value;
}

function checkOthers(
  schema: TSchema,
  properties: Record<string, TSchema>,
  node: ObjectNode,
  path: Path,
  findings: Findings,
  value: Record<string, unknown>,
): void {
  for (const [key, entry] of node.shadowed ?? []) {
    const parts = { is: "twice", key: showPath([...path, key]) } as const;
    const message = `${parts.key} is written twice; the last one counts`;
    const zh = `${parts.key} 重复出现，以最后一个为准`;
    findings.warnings.push({ path: [...path, key], message, zh, place: entry.keyAt, parts });
  }
  for (const [key, entry] of node.entries) {
    if (Object.hasOwn(properties, key)) continue;
    const others: unknown = schema.additionalProperties;
    if (others === false) findings.warnings.push(unknownKey(key, entry.keyAt, path, Object.keys(properties)));
    else if (typeof others === "object" && others !== null) {
      define(value, key, check(others as TSchema, entry.node, [...path, key], findings));
    } else define(value, key, toValue(entry.node));
  }
}

function unknownKey(key: string, place: Place, path: Path, known: string[]): Finding {
  const near = suggest(key, known);
  const hint = near === undefined ? "it is ignored" : `did you mean ${near}?`;
  const parts = { is: "unknown-key", key: showPath([...path, key]), meant: near ?? null } as const;
  const message = `${parts.key} is not a known key; ${hint}`;
  const zh = `未知的键“${parts.key}”${near === undefined ? "" : `，是否想写“${near}”？`}`;
  return { path: [...path, key], message, zh, place, parts };
}

function checkArray(schema: TSchema, node: TreeNode, path: Path, findings: Findings): unknown {
  if (node.kind !== "array") return complain(findings, path, { is: "list" }, node);
  return node.items.map((item, index) => check(schema.items as TSchema, item, [...path, index], findings));
}

function checkUnion(options: TSchema[], node: TreeNode, path: Path, findings: Findings): unknown {
  let closest: { value: unknown; found: Findings } | undefined;
  for (const option of options) {
    const found: Findings = { problems: [], warnings: [] };
    const value = check(option, node, path, found);
    // Of the options that fail, the one of the same kind has the useful complaint: it looked inside.
    const fits = found.problems.length === 0;
    if (closest === undefined || fits || option.type === node.kind) closest = { value, found };
    if (fits) break;
  }
  findings.problems.push(...(closest?.found.problems ?? []));
  findings.warnings.push(...(closest?.found.warnings ?? []));
  return closest?.value;
}

/** What the schema wants instead of the value; undefined where it is content. */
function expectation(schema: TSchema, value: unknown): Wanted | undefined {
  switch (schema.type) {
    case "boolean":
      return typeof value === "boolean" ? undefined : { is: "boolean" };
    case "integer":
    case "number":
      return isNumber(schema, value) ? undefined : numberOf(schema);
    case "string":
      return stringExpectation(schema, value);
    default:
      return undefined;
  }
}

function isNumber(schema: TSchema, value: unknown): boolean {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (schema.type === "integer" && !Number.isInteger(value)) return false;
  return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
}

function numberOf(schema: TSchema): Wanted {
  const { minimum, maximum } = schema;
  return {
    is: "number",
    whole: schema.type === "integer",
    ...(minimum === undefined ? {} : { from: minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? { to: maximum } : {}),
  };
}

function stringExpectation(schema: TSchema, value: unknown): Wanted | undefined {
  if (Array.isArray(schema.enum)) {
    return schema.enum.includes(value) ? undefined : { is: "word", options: schema.enum as string[] };
  }
  if (typeof value !== "string") return { is: "text" };
  if (value.length < (schema.minLength ?? 0)) return { is: "filled-text" };
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return { is: "form", pattern: schema.pattern, means: schema.description ?? "" };
  }
  return undefined;
}

function complain(findings: Findings, path: Path, wanted: Wanted, node: TreeNode): undefined {
  const given = givenIn(node, path);
  const parts = { is: "wrong", key: showPath(path), wanted, given } as const;
  const message = `${parts.key} must be ${showWanted(wanted)}, not ${showGiven(given)}`;
  const zh = `${parts.key} 必须是${wantedZh(wanted)}，而不是${givenZh(given)}`;
  findings.problems.push({ path, message, zh, place: node.at, parts });
}

/** The value as it may be repeated: short, and no secret. */
function givenIn(node: TreeNode, path: Path): Given {
  if (node.kind === "object") return { is: "object" };
  if (node.kind === "array") return { is: "list" };
  const hidden = node.reference !== undefined || path.some((step) => isSecretKey(String(step)));
  if (node.value === "") return { is: "empty" };
  if (hidden) return { is: "hidden" };
  const text = typeof node.value === "string" ? JSON.stringify(node.value.slice(0, 60)) : String(node.value);
  return { is: "value", text };
}
