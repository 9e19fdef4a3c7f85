import { type Static, Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { Json, JsonObject, model, NonEmptyString, nullable, strict } from "../primitives.ts";

export type ConfigIssue = Static<typeof ConfigIssue>;
export const ConfigIssue = model("ConfigIssue", { path: Type.String(), message: NonEmptyString });

export const methods = defineMethods({
  "config.get": {
    summary: "The configuration file and what it amounts to, secrets redacted.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: strict({
      path: NonEmptyString,
      exists: Type.Boolean(),
      raw: nullable(Type.String()),
      parsed: Json,
      valid: Type.Boolean(),
      /** With the defaults filled in. */
      config: JsonObject,
      /** SHA-256 of the file's text in hex, of the empty text where there is no file. */
      hash: NonEmptyString,
      issues: Type.Array(ConfigIssue),
      warnings: Type.Array(ConfigIssue),
      legacyIssues: Type.Array(ConfigIssue),
    }),
    repeat: "again",
  },
});
