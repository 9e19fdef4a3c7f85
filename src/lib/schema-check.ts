import type { TSchema } from "@sinclair/typebox";
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from "ajv";
import {
  declarationOf,
  type EventName,
  eventDeclarationOf,
  events,
  handshake,
  type MethodName,
  methods,
} from "#protocol";
import { GatewayFrame, RequestFrame } from "#protocol/frames.ts";

/**
 * Every schema that is checked at run time. From source, AJV compiles each at its first use; the executable has
 * the text of `protocol/codegen/standalone.ts` in this file's place, so only `schemaCheck` may be imported by it.
 */
export type SchemaKey =
  | `params ${MethodName | "connect"}`
  | `result ${MethodName | "connect"}`
  | `accepted ${MethodName}`
  | `event ${EventName}`
  | "frame request"
  | "frame any";

export type SchemaError = Pick<ErrorObject, "instancePath" | "keyword" | "message"> & {
  params: Record<string, unknown>;
};

/** Judges a value; what was wrong stays in `errors` until the next call. */
export interface Check {
  (value: unknown): boolean;
  errors?: SchemaError[] | null | undefined;
}

export interface CheckedSchema {
  schema: TSchema;
  /** Unknown keys are removed from the value instead of being refused. */
  tolerant: boolean;
  /** Everything that is wrong is told, not just the first thing: worth it for what people and programs write. */
  thorough: boolean;
}

/** What is behind every key, in a fixed order. */
export function checkedSchemas(): Map<SchemaKey, CheckedSchema> {
  const all = new Map<SchemaKey, CheckedSchema>();
  const asked = (schema: TSchema, tolerant = false) => ({ schema, tolerant, thorough: true });
  const told = (schema: TSchema) => ({ schema, tolerant: false, thorough: false });
  all.set("frame request", asked(RequestFrame));
  all.set("frame any", told(GatewayFrame));
  all.set("params connect", asked(handshake.connect.params, handshake.connect.tolerant));
  all.set("result connect", told(handshake.connect.result));
  for (const name of Object.keys(methods) as MethodName[]) {
    const { params, result, accepted, tolerant } = declarationOf(name);
    all.set(`params ${name}`, asked(params, tolerant));
    all.set(`result ${name}`, told(result));
    if (accepted) all.set(`accepted ${name}`, told(accepted));
  }
  for (const name of Object.keys(events) as EventName[]) {
    all.set(`event ${name}`, told(eventDeclarationOf(name).payload));
  }
  return all;
}

/** The compiler behind both sources of checks. */
export function createCompiler({ tolerant, thorough }: CheckedSchema, options: Options = {}): Ajv {
  return new Ajv({
    allErrors: thorough,
    discriminator: true,
    strict: true,
    // The tag of a discriminated union is required above the arms that define it.
    strictRequired: false,
    allowUnionTypes: true,
    removeAdditional: tolerant,
    // A definition with more keywords than this becomes a function instead of being repeated.
    inlineRefs: 3,
    // Counting code points makes every length check linear in the text; lengths here are UTF-16 units.
    unicode: false,
    // The only thing it has to say is that `unicode` is deprecated.
    logger: false,
    ...options,
  });
}

/**
 * A schema as the compiler wants it: named parts once, as definitions, so that each becomes one function; and
 * "this or null" folded into one type, so that a wrong value gives one complaint instead of three.
 */
export function compilable(schema: TSchema): object {
  const definitions: Json = {};
  const { $id: _name, ...root } = schema as Json;
  return { ...(fold(root, definitions) as Json), definitions };
}

type Json = Record<string, unknown>;

function fold(schema: unknown, definitions: Json): unknown {
  if (Array.isArray(schema)) return schema.map((inner) => fold(inner, definitions));
  if (typeof schema !== "object" || schema === null) return schema;
  const { $id: name, anyOf, ...rest } = schema as Json;
  if (typeof name === "string") {
    definitions[name] ??= fold({ ...rest, ...(anyOf ? { anyOf } : {}) }, definitions);
    return { $ref: `#/definitions/${name}` };
  }
  const arms = Array.isArray(anyOf) ? (fold(anyOf, definitions) as Json[]) : [];
  const [value, none] = arms;
  if (arms.length === 2 && typeof value?.type === "string" && none?.type === "null") {
    const words = Array.isArray(value.enum) ? { enum: [...value.enum, null] } : {};
    return { ...rest, ...value, ...words, type: [value.type, "null"] };
  }
  const entries = Object.entries(rest).map(([key, inner]): [string, unknown] => {
    // A property may have a keyword's name.
    if (key === "properties") return [key, mapValues(inner as Json, (value) => fold(value, definitions))];
    return [key, key === "required" || key === "enum" || key === "const" ? inner : fold(inner, definitions)];
  });
  if (arms.length > 0) entries.push(["anyOf", arms]);
  return Object.fromEntries(entries);
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

let schemas: Map<SchemaKey, CheckedSchema> | undefined;
const compilers = new Map<string, Ajv>();
const compiled = new Map<SchemaKey, ValidateFunction>();

/** The check behind a key, compiled when it is first asked for. */
export function schemaCheck(key: SchemaKey): Check {
  const known = compiled.get(key);
  if (known) return known;
  schemas ??= checkedSchemas();
  const found = schemas.get(key);
  if (!found) throw new Error(`the contract has no schema "${key}"`);
  const kind = `${found.tolerant} ${found.thorough}`;
  const compiler = compilers.get(kind) ?? createCompiler(found);
  compilers.set(kind, compiler);
  const check = compiler.compile(compilable(found.schema));
  compiled.set(key, check);
  return check;
}
