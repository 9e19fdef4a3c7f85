import { Type } from "@sinclair/typebox";
import { defineMethods } from "../define.ts";
import { Count, NonEmptyString, strict } from "../primitives.ts";

export const methods = defineMethods({
  "backup.create": {
    summary:
      "Copies the database as it is now, with the config and the secrets, into one checked file on the gateway's host.",
    access: "operator.admin",
    since: 4,
    params: strict({}),
    result: strict({
      /** In `backups` of the state directory. */
      path: NonEmptyString,
      bytes: Count,
      sha256: NonEmptyString,
      /** What lies in it beside the database. */
      files: Type.Array(NonEmptyString),
    }),
    repeat: "again",
  },
});
