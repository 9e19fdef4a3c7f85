import { type Static, type TObject, type TProperties, type TSchema, Type } from "@sinclair/typebox";

/** Ids, names and keys: at least one character. Lengths count UTF-16 units, as `unicode: false` does in AJV. */
export type NonEmptyString = Static<typeof NonEmptyString>;
export const NonEmptyString = Type.String({ minLength: 1 });

/** Milliseconds since the epoch. */
export const Timestamp = Type.Integer({ minimum: 0 });

/** A span in milliseconds. */
export const Millis = Type.Integer({ minimum: 0 });

export const Count = Type.Integer({ minimum: 0 });

/** An amount of US dollars. */
export const Dollars = Type.Number({ minimum: 0 });

/** Names the conversation that a message belongs to; opaque to clients but for the alias `main`. */
export const SessionKey = Type.String({ minLength: 1, maxLength: 512 });

/** Chosen by the client, unique per intent: a repeat with the same key has no second effect. */
export const IdempotencyKey = Type.String({ minLength: 1, maxLength: 256 });

/** Any JSON value. */
export const Json = Type.Unknown();

/** A JSON object whose keys the contract does not name. */
export const JsonObject = map(Json);

/** An object that refuses keys that it does not name. */
export function strict<T extends TProperties>(properties: T): TObject<T> {
  return Type.Object(properties, { additionalProperties: false });
}

/** A strict object with a name of its own in the JSON Schema and in Swift. */
export function model<T extends TProperties>(name: string, properties: T): TObject<T> {
  return Type.Object(properties, { $id: name, additionalProperties: false });
}

/** One of a few fixed words. */
export function words<const T extends readonly string[]>(...options: T) {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...options] });
}

/** The same with a name of its own. */
export function namedWords<const T extends readonly string[]>(name: string, ...options: T) {
  return Type.Unsafe<T[number]>({ $id: name, type: "string", enum: [...options] });
}

/** An object used as a dictionary. */
export function map<T extends TSchema>(values: T) {
  return Type.Unsafe<Record<string, Static<T>>>({ type: "object", additionalProperties: values });
}

/** The value, or null where the original sends null rather than leaving the key out. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** Objects told apart by the word under `property`; AJV's discriminator wants `oneOf`. */
export function discriminated<T extends TObject[]>(name: string, property: string, options: [...T]) {
  return Type.Unsafe<Static<T[number]>>({
    $id: name,
    type: "object",
    discriminator: { propertyName: property },
    required: [property],
    oneOf: options,
  });
}
