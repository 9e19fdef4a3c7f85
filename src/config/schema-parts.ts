import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";

/** A key that takes this value where the file does not have it, so that the filled config always has it. */
export function withDefault<T extends TSchema>(schema: T, value: Static<T>, description: string): T {
  return { ...schema, default: value, description };
}

/** A key that may stay away. */
export function maybe<T extends TSchema>(schema: T, description: string) {
  return Type.Optional({ ...schema, description });
}

/** An object that is always there in the filled config; keys that it does not name are warned of. */
export function section<T extends TProperties>(properties: T, description: string) {
  return Type.Object(properties, { additionalProperties: false, default: {}, description });
}

/** The same, for an object of which the original reads more keys than this build: those are kept in silence. */
export function looseSection<T extends TProperties>(properties: T, description: string) {
  return Type.Object(properties, { additionalProperties: true, default: {}, description });
}

/** An object that may stay away; keys that it does not name are warned of. */
export function block<T extends TProperties>(properties: T) {
  return Type.Object(properties, { additionalProperties: false });
}

/** Settings of a part that this build does not have: any object, kept as it is. */
export function foreign(description: string) {
  return Type.Optional(
    Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true, description }),
  );
}

export const text = Type.String({ minLength: 1 });
export const texts = Type.Array(text);
export const flag = Type.Boolean();

export function whole(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return Type.Integer({ minimum, maximum });
}
