import type { EventName, MethodName } from "#protocol";
import { type Check, type SchemaError, type SchemaKey, schemaCheck } from "./schema-check.ts";

const MAX_PARTS = 8;
const MAX_NAME = 64;
const MAX_PATH = 128;
const MAX_DEPTH = 64;
const MAX_KEYS = 10_000;

/**
 * Params of a method. Null when they are valid, else what is wrong with them, ready to follow
 * `invalid <method> params: `. Where the method is tolerant, keys that the contract does not know are removed
 * from `value`, at every level.
 */
export function checkParams(method: MethodName | "connect", value: unknown): string | null {
  return verdictOf(found("params", method), value);
}

/** The answer of a method, or the last one where it answers twice. */
export function checkResult(method: MethodName | "connect", value: unknown): string | null {
  return verdictOf(found("result", method), value);
}

/** The first answer of a method that answers twice. */
export function checkAccepted(method: MethodName, value: unknown): string | null {
  return verdictOf(found("accepted", method), value);
}

export function checkEvent(event: EventName, payload: unknown): string | null {
  return verdictOf(found("event", event), payload);
}

export function checkRequestFrame(value: unknown): string | null {
  return verdictOf(found("frame", "request"), value);
}

/** Any frame of the contract: request, response or event. */
export function checkFrame(value: unknown): string | null {
  return verdictOf(found("frame", "any"), value);
}

/**
 * Null when the value is small enough to be validated, else why not. Ask before every check of what a stranger
 * sent: the other checks visit all of it.
 */
export function tooComplex(value: unknown): string | null {
  const waiting: { value: object; depth: number }[] = [];
  let keys = 0;
  if (isContainer(value)) waiting.push({ value, depth: 1 });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
    if (Array.isArray(next.value)) {
      keys += next.value.length;
      if (keys > MAX_KEYS) return tooMany;
      for (const inner of next.value) {
        if (isContainer(inner)) waiting.push({ value: inner, depth: next.depth + 1 });
      }
      continue;
    }
    const object = next.value as Record<string, unknown>;
    for (const key in object) {
      keys += 1;
      if (keys > MAX_KEYS) return tooMany;
      const inner = object[key];
      if (isContainer(inner)) waiting.push({ value: inner, depth: next.depth + 1 });
    }
  }
  return null;
}

const tooMany = `more than ${MAX_KEYS} keys and list items`;

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** By kind and then by name: to join the two for every frame would take longer than most checks. */
const checks = {
  params: new Map<string, Check>(),
  result: new Map<string, Check>(),
  accepted: new Map<string, Check>(),
  event: new Map<string, Check>(),
  frame: new Map<string, Check>(),
};

function found(kind: keyof typeof checks, name: string): Check {
  const known = checks[kind].get(name);
  if (known) return known;
  const check = schemaCheck(`${kind} ${name}` as SchemaKey);
  checks[kind].set(name, check);
  return check;
}

/** What a check says, as a text; null when it has nothing against the value. */
export function verdictOf(check: Check, value: unknown): string | null {
  if (check(value)) return null;
  const errors = check.errors ?? [];
  // The errors hold on to what they complain of until the next call.
  check.errors = null;
  return textOf(errors);
}

/** The contract's form (§1.2): parts by "; ", each with its place, no part twice. */
function textOf(errors: SchemaError[]): string {
  const parts = new Set<string>();
  for (const error of errors) {
    if (parts.size === MAX_PARTS) {
      parts.add("and more");
      break;
    }
    parts.add(partOf(error));
  }
  return [...parts].join("; ");
}

function partOf({ instancePath, keyword, message, params }: SchemaError): string {
  const path = cut(instancePath, MAX_PATH);
  if (keyword === "additionalProperties") {
    const name = cut(String(params.additionalProperty), MAX_NAME);
    return `at ${path || "root"}: unexpected property '${name}'`;
  }
  const allowed = Array.isArray(params.allowedValues)
    ? ` (${params.allowedValues.map(String).join(", ")})`
    : "";
  const said = `${message ?? `fails ${keyword}`}${allowed}`;
  return path === "" ? said : `at ${path}: ${said}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
