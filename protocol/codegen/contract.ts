import type { TSchema } from "@sinclair/typebox";
import type { EventDeclaration, MethodDeclaration } from "../define.ts";
import { closes, errorCodes } from "../errors.ts";
import { GatewayFrame } from "../frames.ts";
import { domains, events, handshake } from "../index.ts";
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from "../version.ts";

/** All that the generated files are made from. */
export interface Contract {
  version: number;
  minVersion: number;
  /** The schema of everything that travels. */
  root: TSchema;
  /** Methods by domain, in the order of the page that people read. */
  domains: Record<string, Record<string, MethodDeclaration>>;
  events: Record<string, EventDeclaration>;
  errors: Record<string, { retryable: boolean; means: string }>;
  closes: Record<string, { code: number; reason: string; reconnect: boolean; means: string }>;
}

export const contract: Contract = {
  version: PROTOCOL_VERSION,
  minVersion: MIN_PROTOCOL_VERSION,
  root: GatewayFrame,
  domains: { handshake, ...domains },
  events,
  errors: errorCodes,
  closes,
};

/** A JSON Schema as plain data. */
export type Schema = { [key: string]: unknown };

export interface Definition {
  name: string;
  /** Named parts inside are references. */
  schema: Schema;
  /** What the contract uses it for, such as `params of chat.send`; empty for a part of something else. */
  uses: string[];
}

export interface MethodEntry {
  name: string;
  domain: string;
  declaration: MethodDeclaration;
  /** Names of definitions. */
  params: string;
  result: string;
  accepted?: string;
}

export interface EventEntry {
  name: string;
  declaration: EventDeclaration;
  payload: string;
}

export interface Catalogue {
  root: string;
  /** By name, sorted. */
  definitions: Map<string, Definition>;
  methods: MethodEntry[];
  events: EventEntry[];
}

/** `chat.send` → `ChatSend`, `system-event` → `SystemEvent`. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

/**
 * Gives every schema of the contract its name: its own, or one made from its method or event. Two different
 * schemas under one name would silently lose one of them, so that is an error.
 */
export function catalogue(from: Contract): Catalogue {
  const found = new Map<string, { definition: Definition; original: string }>();

  function define(name: string, schema: Schema, use?: string): string {
    if (!/^[A-Z][A-Za-z0-9]*$/.test(name))
      throw new Error(`"${name}" is no name for a schema: use PascalCase`);
    const { $id: _name, ...body } = schema;
    const original = JSON.stringify(body);
    const known = found.get(name);
    if (known && known.original !== original) {
      throw new Error(`two different schemas are called ${name}; rename one of them`);
    }
    const entry = known ?? { definition: { name, schema: {}, uses: [] }, original };
    if (!known) {
      found.set(name, entry);
      entry.definition.schema = referring(body) as Schema;
    }
    if (use) entry.definition.uses.push(use);
    return name;
  }

  /** A schema with the named ones inside it moved out. */
  function referring(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(referring);
    if (typeof schema !== "object" || schema === null) return schema;
    const object = schema as Schema;
    if (typeof object.$id === "string") return reference(define(object.$id, object));
    return Object.fromEntries(
      Object.entries(object).map(([key, inner]): [string, unknown] => {
        if (key !== "properties") return [key, referring(inner)];
        // Here keys are names of fields; one of them may be called "$id".
        const fields = Object.entries(inner as Schema).map(([field, value]) => [field, referring(value)]);
        return [key, Object.fromEntries(fields)];
      }),
    );
  }

  /** A part of a method or event under the name that follows from it. */
  function part(derived: string, schema: TSchema, use: string): string {
    const plain = plainOf(schema);
    const own = plain.$id;
    if (typeof own !== "string" || own === derived) return define(derived, plain, use);
    define(own, plain, use);
    return define(derived, reference(own));
  }

  const root = plainOf(from.root);
  if (typeof root.$id !== "string") throw new Error("the root schema needs a name");
  define(root.$id, root);

  const methods: MethodEntry[] = [];
  for (const [domain, declarations] of Object.entries(from.domains)) {
    for (const [name, declaration] of Object.entries(declarations)) {
      const { params, result, accepted } = declaration;
      methods.push({
        name,
        domain,
        declaration,
        params: part(`${pascal(name)}Params`, params, `params of ${name}`),
        result: part(`${pascal(name)}Result`, result, `result of ${name}`),
        ...(accepted && {
          accepted: part(`${pascal(name)}Accepted`, accepted, `first answer of ${name}`),
        }),
      });
    }
  }
  const events = Object.entries(from.events).map(([name, declaration]): EventEntry => {
    const payload = plainOf(declaration.payload);
    const own = typeof payload.$id === "string" ? payload.$id : `${pascal(name)}Event`;
    return { name, declaration, payload: define(own, payload, `payload of ${name}`) };
  });

  const sorted = [...found.values()]
    .map((entry) => entry.definition)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    root: root.$id,
    definitions: new Map(sorted.map((definition) => [definition.name, definition])),
    methods,
    events,
  };
}

export function reference(name: string): Schema {
  return { $ref: `#/definitions/${name}` };
}

/** The name behind a reference, or null where the schema is none. */
export function referredBy(schema: Schema): string | null {
  return typeof schema.$ref === "string" ? schema.$ref.slice("#/definitions/".length) : null;
}

/** Without the symbols by which TypeBox knows its own. */
function plainOf(schema: TSchema): Schema {
  return JSON.parse(JSON.stringify(schema)) as Schema;
}
